//! Tests the examples in the documentation of the raw crate, whose doctests are disabled: most of its documentation
//! comes from the published documents.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::time::{Duration, SystemTime};

use serde_json::json;
use sinch_conversation_raw::{
    CallbackKind,
    limits::Limited,
    types::{
        AppMessage, BatchNotificationStatus, BatchStatus, DeliveryReportBasedFallback,
        DeliveryStatus, PaymentStatus, PaymentTransactionStatus, SendMessageRequest,
        UpdateMessageMetadataRequest,
    },
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
    let time = SystemTime::try_from(&seen).unwrap();
    let since_1970 = Duration::new(1_644_264_069, 892_757_478);
    assert_eq!(time, SystemTime::UNIX_EPOCH + since_1970);
    assert_eq!(Timestamp::from(time), seen);
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

#[test]
fn statuses_that_stay_are_final() {
    macro_rules! final_ones {
        ($status:ident) => {
            |text: &&str| $status::from(*text).is_final()
        };
    }
    let all = [
        "QUEUED_ON_CHANNEL",
        "SWITCHING_CHANNEL",
        "DELIVERED",
        "READ",
        "FAILED",
        "NEW",
    ];
    let found = all.into_iter().filter(final_ones!(DeliveryStatus));
    assert!(found.eq(["DELIVERED", "READ", "FAILED"]));

    let all = ["READY", "SCHEDULED", "PROCESSED", "CANCELLED", "NEW"];
    let found = all.into_iter().filter(final_ones!(BatchStatus));
    assert!(found.eq(["PROCESSED", "CANCELLED"]));

    let all = ["BATCH_STATUS_PROCESSED", "NEW"];
    let found = all.into_iter().filter(final_ones!(BatchNotificationStatus));
    assert!(found.eq(["BATCH_STATUS_PROCESSED"]));

    let all = [
        "UNKNOWN", "NEW", "PENDING", "CAPTURED", "CANCELED", "FAILED",
    ];
    let all = all.map(|status| format!("PAYMENT_STATUS_{status}"));
    let found = all
        .iter()
        .map(String::as_str)
        .filter(final_ones!(PaymentStatus));
    assert!(found.eq(all[3..].iter()));

    let all = ["UNKNOWN", "PENDING", "FAILED", "SUCCESS", "CANCELED"];
    let all = all.map(|status| format!("PAYMENT_STATUS_TRANSACTION_{status}"));
    let found = all.iter().map(String::as_str);
    let found = found.filter(final_ones!(PaymentTransactionStatus));
    assert!(found.eq(all[2..].iter()));
}

#[test]
fn what_is_beyond_a_limit_is_named() {
    let request = UpdateMessageMetadataRequest::new("x".repeat(1025));
    let breaches = request.breaches("");
    assert_eq!(breaches.len(), 1);
    assert_eq!(
        breaches[0].to_string(),
        "metadata: expected at most 1024 characters, found 1025"
    );
    let limit = SendMessageRequest::CORRELATION_ID;
    assert_eq!(limit.cause("order 7"), None);
    let cause = limit.cause(&*"x".repeat(129));
    assert_eq!(
        cause.map(|cause| cause.to_string()).as_deref(),
        Some("expected at most 128 characters, found 129")
    );
}

#[test]
fn limits_are_found_at_any_depth() {
    let choice = json!({"text_message": {"text": "a"}});
    let card = json!({"title": "card", "choices": vec![choice.clone(); 11]});
    let items = json!({"items": vec![json!({"choice": {"title": "a"}}); 6]});
    let request = json!({
        "app_id": "01A",
        "recipient": {"contact_id": "01C"},
        "message": {
            "carousel_message": {"cards": [{"title": "a"}, card]},
            "explicit_channel_omni_message": {
                "RCS": {"list_message": {"title": "list", "sections": [items, items]}},
                "LINE": {"text_message": {"text": 5}},
            },
        },
        "channel_properties": {"VIBER_SENDER_NAME": "x".repeat(29), "SMS_SENDER": "x".repeat(1025)},
        "conversation_metadata": {"a": "x".repeat(2041)},
        "ttl": "2.5s",
    });
    let request = SendMessageRequest::from_value(request).unwrap();
    let found: Vec<_> = request
        .breaches("")
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        found,
        [
            "channel_properties.VIBER_SENDER_NAME: expected at most 28 characters, found 29",
            "channel_properties.SMS_SENDER: expected at most 1024 characters, found 1025",
            "message.carousel_message.cards[1].choices: expected at most 10 items, found 11",
            "message.explicit_channel_omni_message.LINE.text_message.text: expected a string",
            "message.explicit_channel_omni_message.RCS.list_message.sections[].items: expected at most 10 items, found 12",
            "conversation_metadata: expected at most 2048 characters, found 2049",
            "ttl: expected whole seconds",
        ]
    );
    let inside = request.message.breaches("message.");
    assert!(found.contains(&inside[0].to_string()), "{inside:?}");
}

#[test]
fn a_number_has_its_range_and_what_the_service_itself_shows() {
    let with = |seconds| {
        let mut fallback = DeliveryReportBasedFallback::default();
        fallback.delivery_report_waiting_time = Some(seconds);
        fallback.breaches("").len()
    };
    let limit = DeliveryReportBasedFallback::DELIVERY_REPORT_WAITING_TIME;
    assert_eq!((limit.min, limit.or), (10, Some(0)));
    assert_eq!([0, 9, 10, 259_200, 259_201].map(with), [0, 1, 0, 0, 1]);
}
