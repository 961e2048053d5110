//! Today's date, for the record of when a document came in.

use std::time::{SystemTime, UNIX_EPOCH};

use toml_edit::Date;

/// Today in UTC.
pub(super) fn today() -> Date {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    of_day(since.map_or(0, |since| since.as_secs() / 86_400))
}

/// The date that is `days` after 1970-01-01. Years begin in March here, so that the leap day is a year's last day.
fn of_day(days: u64) -> Date {
    const DAYS_OF_400_YEARS: u64 = 146_097;
    const FIRST_OF_MARCH_0000: u64 = 719_468;

    let days = days + FIRST_OF_MARCH_0000;
    let (era, day) = (days / DAYS_OF_400_YEARS, days % DAYS_OF_400_YEARS);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, next_year) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    // A clock that is off by more than 60,000 years is not worth an error.
    Date {
        year: u16::try_from(era * 400 + year + next_year).unwrap_or(u16::MAX),
        month: u8::try_from(month).unwrap_or(1),
        day: u8::try_from(day_of_month).unwrap_or(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates() {
        for (day, text) in [
            (0, "1970-01-01"),
            (58, "1970-02-28"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (20_058, "2024-12-01"),
            (19_782, "2024-02-29"),
            (20_778, "2026-11-21"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
        ] {
            assert_eq!(of_day(day).to_string(), text);
        }
    }
}
