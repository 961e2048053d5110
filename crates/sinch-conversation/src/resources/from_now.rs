//! Times relative to now.

use std::time::{SystemTime, UNIX_EPOCH};

use sinch_conversation_raw::wire::Timestamp;

pub(super) const DAY: i64 = 24 * 3600;

/// The seconds from now to this time, negative for one in the past; `None` for text that is not a time.
pub(super) fn seconds_ahead(time: &Timestamp) -> Option<i64> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    let now = i64::try_from(now.as_secs()).ok()?;
    Some(time.to_datetime()?.timestamp() - now)
}
