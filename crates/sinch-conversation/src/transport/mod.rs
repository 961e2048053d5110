//! The one way in which every request goes out: permits, authorization, time limits, retries, traces, metrics.
//!
//! There is one [`Call`] for each call, so that the options of the call reach it, and so that it can count its
//! attempts.

mod attempt;
mod call;
mod decode;
pub(crate) mod exchange;
mod fields;
mod headers;
mod limiter;
mod middleware;
mod options;
mod rate;
mod request;
mod request_id;
mod response;
mod retry;
mod retry_after;
mod timeouts;
pub(crate) mod trace;
mod watch;
mod weight;

pub use attempt::{AttemptError, AttemptRequest, AttemptResponse};
pub(crate) use call::{Call, Pipeline, after};
pub(crate) use limiter::Limiter;
pub(crate) use middleware::Chain;
pub use middleware::{AttemptFuture, Middleware, Next};
pub use options::CallOptions;
pub use rate::RateLimit;
pub(crate) use request_id::request_id;
pub use response::{PendingCall, Response};
pub(crate) use retry::Failure;
pub use retry::RetryPolicy;
pub(crate) use retry_after::retry_after;
pub use timeouts::Timeouts;
