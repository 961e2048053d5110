//! How much memory an answer takes once it is decoded, estimated from its bytes.
//!
//! Small values take many times their size: 16 MiB of `{"a":0},` become more than a gigabyte.

/// For an object or a list, with its part of the type that it becomes, in bytes.
const CONTAINER: usize = 1024;

/// For any other value, in bytes.
const VALUE: usize = 64;

/// How many times the most that is read an answer may weigh. Real pages stay far below: a thousand messages of ten
/// cards each weigh a tenth of a gigabyte.
const FACTOR: usize = 16;

/// What an answer may weigh in any case, in bytes.
const ALWAYS: usize = 64 << 20;

/// Whether a JSON document would take too much memory for a client that reads at most `largest` bytes.
pub(super) fn is_too_heavy(json: &[u8], largest: usize) -> bool {
    let most = largest.saturating_mul(FACTOR).max(ALWAYS);
    weight_at_most(json) > most && weight(json) > most
}

/// As [`weight`], and what looks the same within strings: a bound that takes no look at what is a string.
fn weight_at_most(json: &[u8]) -> usize {
    let count = |wanted: &[u8]| json.iter().filter(|byte| wanted.contains(byte)).count();
    let containers = count(b"{[").saturating_mul(CONTAINER);
    containers.saturating_add(count(b",").saturating_mul(VALUE))
}

/// Counts what begins values, outside of strings.
fn weight(json: &[u8]) -> usize {
    let (mut weight, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => weight = weight.saturating_add(CONTAINER),
            b',' => weight = weight.saturating_add(VALUE),
            _ => {}
        }
    }
    weight
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_outside_of_strings() {
        for (json, containers, values) in [
            ("", 0, 0),
            (r#"{"a":[1,2,3],"b":{}}"#, 3, 3),
            (r#"["{[,", "\"{", "\\", "\\\"["]"#, 1, 3),
            (r#"{"text":"[[[[,,,,"}"#, 1, 0),
            // Not JSON; it only must not fail.
            (r#""{"#, 0, 0),
            (r"\{", 1, 0),
        ] {
            let expected = containers * CONTAINER + values * VALUE;
            assert_eq!(weight(json.as_bytes()), expected, "{json}");
            assert!(weight_at_most(json.as_bytes()) >= expected, "{json}");
        }
    }

    #[test]
    fn what_a_page_may_weigh_grows_with_what_is_read() {
        let lists = |count: usize| "[".repeat(count).into_bytes();
        assert!(!is_too_heavy(&lists(65_536), 0));
        assert!(is_too_heavy(&lists(65_537), 4 << 20));
        assert!(!is_too_heavy(&lists(65_537), 5 << 20));
    }
}
