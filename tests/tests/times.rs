//! Times of std, chrono and jiff as timestamps, and back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, FixedOffset, TimeZone, Utc};
use proptest::prelude::*;
use sinch_conversation_raw::wire::Timestamp;

/// The seconds of the years 0 to 9999.
const SECONDS: std::ops::RangeInclusive<i64> = -62_167_219_200..=253_402_300_799;

fn system(seconds: i64, nanoseconds: u32) -> SystemTime {
    let whole = Duration::from_secs(seconds.unsigned_abs());
    let start = match seconds {
        0.. => UNIX_EPOCH + whole,
        _ => UNIX_EPOCH - whole,
    };
    start + Duration::from_nanos(nanoseconds.into())
}

proptest! {
    #[test]
    fn every_time_comes_back_to_the_nanosecond(seconds in SECONDS, nanoseconds in 0..1_000_000_000_u32) {
        let time = system(seconds, nanoseconds);
        let timestamp = Timestamp::from(time);
        prop_assert_eq!(SystemTime::try_from(&timestamp).unwrap(), time);

        let utc = DateTime::from_timestamp(seconds, nanoseconds).unwrap();
        prop_assert_eq!(&Timestamp::from(utc), &timestamp);
        prop_assert_eq!(DateTime::<Utc>::try_from(&timestamp).unwrap(), utc);

        // jiff ends a day before the year 10000, so that every offset has a year.
        if let Ok(time) = jiff::Timestamp::new(seconds, i32::try_from(nanoseconds).unwrap()) {
            prop_assert_eq!(&Timestamp::from(time), &timestamp);
            prop_assert_eq!(jiff::Timestamp::try_from(timestamp).unwrap(), time);
        }
    }

    #[test]
    fn offsets_of_whole_minutes_are_kept(seconds in SECONDS, minutes in -1439..1440_i32) {
        let offset = FixedOffset::east_opt(minutes * 60).unwrap();
        let local = offset.timestamp_opt(seconds, 0).unwrap();
        let timestamp = Timestamp::from(local);
        let read = DateTime::<FixedOffset>::try_from(&timestamp).unwrap();
        prop_assert_eq!(read, local);
        // Near the ends an offset leads out of the years that can be written.
        if (86_400..=253_402_214_399).contains(&seconds) {
            prop_assert_eq!(*read.offset(), offset);
        }
    }
}

#[test]
fn texts_are_as_short_as_the_time_allows() {
    for (nanoseconds, text) in [
        (0, "2025-01-02T03:04:05Z"),
        (250_000_000, "2025-01-02T03:04:05.250Z"),
        (892_757_478, "2025-01-02T03:04:05.892757478Z"),
    ] {
        let timestamp = Timestamp::from(system(1_735_787_045, nanoseconds));
        assert_eq!(timestamp.as_str(), text);
    }
}

#[test]
fn an_offset_with_seconds_is_written_as_utc() {
    let amsterdam = FixedOffset::east_opt(19 * 60 + 32).unwrap();
    let local = amsterdam.timestamp_opt(-1_000_000_000, 0).unwrap();
    assert_eq!(Timestamp::from(local).as_str(), "1938-04-24T22:13:20Z");
}

#[test]
fn a_zoned_time_keeps_its_offset() {
    let zone = jiff::tz::Offset::from_hours(2).unwrap().to_time_zone();
    let zoned = "2025-06-01T10:00:00.5Z"
        .parse::<jiff::Timestamp>()
        .unwrap()
        .to_zoned(zone);
    assert_eq!(
        Timestamp::from(zoned).as_str(),
        "2025-06-01T12:00:00.500+02:00"
    );
}

#[test]
fn a_time_that_cannot_be_written_becomes_the_nearest_that_can() {
    let century = Duration::from_secs(100 * 366 * 86_400);
    let late = system(*SECONDS.end(), 0) + century;
    assert_eq!(Timestamp::from(late).as_str(), "9999-12-31T23:59:59Z");
    let early = system(*SECONDS.start(), 0) - century;
    assert_eq!(Timestamp::from(early).as_str(), "0000-01-01T00:00:00Z");
    let chrono = DateTime::<Utc>::MAX_UTC;
    let text = Timestamp::from(chrono);
    assert!(text.as_str().starts_with("9999-12-31T23:59:59"), "{text}");
    assert!(text.to_datetime().is_some());
}

#[test]
fn a_text_that_is_no_time_becomes_none() {
    let empty: Timestamp = serde_json::from_str("\"\"").unwrap();
    assert_eq!(SystemTime::try_from(&empty).unwrap_err().text(), "");
    assert!(DateTime::<Utc>::try_from(empty.clone()).is_err());
    assert!(jiff::Timestamp::try_from(empty).is_err());
}
