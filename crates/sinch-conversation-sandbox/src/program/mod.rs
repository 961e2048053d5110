//! The parts of the program: its options, and what it prints.

pub(crate) mod announce;
pub(crate) mod arguments;
