//! What an application runs around each attempt.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::exchange::send;
use super::{AttemptError, AttemptRequest, AttemptResponse, Failure};

/// What a [`Middleware`] returns.
pub type AttemptFuture<'a> =
    Pin<Box<dyn Future<Output = Result<AttemptResponse, AttemptError>> + Send + 'a>>;

/// Runs around each attempt of each call. Set with
/// [`ClientBuilder::middleware`](crate::ClientBuilder::middleware).
///
/// [The module](crate::middleware) says where in a call that is. A closure will do; a type of your own writes
/// `Box::pin(async move { … })`:
///
/// ```
/// use sinch_conversation::middleware::{AttemptFuture, AttemptRequest, Middleware, Next};
///
/// /// Writes down who asked the API for what.
/// struct Audit {
///     user: String,
/// }
///
/// impl Middleware for Audit {
///     fn handle(&self, request: AttemptRequest, next: Next) -> AttemptFuture<'_> {
///         Box::pin(async move {
///             let (operation, attempt) = (request.operation(), request.attempt());
///             let result = next.run(request).await;
///             let status = result.as_ref().ok().map(|response| response.status);
///             println!("{}: {operation}, attempt {attempt}: {status:?}", self.user);
///             result
///         })
///     }
/// }
/// ```
pub trait Middleware: Send + Sync + 'static {
    /// Passes the request on to `next`, or answers it itself.
    ///
    /// # Errors
    ///
    /// Those of `next`, those that it makes up, or [its own](AttemptError::new).
    fn handle(&self, request: AttemptRequest, next: Next) -> AttemptFuture<'_>;
}

impl<F, Fut> Middleware for F
where
    F: Fn(AttemptRequest, Next) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<AttemptResponse, AttemptError>> + Send + 'static,
{
    fn handle(&self, request: AttemptRequest, next: Next) -> AttemptFuture<'_> {
        Box::pin(self(request, next))
    }
}

/// The rest of the way of an attempt: the middlewares that were added later, then the network.
#[must_use = "the request is sent by `run`"]
pub struct Next {
    chain: Chain,
    position: usize,
    http: reqwest::Client,
    largest: usize,
    sent: Arc<AtomicBool>,
}

impl Next {
    /// Sends the request and returns the complete response.
    ///
    /// # Errors
    ///
    /// When there is no complete response, for whatever reason.
    pub async fn run(self, request: AttemptRequest) -> Result<AttemptResponse, AttemptError> {
        let chain = self.chain.clone();
        match chain.0.get(self.position) {
            Some(middleware) => {
                let position = self.position + 1;
                middleware.handle(request, Self { position, ..self }).await
            }
            None => {
                // Until the contrary is known, also when the future is dropped.
                self.sent.store(true, Ordering::Relaxed);
                let result = send(&self.http, request.request, self.largest).await;
                if result.as_ref().is_err_and(AttemptError::is_connect) {
                    self.sent.store(false, Ordering::Relaxed);
                }
                result
            }
        }
    }
}

impl fmt::Debug for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next").finish_non_exhaustive()
    }
}

/// All middlewares of a client, the outermost first.
#[derive(Clone, Default)]
pub(crate) struct Chain(Arc<[Arc<dyn Middleware>]>);

impl Chain {
    pub(crate) fn add(&mut self, middleware: Arc<dyn Middleware>) {
        self.0 = self.0.iter().cloned().chain([middleware]).collect();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes a request through all of them and to the network.
    pub(super) async fn run(
        &self,
        http: &reqwest::Client,
        request: AttemptRequest,
        largest: usize,
    ) -> Result<AttemptResponse, AttemptError> {
        let sent = Arc::new(AtomicBool::new(false));
        let next = Next {
            chain: self.clone(),
            position: 0,
            http: http.clone(),
            largest,
            sent: Arc::clone(&sent),
        };
        let result = Box::pin(next.run(request)).await;
        let sent = sent.load(Ordering::Relaxed);
        result.map_err(|error| {
            let failure = match error.failure {
                Failure::Middleware { .. } => Failure::Middleware { sent },
                // A request that was sent is not retried because a middleware says that it was not.
                Failure::Connect if sent => Failure::Disconnected,
                failure => failure,
            };
            AttemptError { failure, ..error }
        })
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} middlewares", self.0.len())
    }
}
