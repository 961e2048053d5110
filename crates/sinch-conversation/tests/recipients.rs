//! Identities of contacts, recipients on every channel, and the properties of channels.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sinch_conversation::channel::is_app_scoped;
use sinch_conversation::channel::property::{self, *};
use sinch_conversation::identity::{self, ContactIdentity};
use sinch_conversation::message::Text;
use sinch_conversation::recipient::{self, Recipient};
use sinch_conversation::resources::SendMessage;
use sinch_conversation::types::ChannelIdentity;
use sinch_conversation::{AppId, Channel, Client};

/// Nothing is sent in these tests.
fn send() -> SendMessage {
    let client = Client::builder()
        .project("project")
        .access_key("key", "secret")
        .endpoints("http://127.0.0.1:9")
        .build()
        .unwrap();
    client
        .app(AppId::new("01APP").unwrap())
        .send(Text::new("hi"))
        .to(recipient::sms("1"))
}

fn contact_identities() -> Vec<ContactIdentity> {
    let app = AppId::new("01APP").unwrap();
    vec![
        identity::sms("1"),
        identity::whatsapp("1"),
        identity::rcs("1"),
        identity::mms("1"),
        identity::viber_business("1"),
        identity::telegram("1"),
        identity::kakaotalk("1"),
        identity::kakaotalk_chat("1"),
        identity::apple("1"),
        identity::messenger(&app, "1"),
        identity::instagram(&app, "1"),
        identity::line(&app, "1"),
        identity::wechat(&app, "1"),
        identity::viber(&app, "1"),
    ]
}

const CHANNELS: [&str; 14] = [
    "SMS",
    "WHATSAPP",
    "RCS",
    "MMS",
    "VIBERBM",
    "TELEGRAM",
    "KAKAOTALK",
    "KAKAOTALKCHAT",
    "APPLEBC",
    "MESSENGER",
    "INSTAGRAM",
    "LINE",
    "WECHAT",
    "VIBER",
];

#[test]
fn an_identity_of_a_contact_names_its_app_where_the_channel_wants_it() {
    for (identity, channel) in contact_identities().into_iter().zip(CHANNELS) {
        let scoped = is_app_scoped(&Channel::from(channel));
        assert_eq!(identity.app_id().is_some(), scoped, "{channel}");
        let json = serde_json::to_value(ChannelIdentity::from(identity)).unwrap();
        let expected = if scoped {
            json!({"channel": channel, "identity": "1", "app_id": "01APP"})
        } else {
            json!({"channel": channel, "identity": "1"})
        };
        assert_eq!(json, expected);
    }
}

#[test]
fn an_app_that_was_forgotten_is_an_early_error() {
    for channel in ["MESSENGER", "INSTAGRAM", "LINE", "WECHAT", "VIBER"] {
        let error = ContactIdentity::new(channel, "1").unwrap_err();
        assert_eq!(error.violations()[0].field, "app_id", "{channel}");
        let mut empty = ChannelIdentity::new(channel, "1");
        empty.app_id = Some(String::new());
        ContactIdentity::try_from(empty).unwrap_err();
    }
    assert_eq!(
        ContactIdentity::new("SMS", "1").unwrap(),
        identity::sms("1")
    );
    assert_eq!(
        ContactIdentity::new("NEWCHANNEL", "1").unwrap().address(),
        "1"
    );
}

#[test]
fn a_recipient_has_an_address_on_every_channel_and_no_app() {
    let made = [
        recipient::sms("1"),
        recipient::whatsapp("1"),
        recipient::rcs("1"),
        recipient::mms("1"),
        recipient::viber_business("1"),
        recipient::telegram("1"),
        recipient::kakaotalk("1"),
        recipient::kakaotalk_chat("1"),
        recipient::apple("1"),
        recipient::messenger("1"),
        recipient::instagram("1"),
        recipient::line("1"),
        recipient::wechat("1"),
        recipient::viber("1"),
    ];
    let from_contact: Vec<_> = contact_identities()
        .into_iter()
        .map(recipient::Identity::from)
        .collect();
    assert_eq!(from_contact, made);
    let request = send().to(Recipient::identities(made)).request().unwrap();
    let identities: Vec<Value> = CHANNELS
        .map(|channel| json!({"channel": channel, "identity": "1"}))
        .into();
    assert_eq!(
        serde_json::to_value(request.recipient).unwrap(),
        json!({"identified_by": {"channel_identities": identities}})
    );
}

#[test]
fn properties_are_sent_as_the_api_names_them() {
    let request = send()
        .property(SMS_SENDER, "Osteria")
        .property(SMS_FLASH_MESSAGE, true)
        .property(SMS_MAX_NUMBER_OF_MESSAGE_PARTS, 3_u32)
        .property(MMS_SENDER, "46700000000")
        .property(MMS_STRICT_VALIDATION, false)
        .property(MESSENGER_MESSAGING_TYPE, "MESSAGE_TAG")
        .property(MESSENGER_MESSAGE_TAG, "ACCOUNT_UPDATE")
        .property(
            MESSENGER_NOTIFICATION_TYPE,
            MessengerNotification::SilentPush,
        )
        .property(INSTAGRAM_MESSAGE_TAG, InstagramTag::HumanAgent)
        .property(VIBER_SENDER_NAME, "Osteria")
        .property(VIBER_SENDER_AVATAR, "https://example.com/avatar.png")
        .property(VIBERBM_TEMPLATE_MESSAGE_DEVICES, ViberDevices::PrimaryOnly)
        .property(TELEGRAM_DISABLE_LINK_PREVIEW, LinkPreview::Disabled)
        .property(RCS_WEBVIEW_MODE, WebviewMode::Tall)
        .property(RCS_CARD_ORIENTATION, CardOrientation::Horizontal)
        .property(RCS_CARD_THUMBNAIL_IMAGE_ALIGNMENT, ThumbnailAlignment::Left)
        .property(LINE_VIDEO_TRACKING_ID, "video-1")
        .property(KAKAOTALK_AUTHENTICATION, "token")
        .channel_property("NEW_KEY", "new")
        .request()
        .unwrap();
    let expected = [
        ("INSTAGRAM_MESSAGE_TAG", "HUMAN_AGENT"),
        ("KAKAOTALK_AUTHENTICATION", "token"),
        ("LINE_VIDEO_TRACKING_ID", "video-1"),
        ("MESSENGER_MESSAGE_TAG", "ACCOUNT_UPDATE"),
        ("MESSENGER_MESSAGING_TYPE", "MESSAGE_TAG"),
        ("MESSENGER_NOTIFICATION_TYPE", "SILENT_PUSH"),
        ("MMS_SENDER", "46700000000"),
        ("MMS_STRICT_VALIDATION", "false"),
        ("NEW_KEY", "new"),
        ("RCS_CARD_ORIENTATION", "HORIZONTAL"),
        ("RCS_CARD_THUMBNAIL_IMAGE_ALIGNMENT", "LEFT"),
        ("RCS_WEBVIEW_MODE", "TALL"),
        ("SMS_FLASH_MESSAGE", "true"),
        ("SMS_MAX_NUMBER_OF_MESSAGE_PARTS", "3"),
        ("SMS_SENDER", "Osteria"),
        ("TELEGRAM_DISABLE_LINK_PREVIEW", "TRUE"),
        ("VIBERBM_TEMPLATE_MESSAGE_DEVICES", "PRIMARY_ONLY"),
        ("VIBER_SENDER_AVATAR", "https://example.com/avatar.png"),
        ("VIBER_SENDER_NAME", "Osteria"),
    ];
    let expected: BTreeMap<_, _> = expected
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
    assert_eq!(request.channel_properties, Some(expected));
}

#[test]
fn values_of_properties_have_names_and_limits() {
    assert_eq!(MessengerNotification::Regular.as_str(), "REGULAR");
    assert_eq!(MessengerNotification::NoPush.as_str(), "NO_PUSH");
    assert_eq!(ViberDevices::All.as_str(), "ALL");
    assert_eq!(WebviewMode::Full.as_str(), "FULL");
    assert_eq!(WebviewMode::Half.as_str(), "HALF");
    assert_eq!(CardOrientation::Vertical.as_str(), "VERTICAL");
    assert_eq!(ThumbnailAlignment::Right.as_str(), "RIGHT");
    let name = |length| {
        send()
            .property(property::VIBER_SENDER_NAME, "é".repeat(length))
            .validate()
    };
    name(28).unwrap();
    assert_eq!(
        name(29).unwrap_err().violations()[0].to_string(),
        "channel_properties.VIBER_SENDER_NAME: 29 characters, at most 28 are allowed"
    );
    let sender = |length| send().property(SMS_SENDER, "é".repeat(length)).validate();
    sender(1024).unwrap();
    sender(1025).unwrap_err();
}

#[test]
fn an_sms_to_what_is_no_number_is_refused_before_it_is_sent() {
    let to = |address: &str| send().to(recipient::sms(address)).validate();
    to("+46700000001").unwrap();
    to("46700000001").unwrap();
    for address in ["abc", "0700000001"] {
        let error = to(address).unwrap_err();
        assert_eq!(
            error.violations()[0].to_string(),
            "recipient.identified_by.channel_identities[0].identity: has to be a telephone number with its country \
             code and without a leading zero, such as +46700000001"
        );
        assert!(!error.to_string().contains(address), "{error}");
    }
    // A sender may have a name.
    let named = send()
        .to(recipient::sms("46700000001"))
        .sms_sender("Osteria");
    named.validate().unwrap();
}
