//! Callbacks: what the API tells the application, signed and delivered.

mod attempt;
pub(crate) mod bearer;
pub(crate) mod notify;
pub(crate) mod replay;
mod sign;
pub(crate) mod worker;
