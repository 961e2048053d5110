//! Every type of a response: the first two bytes choose it, the rest is its JSON.
#![no_main]

use std::sync::LazyLock;

use generated::by_name;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use sinch_conversation::raw::wire::{DecodeError, Wire};
use sinch_conversation::types;
use sinch_conversation_fuzz::json::difference;
use sinch_conversation_fuzz::published::{Schema, schemas};
use sinch_conversation_fuzz::{all_samples, seed};

#[path = "../../tests/src/generated/mod.rs"]
#[rustfmt::skip]
mod generated;

/// The types that a document names.
static TYPES: LazyLock<Vec<Schema>> = LazyLock::new(|| {
    let is_type = |schema: &Schema| by_name(&schema.rust_name(), Value::Null).is_some();
    schemas().filter(is_type).collect()
});

fuzz_target!(init: seed("responses", seeds()), |data: &[u8]| {
    let Some((choice, text)) = data.split_first_chunk() else {
        return;
    };
    let choice = usize::from(u16::from_le_bytes(*choice));
    as_text(choice, text);
    let Ok(json) = serde_json::from_slice::<Value>(text) else {
        return;
    };
    let name = TYPES[choice % TYPES.len()].rust_name();
    if let Some(Ok(passed)) = by_name(&name, json.clone()) {
        let lost = difference(&json, &passed.json);
        assert_eq!(lost, None, "{name}: {json} became {}", passed.json);
    }
});

/// The result of decoding and encoding JSON as a type.
struct RoundTrip {
    json: Value,
}

fn round_trip<T: Wire>(value: Value) -> Result<RoundTrip, DecodeError> {
    let json = T::from_value(value)?.to_json();
    let json = serde_json::from_slice(&json).expect("what is encoded is JSON");
    Ok(RoundTrip { json })
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (number, schema) in TYPES.iter().enumerate() {
        let choice = u16::try_from(number).expect("fewer than 65536 types");
        for json in all_samples(schema).iter().rev().take(2) {
            seeds.push([&choice.to_le_bytes()[..], json.to_string().as_bytes()].concat());
        }
    }
    seeds
}

/// Text that a `Value` does not keep as it is: repeated keys, numbers of any size, bytes that are no text.
fn as_text(choice: usize, text: &[u8]) {
    match choice % 8 {
        0 => stays::<types::AppResponse>(text),
        1 => stays::<types::ConversationMessage>(text),
        2 => stays::<types::ConversationWebhookEvent>(text),
        3 => stays::<types::Contact>(text),
        4 => stays::<types::V2Template>(text),
        5 => stays::<types::SendMessageResponse>(text),
        6 => stays::<types::ApiError>(text),
        _ => stays::<types::Webhook>(text),
    }
}

/// What was decoded is encoded to what decodes to the same. Of a repeated key the last value is encoded. Another one may not
/// have fitted, and the type that does writes in another order.
fn stays<T: Wire + std::fmt::Debug>(text: &[u8]) {
    let Ok(decoded) = T::from_json(text) else {
        return;
    };
    let encoded = decoded.to_json();
    let again = T::from_json(&encoded).expect("what was encoded is decoded");
    let read = |json: &[u8]| serde_json::from_slice::<Value>(json).ok();
    assert_eq!(read(&again.to_json()), read(&encoded));
    let decoded = format!("{decoded:?}");
    if !decoded.contains("reason: Some") {
        assert_eq!(format!("{again:?}"), decoded);
    }
}
