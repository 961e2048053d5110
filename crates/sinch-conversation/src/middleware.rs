//! Code of your own around each attempt: headers, audit logs, injected failures.
//!
//! A [`Middleware`] gets the complete request of an attempt and [`Next`], which sends it. It may change headers before,
//! look at the response after, answer without sending, or fail:
//!
//! ```
//! use sinch_conversation::middleware::{AttemptRequest, Next};
//! use sinch_conversation::reqwest::header::HeaderValue;
//! use sinch_conversation::{Client, Region};
//!
//! # fn main() -> Result<(), sinch_conversation::Error> {
//! let client = Client::builder()
//!     .region(Region::Eu)
//!     .project("a project id")
//!     .access_key("a key id", "its secret")
//!     .middleware(|mut request: AttemptRequest, next: Next| async move {
//!         let attempt = HeaderValue::from(request.attempt());
//!         request.headers_mut().insert("x-attempt", attempt);
//!         next.run(request).await
//!     })
//!     .build()?;
//! # Ok(())
//! # }
//! ```
//!
//! # Where it runs
//!
//! A call waits for its token and for its permit of the [rate limit](crate::RateLimit). Then each attempt goes through
//! the middlewares, in the order in which they were added, and to the network. What comes back is judged as if no
//! middleware were there: a 503 that a middleware made up is retried like one of the API. So an attempt's number tells
//! retries apart, and a middleware does not retry by itself. Its own time counts towards the time limit of the attempt,
//! which ends it, and is part of the attempt's span and duration.
//!
//! Requests for tokens do not go through middlewares.
//!
//! Failures for tests of your own:
//!
//! ```
//! use sinch_conversation::middleware::{AttemptError, AttemptRequest, AttemptResponse, Next};
//! use sinch_conversation::reqwest::StatusCode;
//!
//! /// The first attempt of every call finds a gateway that is overloaded, the second a broken connection.
//! async fn chaos(request: AttemptRequest, next: Next) -> Result<AttemptResponse, AttemptError> {
//!     match request.attempt() {
//!         1 => Ok(AttemptResponse::new(StatusCode::SERVICE_UNAVAILABLE, "")),
//!         2 => Err(AttemptError::connect()),
//!         _ => next.run(request).await,
//!     }
//! }
//!
//! let builder = sinch_conversation::Client::builder().middleware(chaos);
//! ```
//!
//! # Why a trait and no `tower::Layer`
//!
//! The form is the one of the crate `reqwest-middleware`. With a `tower::Service` the retries, the time limits and the
//! rate limit would have two homes, here and in the stack; each layer would have to say when it is ready and how its
//! service is cloned; and a body would be a stream, though here it is complete on both ways. A stack of layers for single
//! connections goes into a `reqwest::Client`, with its `connector_layer`, for
//! [`ClientBuilder::http_client`](crate::ClientBuilder::http_client).
//!
//! Without a middleware nothing is allocated and nothing is called.

pub use crate::transport::{
    AttemptError, AttemptFuture, AttemptRequest, AttemptResponse, Middleware, Next,
};
