//! Templates in messages, and the content on each channel.

use serde_json::{Value, json};
use sinch_conversation_sandbox::raw::wire::Wire;
use sinch_conversation_sandbox::{Sandbox, SentMessage};

use crate::support::{Api, Receiver, SOON};
use crate::templates::{Templates, texts};

const NUMBER: &str = "46701234567";

async fn start() -> (Sandbox, Templates) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, Templates(api))
}

/// Sends a message to a number on these channels and waits until it is settled.
async fn sent(sandbox: &Sandbox, api: &Api, channels: &[&str], message: Value) -> SentMessage {
    let app = api.app("DISPATCH", channels).await;
    let identities: Vec<Value> = channels
        .iter()
        .map(|channel| json!({"channel": channel, "identity": NUMBER}))
        .collect();
    let request = json!({
        "app_id": app,
        "recipient": {"identified_by": {"channel_identities": identities}},
        "message": message,
    });
    let id = api.send(request).await;
    sandbox.wait_for_delivery(&id, SOON).await.unwrap()
}

fn reference(id: &str, version: &str, parameters: Value) -> Value {
    json!({"template_message": {"omni_template":
        {"template_id": id, "version": version, "parameters": parameters}}})
}

/// Returns reason code and description of the last receipt.
fn reason(sent: &SentMessage) -> (String, String) {
    let reason = sent.receipts.last().unwrap().reason.clone().unwrap();
    (
        reason.code.unwrap().to_string(),
        reason.description.unwrap(),
    )
}

fn text(sent: &SentMessage) -> String {
    let shown = sent.shown().to_value();
    shown["text_message"]["text"]
        .as_str()
        .unwrap_or_else(|| panic!("not a text: {shown}"))
        .to_owned()
}

#[tokio::test]
async fn a_template_is_filled_in_for_the_person() {
    let (sandbox, templates) = start().await;
    templates
        .create(texts(
            "t",
            "sv",
            &[
                ("en-US", "1", "Hi ${name}, ${name}! $5 {x} ${unclosed"),
                ("sv", "1", "Hej ${name}"),
                ("sv", "2", "Hejsan ${name}"),
            ],
        ))
        .await
        .ok();
    let name = json!({"name": "${name} Ada", "unused": "x"});
    let mut english = reference("t", "1", name.clone());
    english["template_message"]["omni_template"]["language_code"] = json!("en_US");
    let cases = [
        (english, "Hi ${name} Ada, ${name} Ada! $5 {x} ${unclosed"),
        (reference("t", "1", name.clone()), "Hej ${name} Ada"),
        (reference("t", "latest", name), "Hejsan ${name} Ada"),
    ];
    for (message, expected) in cases {
        let sent = sent(&sandbox, &templates.0, &["SMS"], message.clone()).await;
        assert_eq!(sent.statuses(), ["QUEUED_ON_CHANNEL", "DELIVERED"]);
        assert_eq!(text(&sent), expected);
        assert_eq!(sent.message.to_value(), message, "kept as it was sent");
    }
}

#[tokio::test]
async fn old_translations_can_still_be_sent() {
    let (sandbox, templates) = start().await;
    templates
        .create(texts(
            "t",
            "en",
            &[("en", "1", "old"), ("sv", "1", "gammal")],
        ))
        .await
        .ok();
    let mut body = texts("t", "en", &[("en", "2", "new")]);
    body["version"] = json!(1);
    templates.update("t", body).await.ok();
    for (version, expected) in [("1", "old"), ("2", "new"), ("latest", "new")] {
        let message = reference("t", version, json!({}));
        let sent = sent(&sandbox, &templates.0, &["SMS"], message).await;
        assert_eq!(text(&sent), expected);
    }
    let mut removed = reference("t", "latest", json!({}));
    removed["template_message"]["omni_template"]["language_code"] = json!("sv");
    let failed = sent(&sandbox, &templates.0, &["SMS"], removed.clone()).await;
    assert_eq!(
        reason(&failed).0,
        "TEMPLATE_NON_EXISTING_LANGUAGE_OR_VERSION"
    );
    removed["template_message"]["omni_template"]["version"] = json!("1");
    let sent = sent(&sandbox, &templates.0, &["SMS"], removed).await;
    assert_eq!(text(&sent), "gammal");
}

#[tokio::test]
async fn a_broken_template_fails_the_message() {
    let (sandbox, templates) = start().await;
    let mut body = texts("t", "en", &[("en", "1", "${b} and ${a}")]);
    body["translations"][0]["variables"] = json!([{"key": "c"}]);
    templates.create(body).await.ok();
    let cases = [
        (
            reference("none", "1", json!({})),
            "TEMPLATE_NOT_FOUND",
            "\"none\"",
        ),
        (
            reference("t", "7", json!({})),
            "TEMPLATE_NON_EXISTING_LANGUAGE_OR_VERSION",
            "\"7\"",
        ),
        (
            reference("t", "1", json!({"b": "x"})),
            "TEMPLATE_INSUFFICIENT_PARAMETERS",
            r#""a", "c""#,
        ),
        (
            json!({"template_message": {"channel_template": {"WHATSAPP": {"template_id": "x"}}}}),
            "TEMPLATE_NOT_FOUND",
            "SMS",
        ),
    ];
    for (message, code, named) in cases {
        let sent = sent(&sandbox, &templates.0, &["SMS"], message).await;
        assert_eq!(sent.statuses(), ["FAILED"]);
        let (found, description) = reason(&sent);
        assert_eq!(found, code);
        assert!(description.contains(named), "{description}");
    }
}

#[tokio::test]
async fn a_template_is_looked_up_after_the_send_was_accepted() {
    let (sandbox, templates) = start().await;
    let api = &templates.0;
    let receiver = Receiver::start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    api.webhook(&app, &receiver.url, &["MESSAGE_SUBMIT", "MESSAGE_DELIVERY"])
        .await;
    let request = |id: &str| {
        json!({
            "app_id": app,
            "recipient": {"identified_by": {"channel_identities": [{"channel": "SMS", "identity": NUMBER}]}},
            "message": reference(id, "latest", json!({})),
        })
    };
    let failing = api.send(request("t")).await;
    sandbox.wait_for_delivery(&failing, SOON).await.unwrap();
    templates
        .create(texts("t", "en", &[("en", "1", "Hi")]))
        .await
        .ok();
    let id = api.send(request("t")).await;
    receiver.wait_for(4).await;
    let bodies = receiver.bodies();
    let failed = &bodies[0]["message_delivery_report"];
    assert_eq!(failed["message_id"], *failing);
    assert_eq!(failed["status"], "FAILED");
    assert_eq!(failed["reason"]["code"], "TEMPLATE_NOT_FOUND");
    // The callback and the stored message have the template message, not the rendered one.
    let submitted = &bodies[1]["message_submit_notification"];
    let stored = api.get(&format!("messages/{id}")).await.ok();
    let expected = reference("t", "latest", json!({}));
    assert_eq!(submitted["submitted_message"], expected);
    assert_eq!(stored["app_message"], expected);
}

#[tokio::test]
async fn a_channel_has_its_own_template() {
    let (sandbox, templates) = start().await;
    let mut body = texts("t", "en", &[("en", "1", "Hi ${name}")]);
    body["translations"][0]["channel_template_overrides"] = json!({"WHATSAPP": {
        "template_reference": {"template_id": "hello", "language_code": "en_US", "parameters": {"x": "y"}},
        "parameter_mappings": {"body[1]text": "name"},
    }});
    templates.create(body).await.ok();
    let omni = reference("t", "1", json!({"name": "Ada"}));
    let api = &templates.0;
    let whatsapp = sent(&sandbox, api, &["WHATSAPP"], omni.clone()).await;
    assert_eq!(
        whatsapp.shown().to_value(),
        json!({"template_message": {"channel_template": {"WHATSAPP": {
            "template_id": "hello", "language_code": "en_US",
            "parameters": {"x": "y", "body[1]text": "Ada"},
        }}}})
    );
    assert_eq!(
        text(&sent(&sandbox, api, &["SMS"], omni.clone()).await),
        "Hi Ada"
    );
    let missing = reference("t", "1", json!({}));
    let failed = sent(&sandbox, api, &["WHATSAPP"], missing).await;
    assert_eq!(reason(&failed).0, "TEMPLATE_INSUFFICIENT_PARAMETERS");

    // The request's own takes precedence. The sandbox does not check whether the channel has it.
    let mut both = omni;
    both["template_message"]["channel_template"] =
        json!({"WHATSAPP": {"template_id": "other", "language_code": "en_US"}});
    let whatsapp = sent(&sandbox, api, &["WHATSAPP"], both.clone()).await;
    assert_eq!(whatsapp.statuses(), ["QUEUED_ON_CHANNEL", "DELIVERED"]);
    assert_eq!(
        whatsapp.shown().to_value()["template_message"]["channel_template"],
        both["template_message"]["channel_template"]
    );
}

#[tokio::test]
async fn the_next_channel_is_tried_with_its_own_template() {
    let (sandbox, templates) = start().await;
    let message =
        json!({"template_message": {"channel_template": {"WHATSAPP": {"template_id": "x"}}}});
    let sent = sent(&sandbox, &templates.0, &["RCS", "WHATSAPP"], message).await;
    assert_eq!(
        sent.statuses(),
        ["SWITCHING_CHANNEL", "QUEUED_ON_CHANNEL", "DELIVERED"]
    );
}

#[tokio::test]
async fn a_template_can_hold_any_kind_and_other_templates() {
    let (sandbox, templates) = start().await;
    let card = json!({"id": "card", "default_translation": "en", "translations": [{
        "language_code": "en", "version": "1",
        "card_message": {"title": "${what}", "choices": [
            {"url_message": {"title": "Open ${what}", "url": "https://example.com/${id}"}}]},
    }]});
    templates.create(card).await.ok();
    let around = json!({"id": "around", "default_translation": "en", "translations": [{
        "language_code": "en", "version": "1",
        "template_message": {"omni_template":
            {"template_id": "card", "version": "1", "parameters": {"what": "the ${thing}", "id": "7"}}},
    }]});
    templates.create(around).await.ok();
    let endless = json!({"id": "endless", "default_translation": "en", "translations": [{
        "language_code": "en", "version": "1",
        "template_message": {"omni_template": {"template_id": "endless", "version": "1"}},
    }]});
    templates.create(endless).await.ok();

    let api = &templates.0;
    let message = reference("around", "1", json!({"thing": "bill"}));
    assert_eq!(
        text(&sent(&sandbox, api, &["SMS"], message.clone()).await),
        "the bill\n> Open the bill: https://example.com/7"
    );
    let rcs = sent(&sandbox, api, &["RCS"], message).await;
    assert_eq!(rcs.shown().to_value()["card_message"]["title"], "the bill");
    let endless = reference("endless", "1", json!({}));
    let failed = sent(&sandbox, api, &["SMS"], endless).await;
    assert_eq!(reason(&failed).0, "BAD_REQUEST");
}

#[tokio::test]
async fn what_is_meant_for_a_channel_is_shown_there_alone() {
    let (sandbox, templates) = start().await;
    templates
        .create(texts("t", "en", &[("en", "1", "Hi ${name}")]))
        .await
        .ok();
    let flow = json!({"message_type": "FLOWS", "message":
        {"flow_id": "1", "flow_cta": "Open", "body": {"text": "Book a table"}}});
    let message = json!({
        "text_message": {"text": "for all"},
        "explicit_channel_message": {"RCS": "{\"text\":\"raw\"}"},
        "explicit_channel_omni_message": {
            "SMS": {"text_message": {"text": "for SMS"}},
            "MMS": {"template_reference":
                {"template_id": "t", "version": "latest", "parameters": {"name": "Ada"}}},
        },
        "channel_specific_message": {"WHATSAPP": flow},
    });
    let api = &templates.0;
    let cases = [
        ("RCS", "{\"text\":\"raw\"}"),
        ("SMS", "for SMS"),
        ("MMS", "Hi Ada"),
        ("WHATSAPP", "Book a table"),
        ("VIBERBM", "for all"),
    ];
    for (channel, expected) in cases {
        let sent = sent(&sandbox, api, &[channel], message.clone()).await;
        assert_eq!(text(&sent), expected, "{channel}");
        assert_eq!(sent.message.to_value(), message);
        let shown = sent.shown().to_value();
        let kept = |name: &str| shown.get(name).is_some();
        assert_eq!(kept("explicit_channel_message"), channel == "RCS");
        assert_eq!(kept("channel_specific_message"), channel == "WHATSAPP");
        assert!(!kept("explicit_channel_omni_message"));
    }
}

#[tokio::test]
async fn an_unchanged_message_is_not_stored_twice() {
    let (sandbox, templates) = start().await;
    let message = json!({"text_message": {"text": "Hi"}, "agent": {"display_name": "Ada"}});
    let sent = sent(&sandbox, &templates.0, &["SMS"], message).await;
    assert_eq!(sent.rendered, None);
    assert_eq!(sent.shown(), &sent.message);
}

#[tokio::test]
async fn too_long_a_text_fails_on_its_channel() {
    let (sandbox, templates) = start().await;
    let api = &templates.0;
    let text_of = |length: usize| json!({"text_message": {"text": "å".repeat(length)}});
    for (channel, most) in [("WHATSAPP", 4096), ("RCS", 3072)] {
        let fits = sent(&sandbox, api, &[channel], text_of(most)).await;
        assert_eq!(fits.statuses(), ["QUEUED_ON_CHANNEL", "DELIVERED"]);
        let failed = sent(&sandbox, api, &[channel], text_of(most + 1)).await;
        assert_eq!(failed.statuses(), ["FAILED"]);
        let (code, description) = reason(&failed);
        assert_eq!(code, "BAD_REQUEST");
        assert!(
            description.contains(channel) && description.contains(&most.to_string()),
            "{description}"
        );
    }
    let cut = sent(&sandbox, api, &["VIBERBM"], text_of(1001)).await;
    assert_eq!(text(&cut), "å".repeat(1000));
    let card = |title: usize, description: usize| json!({"card_message": {"title": "t".repeat(title), "description": "d".repeat(description)}});
    let cases = [
        ("RCS", card(200, 2000), "DELIVERED"),
        ("RCS", card(201, 1), "FAILED"),
        ("RCS", card(1, 2001), "FAILED"),
        (
            "RCS",
            json!({"carousel_message": {"cards": [card(1, 1)["card_message"], card(1, 2001)["card_message"]]}}),
            "FAILED",
        ),
        ("MMS", card(80, 3000), "DELIVERED"),
        ("MMS", card(81, 1), "FAILED"),
        ("SMS", card(300, 3000), "DELIVERED"),
    ];
    for (channel, message, expected) in cases {
        let sent = sent(&sandbox, api, &[channel], message).await;
        assert_eq!(sent.status().unwrap().as_str(), expected, "{channel}");
    }
}

#[tokio::test]
async fn a_template_does_not_grow_without_bounds() {
    let (sandbox, templates) = start().await;
    templates
        .create(texts("t", "en", &[("en", "1", &"${a}".repeat(100_000))]))
        .await
        .ok();
    let message = reference("t", "1", json!({"a": "x".repeat(1_000_000)}));
    let failed = sent(&sandbox, &templates.0, &["SMS"], message).await;
    assert_eq!(reason(&failed).0, "BAD_REQUEST");
    let message = reference("t", "1", json!({"a": "x"}));
    let sent = sent(&sandbox, &templates.0, &["SMS"], message).await;
    assert_eq!(text(&sent), "x".repeat(100_000));
}
