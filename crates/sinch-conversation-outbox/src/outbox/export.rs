//! Rows as CSV, without what was to be sent.

use std::io::Write;
use std::pin::pin;

use chrono::{DateTime, SecondsFormat};
use futures_util::{Stream, StreamExt};

use crate::row::Row;
use crate::store::StoreError;
use crate::time::Time;

const HEADER: [&str; 10] = [
    "id",
    "state",
    "reason_code",
    "reason",
    "dedup_key",
    "group",
    "message_id",
    "requests",
    "stored",
    "changed",
];

/// Why an export ended before its end. Some rows may be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The rows could not be written.
    #[error("the rows could not be written: {0}")]
    Write(#[from] csv::Error),
}

/// Writes rows, and returns how many there were.
pub(super) async fn write(
    rows: impl Stream<Item = Result<Row, StoreError>>,
    target: impl Write,
) -> Result<u64, ExportError> {
    let mut writer = csv::Writer::from_writer(target);
    writer.write_record(HEADER)?;
    let mut rows = pin!(rows);
    let mut written = 0;
    while let Some(row) = rows.next().await.transpose()? {
        writer.write_record(record(&row))?;
        written += 1;
    }
    writer.flush().map_err(csv::Error::from)?;
    Ok(written)
}

fn record(row: &Row) -> [String; 10] {
    let reason = row.reason.clone().unwrap_or_default();
    [
        row.id.to_string(),
        row.state.to_string(),
        code(&reason).to_owned(),
        reason,
        row.dedup_key.clone().unwrap_or_default(),
        row.group.clone().unwrap_or_default(),
        row.message_id.clone().unwrap_or_default(),
        row.attempt.to_string(),
        in_utc(row.created),
        in_utc(row.changed),
    ]
}

/// The code that a receipt gave as the reason, such as `RECIPIENT_NOT_REACHABLE`; empty for other reasons.
fn code(reason: &str) -> &str {
    let code = reason.split(':').next().unwrap_or_default();
    let is_code = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    if code.bytes().all(is_code) { code } else { "" }
}

/// A time as in RFC 3339; empty for one that it cannot say.
fn in_utc(time: Time) -> String {
    let time = DateTime::from_timestamp_micros(time.micros());
    time.map(|time| time.to_rfc3339_opts(SecondsFormat::Micros, true))
        .unwrap_or_default()
}
