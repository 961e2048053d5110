//! What a worker needs of a client: one request for one row.

use std::future::Future;
use std::time::Duration;

use crate::row::RowId;

/// Sends the request of a row, once.
///
/// [`ClientSender`](crate::ClientSender) sends through the client of this project. Another one may add what an
/// application wants for each send, or take the place of the API in a test.
pub trait Sender: Send + Sync + 'static {
    /// Sends one request with this id as its correlation id, and tells what came of it. It must not send a second one:
    /// whether there is one is decided by the row.
    ///
    /// A panic counts as [`Reply::Unknown`].
    fn send(&self, id: RowId, request: String) -> impl Future<Output = Reply> + Send;
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reply {
    /// The API accepted it.
    Accepted {
        /// The id of the message, if the answer had one.
        message_id: Option<String>,
    },
    /// It was definitely not processed, and all workers should wait: 429.
    Throttled {
        /// How long the API asked to wait.
        retry_after: Option<Duration>,
        /// What the API said.
        reason: String,
    },
    /// It was definitely not processed, and the same request may succeed later: 503, no connection.
    NotProcessed {
        /// How long the API asked to wait.
        retry_after: Option<Duration>,
        /// What happened.
        reason: String,
    },
    /// The API refused it for good, and others need not be refused.
    Refused {
        /// Why.
        reason: String,
    },
    /// It was definitely not processed, and every other request would fail the same way: wrong key, no such app.
    Fatal {
        /// Why.
        reason: String,
    },
    /// It may have been processed: a timeout, a lost connection, 500.
    Unknown {
        /// What happened.
        reason: String,
    },
}
