//! The parts of the program: what it is told, and what it says.

pub(crate) mod announce;
pub(crate) mod arguments;
