//! A message of a stream, as a row.

use std::time::{Duration, SystemTime};

use async_nats::header::NATS_MESSAGE_ID;
use async_nats::{HeaderMap, Message};
use sinch_conversation::Timestamp;
use sinch_conversation::raw::wire::Wire;
use sinch_conversation::types::SendMessageRequest;

use crate::row::{NewRow, UnknownPolicy};
use crate::time::Time;

/// How the headers begin that say how a message is sent.
const PREFIX: &str = "Outbox-";

/// Why a message of a stream cannot be a row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Malformed {
    /// The payload is not the body of a send, as JSON.
    #[error("the payload is not the body of a send: {0}")]
    Payload(String),
    /// The request has a correlation id. That of a row is the row's own.
    #[error(
        "correlation_id: a row has one of its own; use the header Outbox-Dedup-Key, or the metadata"
    )]
    HasCorrelationId,
    /// A header has a value that is not one of its kind.
    #[error("the header {name} has to be {expected}")]
    #[non_exhaustive]
    Header {
        /// The header.
        name: String,
        /// What it has to be.
        expected: &'static str,
    },
    /// The message does not say which stream it is from, so nothing tells it from others.
    #[error("the message is not from a stream")]
    NoStream,
    /// A header begins with `Outbox-`, and there is no such header.
    #[error("there is no header {0}")]
    UnknownHeader(String),
}

/// Makes a row of a message. `place` tells it from all other messages, for those that have no key.
pub(super) fn row(message: &Message, place: &str) -> Result<NewRow, Malformed> {
    let text = std::str::from_utf8(&message.payload);
    let text = text.map_err(|error| Malformed::Payload(error.to_string()))?;
    let request = SendMessageRequest::from_json(text.as_bytes());
    let request = request.map_err(|error| Malformed::Payload(error.to_string()))?;
    if request.correlation_id.is_some() {
        return Err(Malformed::HasCorrelationId);
    }
    let none = HeaderMap::new();
    let headers = message.headers.as_ref().unwrap_or(&none);
    let mut row = NewRow::new(text);
    row.dedup_key = match headers.get(NATS_MESSAGE_ID) {
        Some(id) => Some(plain(NATS_MESSAGE_ID.as_ref(), id.as_str())?),
        None => Some(place.to_owned()),
    };
    for (name, values) in headers.iter() {
        let name: &str = name.as_ref();
        let is_ours = name
            .get(..PREFIX.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(PREFIX));
        if is_ours {
            let [value] = values.as_slice() else {
                return Err(header(name, "there once"));
            };
            set(&mut row, name, value.as_str())?;
        }
    }
    Ok(row)
}

/// Does what a header says.
fn set(row: &mut NewRow, name: &str, value: &str) -> Result<(), Malformed> {
    match name.to_ascii_lowercase().as_str() {
        "outbox-dedup-key" => row.dedup_key = Some(plain(name, value)?),
        "outbox-group" => row.group = Some(plain(name, value)?),
        "outbox-ordering-key" => row.ordering_key = Some(plain(name, value)?),
        "outbox-priority" => {
            let priority = value.parse();
            row.priority = priority.map_err(|_| header(name, "a number of 32 bits"))?;
        }
        "outbox-not-before" => row.not_before = Some(time(name, value)?),
        "outbox-expires" => row.expires = Some(time(name, value)?),
        "outbox-on-unknown" => row.on_unknown = policy(name, value)?,
        _ => return Err(Malformed::UnknownHeader(name.to_owned())),
    }
    Ok(())
}

/// A name that every store can keep.
fn plain(name: &str, value: &str) -> Result<String, Malformed> {
    if value.is_empty() || value.len() > 256 || value.contains(char::is_control) {
        return Err(header(name, "1 to 256 bytes without control characters"));
    }
    Ok(value.to_owned())
}

fn time(name: &str, value: &str) -> Result<Time, Malformed> {
    let time = value.parse::<Timestamp>().ok();
    let time = time.and_then(|time| SystemTime::try_from(time).ok());
    time.map(Time::from)
        .ok_or_else(|| header(name, "a time as 2026-01-31T12:00:00Z"))
}

fn policy(name: &str, value: &str) -> Result<UnknownPolicy, Malformed> {
    let seconds = |text: &str| text.parse().ok().map(Duration::from_secs);
    let policy = match value.split_once(' ') {
        None if value == "leave" => Some(UnknownPolicy::Leave),
        Some(("ask", pause)) => seconds(pause).map(UnknownPolicy::AskAfter),
        Some(("send-again", pause)) => seconds(pause).map(UnknownPolicy::SendAgainAfter),
        _ => None,
    };
    let expected = "`leave`, or `ask` or `send-again` with a space and a number of seconds";
    policy.ok_or_else(|| header(name, expected))
}

fn header(name: &str, expected: &'static str) -> Malformed {
    Malformed::Header {
        name: name.to_owned(),
        expected,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const SEND: &str = r#"{"app_id": "01A", "message": {}, "recipient": {"contact_id": "01C"}}"#;

    fn message(headers: &[(&str, &str)]) -> Message {
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.append(*name, *value);
        }
        Message {
            subject: "sends.new".into(),
            reply: None,
            payload: SEND.into(),
            headers: Some(all),
            status: None,
            description: None,
            length: 0,
        }
    }

    #[test]
    fn headers_say_how_a_message_is_sent() {
        let headers = [
            ("Nats-Msg-Id", "of the stream"),
            ("outbox-dedup-key", "order-4711"),
            ("Outbox-Group", "spring"),
            ("Outbox-Ordering-Key", "Ada"),
            ("Outbox-Priority", "-3"),
            ("Outbox-Not-Before", "1970-01-01T00:00:01Z"),
            ("Outbox-Expires", "1970-01-01T01:00:02+01:00"),
            ("Outbox-On-Unknown", "send-again 60"),
            ("Content-Type", "application/json"),
        ];
        let expected = NewRow::new(SEND)
            .dedup_key("order-4711")
            .group("spring")
            .ordering_key("Ada")
            .priority(-3)
            .not_before(Time::from_micros(1_000_000))
            .expires(Time::from_micros(2_000_000))
            .on_unknown(UnknownPolicy::SendAgainAfter(Duration::from_secs(60)));
        assert_eq!(row(&message(&headers), "here"), Ok(expected));
    }

    #[test]
    fn without_headers_the_place_is_the_key() {
        let expected = NewRow::new(SEND).dedup_key("here");
        assert_eq!(row(&message(&[]), "here"), Ok(expected));
        let policy = |value| row(&message(&[("Outbox-On-Unknown", value)]), "here").unwrap();
        let minute = Duration::from_secs(60);
        assert_eq!(policy("leave").on_unknown, UnknownPolicy::Leave);
        assert_eq!(policy("ask 60").on_unknown, UnknownPolicy::AskAfter(minute));
    }

    #[test]
    fn what_is_not_understood_is_malformed() {
        let malformed = [
            ("Nats-Msg-Id", ""),
            ("Outbox-Dedup-Key", "a\tb"),
            ("Outbox-Group", &"x".repeat(257)),
            ("Outbox-Priority", "3000000000"),
            ("Outbox-Not-Before", "1700000000"),
            ("Outbox-On-Unknown", "ask"),
            ("Outbox-On-Unknown", "leave 60"),
            ("Outbox-Unknown", "leave"),
        ];
        for (name, value) in malformed {
            let refused = row(&message(&[(name, value)]), "here");
            assert!(refused.is_err(), "{name}: {value}");
        }
    }
}
