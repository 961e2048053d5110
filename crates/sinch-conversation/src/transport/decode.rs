//! From the bytes of a success to its type, without holding up other tasks.

use bytes::Bytes;
use sinch_conversation_raw::wire::Wire;
use tokio::time::Instant;

use super::weight::is_too_heavy;
use crate::error::{DecodeFailure, Error, ErrorKind};

/// From this size on, in bytes, an answer is decoded on a thread for blocking work. Below, it takes less than a
/// millisecond.
const LARGE: usize = 64 << 10;

/// Decodes the body of a success, of which at most `largest` bytes were read. A large one may not take longer than
/// until `end`.
pub(super) async fn decode<T>(body: Bytes, largest: usize, end: Instant) -> Result<T, Error>
where
    T: Wire + Send + 'static,
{
    let decoded = if body.len() < LARGE || !T::HAS_BODY {
        DecodeFailure::decode(&body)
    } else {
        let task = tokio::task::spawn_blocking(move || match is_too_heavy(&body, largest) {
            true => Err(DecodeFailure::too_many_values()),
            false => DecodeFailure::decode(&body),
        });
        match tokio::time::timeout_at(end, task).await {
            Ok(Ok(decoded)) => decoded,
            // The runtime is shutting down.
            Ok(Err(_)) => Err(DecodeFailure::abandoned()),
            Err(_) => return Err(Error::call_timeout()),
        }
    };
    decoded.map_err(|failure| Error::new(ErrorKind::Decode(failure)))
}
