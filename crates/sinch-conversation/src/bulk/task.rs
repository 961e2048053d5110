//! A send on a task of its own.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::future::BoxFuture;
use tokio::task::{JoinError, JoinHandle};
use tracing::Instrument;

use crate::error::{Error, ErrorKind};

/// A send that goes on while it is not polled, so that a reader that takes time for an outcome does not let the
/// sends under way run into their time limits. It ends when it is dropped.
pub(super) struct Task<O>(JoinHandle<Result<O, Error>>);

impl<O: Send + 'static> Task<O> {
    pub(super) fn start(send: BoxFuture<'static, Result<O, Error>>) -> Self {
        Self(tokio::spawn(send.in_current_span()))
    }
}

impl<O> Future for Task<O> {
    type Output = Result<O, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let joined = ready!(Pin::new(&mut self.0).poll(context));
        Poll::Ready(joined.unwrap_or_else(|error| Err(without_result(&error))))
    }
}

impl<O> Drop for Task<O> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The error of a send that ended before it had a result, which may be after its request went out.
fn without_result(error: &JoinError) -> Error {
    let kind = if error.is_panic() {
        ErrorKind::Panicked
    } else {
        ErrorKind::Aborted
    };
    Error::new(kind).maybe_processed(true)
}
