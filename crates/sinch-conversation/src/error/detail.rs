//! The details of an error answer: typed where their kind is known.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

/// One of the details of an error answer.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct ErrorDetail {
    /// What it says, when its kind is known.
    pub kind: DetailKind,
    /// The detail as the API sent it. It may quote what was sent, so it is not part of `Debug`.
    pub raw: Value,
}

/// What a detail of an error answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DetailKind {
    /// `google.rpc.RetryInfo`: how long to wait before the next attempt.
    #[non_exhaustive]
    RetryInfo {
        /// The time to wait.
        delay: Duration,
    },
    /// `google.rpc.BadRequest`: which fields were wrong.
    #[non_exhaustive]
    BadRequest {
        /// The fields, in the order of the answer.
        violations: Vec<FieldViolation>,
    },
    /// Anything else; see [`ErrorDetail::raw`].
    Other,
}

/// A field that the API refused.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldViolation {
    /// The path of the field in the request.
    pub field: String,
    /// The API's explanation; empty when it gave none.
    pub description: String,
}

impl ErrorDetail {
    /// Reads a detail. Never fails: what is not understood is kept as it is.
    pub(super) fn read(raw: Value) -> Self {
        let kind = match type_name(&raw) {
            Some("google.rpc.RetryInfo") => retry_info(&raw),
            Some("google.rpc.BadRequest") => bad_request(&raw),
            // Some answers leave the type out.
            None => retry_info(&raw).or_else(|| bad_request(&raw)),
            Some(_) => None,
        };
        Self {
            kind: kind.unwrap_or(DetailKind::Other),
            raw,
        }
    }
}

/// The name behind the slash of `type.googleapis.com/google.rpc.RetryInfo`.
fn type_name(raw: &Value) -> Option<&str> {
    let url = text(raw, ["@type", "type", "type_url"])?;
    url.rsplit('/').next()
}

fn retry_info(raw: &Value) -> Option<DetailKind> {
    let delay = seconds(text(raw, ["retry_delay", "retryDelay"])?)?;
    Some(DetailKind::RetryInfo { delay })
}

fn bad_request(raw: &Value) -> Option<DetailKind> {
    let list = first(raw, ["field_violations", "fieldViolations"])?.as_array()?;
    let violations = list
        .iter()
        .map(|violation| FieldViolation {
            field: text(violation, ["field"]).unwrap_or_default().to_owned(),
            description: text(violation, ["description"])
                .unwrap_or_default()
                .to_owned(),
        })
        .collect();
    Some(DetailKind::BadRequest { violations })
}

/// A duration as protobuf writes it into JSON: seconds, perhaps with a fraction, and an `s`.
fn seconds(text: &str) -> Option<Duration> {
    let number = text.strip_suffix('s')?;
    let digits = |c: char| c.is_ascii_digit() || c == '.';
    if !number.chars().all(digits) {
        return None;
    }
    Duration::try_from_secs_f64(number.parse().ok()?).ok()
}

fn first<'a, const N: usize>(value: &'a Value, keys: [&str; N]) -> Option<&'a Value> {
    keys.iter().find_map(|key| value.get(key))
}

fn text<'a, const N: usize>(value: &'a Value, keys: [&str; N]) -> Option<&'a str> {
    first(value, keys)?.as_str()
}

impl fmt::Debug for ErrorDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorDetail")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for FieldViolation {
    /// Leaves the description out: it may quote the value that was refused.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FieldViolation")
            .field("field", &self.field)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]

    use serde_json::json;

    use super::*;

    fn kind(raw: Value) -> DetailKind {
        ErrorDetail::read(raw).kind
    }

    #[test]
    fn the_pause_of_a_retry_info() {
        let delay = |text: &str| {
            kind(json!({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": text}))
        };
        let expected = [("7s", 7000), ("0s", 0), ("1.5s", 1500), ("0.000000001s", 0)];
        for (text, millis) in expected {
            match delay(text) {
                DetailKind::RetryInfo { delay } => assert_eq!(delay.as_millis(), millis, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        let refused = ["", "s", "7", "-1s", "+1s", "1e3s", "NaNs", "infs", "1.2.3s"];
        for text in refused {
            assert_eq!(delay(text), DetailKind::Other, "{text}");
        }
        assert_eq!(delay(&format!("{}s", "9".repeat(400))), DetailKind::Other);
    }

    #[test]
    fn the_fields_of_a_bad_request() {
        let violations = vec![FieldViolation {
            field: "app_id".to_owned(),
            description: "not a ULID".to_owned(),
        }];
        let list = json!([{"field": "app_id", "description": "not a ULID"}]);
        for raw in [
            json!({"@type": "type.googleapis.com/google.rpc.BadRequest", "field_violations": list}),
            json!({"type": "google.rpc.BadRequest", "fieldViolations": list}),
            json!({"field_violations": list}),
        ] {
            assert_eq!(
                kind(raw),
                DetailKind::BadRequest {
                    violations: violations.clone()
                }
            );
        }
    }

    #[test]
    fn everything_else_is_kept_as_it_is() {
        for raw in [
            json!(7),
            json!({}),
            json!({"@type": "type.googleapis.com/google.rpc.Help", "retry_delay": "1s"}),
            json!({"@type": "type.googleapis.com/google.rpc.RetryInfo"}),
            json!({"type_url": "type.googleapis.com/google.rpc.BadRequest", "value": "CgA="}),
        ] {
            let detail = ErrorDetail::read(raw.clone());
            assert_eq!((detail.kind, detail.raw), (DetailKind::Other, raw));
        }
    }

    #[test]
    fn debug_tells_nothing_of_what_was_sent() {
        let detail = ErrorDetail::read(json!({"note": "hush", "field_violations": [
            {"field": "recipient", "description": "no such number: hush"}]}));
        let shown = format!("{detail:?}");
        assert!(
            shown.contains("recipient") && !shown.contains("hush"),
            "{shown}"
        );
    }
}
