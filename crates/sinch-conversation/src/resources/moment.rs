//! How far a moment is away.

use std::time::{SystemTime, UNIX_EPOCH};

use sinch_conversation_raw::wire::Timestamp;

pub(super) const DAY: i64 = 24 * 3600;

/// The seconds from now to the moment, negative for one that is past; `None` for text that is no moment.
pub(super) fn seconds_ahead(moment: &Timestamp) -> Option<i64> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    let now = i64::try_from(now.as_secs()).ok()?;
    Some(moment.to_datetime()?.timestamp() - now)
}
