use std::{
    fmt,
    str::FromStr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use chrono::{DateTime, FixedOffset, Offset, SecondsFormat, TimeZone, Utc};
use serde::{Deserializer, Serializer};

use super::{
    Capture, Mismatches, Wire,
    scalar::{scalar, text},
};

/// A time in RFC 3339 form, kept as the text it was received as.
///
/// It is made from a [`SystemTime`] or from a `DateTime` of `chrono` in any time zone, and with the feature `jiff` from
/// a `Timestamp` or `Zoned` of `jiff`; and it becomes one of them, but for `Zoned`. What takes a time takes each of
/// these. Nanoseconds are kept, and so is an offset of whole minutes. A time outside of the years 0 to 9999, which
/// RFC 3339 cannot write, becomes the nearest that it can.
///
/// The API writes 0 to 9 digits of a second and sometimes an empty string; a text that is not a time is kept too, and
/// a conversion of it then fails. Two timestamps are equal if their texts are.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use sinch_conversation_raw::wire::Timestamp;
///
/// let in_an_hour = Timestamp::from(SystemTime::now() + Duration::from_secs(3600));
///
/// let seen = Timestamp::parse("2022-02-07T20:01:09.892757478Z")?;
/// assert_eq!(seen.as_str(), "2022-02-07T20:01:09.892757478Z");
/// let time = SystemTime::try_from(&seen)?;
/// assert_eq!(time, SystemTime::UNIX_EPOCH + Duration::new(1_644_264_069, 892_757_478));
/// assert_eq!(Timestamp::from(time), seen);
/// # Ok::<(), sinch_conversation_raw::wire::InvalidTimestamp>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Timestamp(String);

/// The first and the last second that RFC 3339 can write, counted from 1970.
const SECONDS: (i64, i64) = (-62_167_219_200, 253_402_300_799);

/// A text that is not an RFC 3339 time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidTimestamp {
    text: String,
}

impl InvalidTimestamp {
    fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
        }
    }

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
            Err(_) => Err(InvalidTimestamp::new(text)),
        }
    }

    /// Returns the text as it is sent or was received.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The time; `None` when the text that was received is not one.
    pub fn to_datetime(&self) -> Option<DateTime<FixedOffset>> {
        DateTime::parse_from_rfc3339(&self.0).ok()
    }

    /// The time at an offset, in seconds and nanoseconds from 1970 on.
    fn new(seconds: i64, nanoseconds: u32, offset: FixedOffset) -> Self {
        let (first, last) = SECONDS;
        // An offset with seconds is not RFC 3339 either.
        let offset = Some(offset).filter(|offset| offset.local_minus_utc() % 60 == 0);
        let time = DateTime::<Utc>::from_timestamp(seconds.clamp(first, last), nanoseconds);
        let time = time.unwrap_or_default();
        let local = time.with_timezone(&offset.unwrap_or(Utc.fix()));
        let is_zulu = local.offset().local_minus_utc() == 0;
        let text = local.to_rfc3339_opts(SecondsFormat::AutoSi, is_zulu);
        match DateTime::parse_from_rfc3339(&text) {
            Ok(_) => Self(text),
            // The offset leads out of the years.
            Err(_) => Self(time.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        }
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let signed = |time: Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        let (seconds, nanoseconds) = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => (signed(after), after.subsec_nanos()),
            Err(before) => {
                let before = before.duration();
                match before.subsec_nanos() {
                    0 => (-signed(before), 0),
                    nanoseconds => (-signed(before) - 1, 1_000_000_000 - nanoseconds),
                }
            }
        };
        Self::new(seconds, nanoseconds, Utc.fix())
    }
}

impl<Tz: TimeZone> From<DateTime<Tz>> for Timestamp {
    fn from(time: DateTime<Tz>) -> Self {
        Self::new(
            time.timestamp(),
            time.timestamp_subsec_nanos(),
            time.offset().fix(),
        )
    }
}

impl TryFrom<&Timestamp> for DateTime<FixedOffset> {
    type Error = InvalidTimestamp;

    fn try_from(timestamp: &Timestamp) -> Result<Self, Self::Error> {
        let invalid = || InvalidTimestamp::new(timestamp.as_str());
        timestamp.to_datetime().ok_or_else(invalid)
    }
}

/// `TryFrom` of a timestamp, by way of chrono.
macro_rules! conversions {
    ($($(#[$only:meta])* $time:ty = |$read:ident| $convert:expr;)*) => {$(
        $(#[$only])*
        impl TryFrom<&Timestamp> for $time {
            type Error = InvalidTimestamp;

            fn try_from(timestamp: &Timestamp) -> Result<Self, Self::Error> {
                let $read = DateTime::<FixedOffset>::try_from(timestamp)?;
                $convert.ok_or_else(|| InvalidTimestamp::new(timestamp.as_str()))
            }
        }

        $(#[$only])*
        impl TryFrom<Timestamp> for $time {
            type Error = InvalidTimestamp;

            fn try_from(timestamp: Timestamp) -> Result<Self, Self::Error> {
                Self::try_from(&timestamp)
            }
        }
    )*};
}

conversions! {
    SystemTime = |time| Some(Self::from(time));
    DateTime<Utc> = |time| Some(time.with_timezone(&Utc));
    #[cfg(feature = "jiff")]
    jiff::Timestamp = |time| {
        let nanoseconds = time.timestamp_subsec_nanos().try_into().ok();
        nanoseconds.and_then(|nanoseconds| Self::new(time.timestamp(), nanoseconds).ok())
    };
}

impl TryFrom<Timestamp> for DateTime<FixedOffset> {
    type Error = InvalidTimestamp;

    fn try_from(timestamp: Timestamp) -> Result<Self, Self::Error> {
        Self::try_from(&timestamp)
    }
}

#[cfg(feature = "jiff")]
impl From<jiff::Timestamp> for Timestamp {
    fn from(time: jiff::Timestamp) -> Self {
        from_jiff(time, 0)
    }
}

#[cfg(feature = "jiff")]
impl From<jiff::Zoned> for Timestamp {
    fn from(time: jiff::Zoned) -> Self {
        from_jiff(time.timestamp(), time.offset().seconds())
    }
}

#[cfg(feature = "jiff")]
fn from_jiff(time: jiff::Timestamp, offset: i32) -> Timestamp {
    // Before 1970 both parts are negative.
    let nanoseconds = i64::from(time.subsec_nanosecond());
    let seconds = time.as_second() + nanoseconds.div_euclid(1_000_000_000);
    let nanoseconds = u32::try_from(nanoseconds.rem_euclid(1_000_000_000)).unwrap_or_default();
    let offset = FixedOffset::east_opt(offset).unwrap_or(Utc.fix());
    Timestamp::new(seconds, nanoseconds, offset)
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
