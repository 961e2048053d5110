//! The one way in which every request goes out: authorization, time limits, repetitions, traces.
//!
//! [`Call`] implements the raw crate's `Transport`. There is one for each call, so that the options of the call
//! reach it, and so that it can count its attempts.

mod call;
pub(crate) mod exchange;
mod idempotency;
mod retry;
mod retry_after;
mod timeouts;

pub(crate) use call::{Call, CallOptions, Pipeline};
pub(crate) use retry::Failure;
pub use retry::RetryPolicy;
pub(crate) use retry_after::retry_after;
pub use timeouts::Timeouts;
