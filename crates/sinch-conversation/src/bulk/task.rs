//! A send on a task of its own.

use std::future::Future;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::future::BoxFuture;
use tokio::task::JoinHandle;
use tracing::Instrument;

/// A future that goes on while nobody polls it, so that a reader who takes time for an outcome does not let the
/// sends under way run into their time limits. It ends when it is dropped.
pub(super) struct Task<R>(JoinHandle<R>);

impl<R: Send + 'static> Task<R> {
    pub(super) fn start(work: BoxFuture<'static, R>) -> Self {
        Self(tokio::spawn(work.in_current_span()))
    }
}

impl<R> Future for Task<R> {
    type Output = R;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R> {
        match ready!(Pin::new(&mut self.0).poll(context)) {
            Ok(result) => Poll::Ready(result),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                // The runtime is shutting down, and the reader goes with it.
                Err(_) => Poll::Pending,
            },
        }
    }
}

impl<R> Drop for Task<R> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
