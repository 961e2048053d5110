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
    /// Begins no further sends. Those under way finish, and their outcomes are still returned.
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

/// Why a run began no further sends although there may have been more items.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum StopCause {
    /// A [`StopHandle`] was used.
    Asked,
    /// An item failed with an error that stops the run.
    #[non_exhaustive]
    Error {
        /// The item's position.
        position: usize,
        /// The error, which is also the item's outcome.
        error: Error,
    },
    /// The iterator or stream of the items panicked. The panic hook has reported it. The items before it have their
    /// outcomes; no send was begun for those after it.
    #[non_exhaustive]
    SourcePanicked {
        /// The position of the item that could not be read.
        position: usize,
    },
}

/// Returns whether every other send would fail with the same error: the credentials are refused, the key does not belong to
/// the project, or the account has no credit left (403 `BILLING_CREDIT_LIMIT_BREACHED`).
///
/// A 400 and a 404 are not among them, since they can be about the recipient alone. Nor is a failing connection:
/// it may pass.
///
/// ```
/// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
/// use sinch_conversation::bulk::is_fatal;
/// use sinch_conversation::message::Text;
/// use sinch_conversation::recipient::sms;
///
/// # let refused = sinch_conversation_sandbox::InjectedFault::status("Messages_SendMessage", 403);
/// # sandbox.inject(refused.until_cleared())?;
/// match app.send(Text::new("We open again")).to(sms("+46700000001")).await {
///     Ok(sent) => println!("{}", sent.message_id),
///     Err(error) if is_fatal(&error) => eprintln!("no other send will succeed: {error}"),
///     Err(error) => eprintln!("skipped: {error}"),
/// }
/// # let again = app.send(Text::new("We open again")).to(sms("+46700000001")).await;
/// # assert!(again.is_err_and(|error| is_fatal(&error)));
/// # Ok(()) });
/// ```
pub fn is_fatal(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Auth(auth) => !auth.is_retryable(),
        ErrorKind::Api(api) => {
            matches!(api.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
        }
        _ => false,
    }
}
