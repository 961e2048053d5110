//! The examples in the documentation of the raw crate, whose own documentation is not run: most of it comes from
//! documents that others write.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use serde_json::json;
use sinch_conversation_raw::{
    CallbackKind,
    types::AppMessage,
    wire::{JsonObject, Secret, Timestamp, Wire},
};

#[test]
fn a_message_comes_back_with_what_is_unknown() {
    let seen = json!({"text_message": {"text": "hi", "colour": "red"}, "agent": null});
    let message = AppMessage::from_value(seen.clone()).unwrap();
    assert_eq!(message.to_value(), seen);
}

#[test]
fn a_timestamp_is_its_text_and_a_time() {
    let seen = Timestamp::parse("2022-02-07T20:01:09.892757478Z").unwrap();
    assert_eq!(seen.as_str(), "2022-02-07T20:01:09.892757478Z");
    let seconds = seen.to_datetime().map(|time| time.timestamp());
    assert_eq!(seconds, Some(1_644_264_069));
}

#[test]
fn a_secret_is_not_shown() {
    let secret = Secret::from("s3cret");
    assert_eq!(secret.expose(), "s3cret");
    assert_eq!(format!("{secret:?}"), "Secret(***)");
}

#[test]
fn values_of_unknown_json_are_not_shown() {
    let mut extra = JsonObject::default();
    extra.insert("token".to_owned(), json!("s3cret"));
    assert_eq!(format!("{extra:?}"), r#"{"token": ..}"#);
}

#[test]
fn a_callback_is_known_by_its_key() {
    let callback = json!({"app_id": "01A", "message_delivery_report": {"message_id": "01M"}});
    let kind = callback.as_object().and_then(CallbackKind::of);
    assert_eq!(kind, Some(&CallbackKind::MESSAGE_DELIVERY));
}
