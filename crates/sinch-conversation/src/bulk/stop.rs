//! How a run ends before its items do.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::task::AtomicWaker;
use http::StatusCode;

use crate::error::{Error, ErrorKind};

/// Stops a run from anywhere, for instance when the process is asked to end. Returned by
/// [`Outcomes::stop_handle`](super::Outcomes::stop_handle); clones stop the same run.
#[derive(Clone, Debug, Default)]
pub struct StopHandle {
    signal: Arc<Signal>,
}

#[derive(Debug, Default)]
struct Signal {
    raised: AtomicBool,
    reader: AtomicWaker,
}

impl StopHandle {
    /// Takes no further items. What is under way is completed, and its outcomes are still returned.
    pub fn stop(&self) {
        self.signal.raised.store(true, Ordering::Release);
        self.signal.reader.wake();
    }

    /// Whether it was asked to stop. If not, the reader is woken when it is.
    pub(super) fn is_raised(&self, reader: &std::task::Waker) -> bool {
        self.signal.reader.register(reader);
        self.signal.raised.load(Ordering::Acquire)
    }
}

/// Why a run took no further items although there may have been more.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum StopCause {
    /// A [`StopHandle`] was used.
    Asked,
    /// An item met an error that stops the run.
    #[non_exhaustive]
    Error {
        /// The item's position.
        position: usize,
        /// The error, which is also the item's outcome.
        error: Error,
    },
    /// The iterator or stream of the items panicked. The panic hook has reported it. The items before it have their
    /// outcomes; none of those after it was taken.
    #[non_exhaustive]
    SourcePanicked {
        /// The position of the item that could not be read.
        position: usize,
    },
}

/// Whether every other send would meet the same error: the credentials are refused, the key does not belong to
/// the project, or the account has no credit left (403 `BILLING_CREDIT_LIMIT_BREACHED`).
///
/// A 400 and a 404 are not among them, since they can be about the recipient alone. Nor is a failing connection:
/// it may pass.
pub fn is_fatal(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Auth(auth) => !auth.is_retryable(),
        ErrorKind::Api(api) => {
            matches!(api.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
        }
        _ => false,
    }
}
