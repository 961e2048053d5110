use std::{fmt, str::FromStr};

use chrono::{DateTime, FixedOffset, SecondsFormat, Utc};
use serde::{Deserializer, Serializer};

use super::{
    Capture, Mismatches, Wire,
    scalar::{scalar, text},
};

/// A time in RFC 3339 form, kept as the text it was received as.
///
/// The API writes 0 to 9 digits of a second and sometimes an empty string; a text that is not a time is kept too, and
/// [`to_datetime`](Self::to_datetime) then returns `None`. Two timestamps are equal if their texts are.
///
/// ```
/// use sinch_conversation_raw::wire::Timestamp;
///
/// let seen = Timestamp::parse("2022-02-07T20:01:09.892757478Z")?;
/// assert_eq!(seen.as_str(), "2022-02-07T20:01:09.892757478Z");
/// assert_eq!(seen.to_datetime().map(|time| time.timestamp()), Some(1_644_264_069));
/// # Ok::<(), sinch_conversation_raw::wire::InvalidTimestamp>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Timestamp(String);

/// A text that is not an RFC 3339 time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidTimestamp {
    text: String,
}

impl InvalidTimestamp {
    /// Returns the invalid text.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for InvalidTimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not a time of the form 2025-11-30T10:00:00Z",
            self.text
        )
    }
}

impl std::error::Error for InvalidTimestamp {}

impl Timestamp {
    /// Parses an RFC 3339 time, such as `2025-11-30T10:00:00Z`.
    ///
    /// # Errors
    /// When the text has another form.
    pub fn parse(text: &str) -> Result<Self, InvalidTimestamp> {
        match DateTime::parse_from_rfc3339(text) {
            Ok(_) => Ok(Self(text.to_owned())),
            Err(_) => Err(InvalidTimestamp {
                text: text.to_owned(),
            }),
        }
    }

    /// Returns the text as it is sent or was received.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the time; `None` if the received text is not one.
    pub fn to_datetime(&self) -> Option<DateTime<FixedOffset>> {
        DateTime::parse_from_rfc3339(&self.0).ok()
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl From<DateTime<FixedOffset>> for Timestamp {
    fn from(time: DateTime<FixedOffset>) -> Self {
        Self(time.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

scalar! {
    Timestamp: |json, mismatches| text(json, mismatches).map(|text| Self(text.into_owned())), |value, to| to.serialize_str(&value.0);
}

super::wire!(Timestamp);
