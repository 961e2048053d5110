//! What a person can send with a handset.

use serde_json::{Value, json};
use sinch_conversation_sandbox::{ConsentManagement, ControlError, Handset, Pick, Sandbox};

use crate::support::{Api, Receiver, SOON};

const NUMBER: &str = "46701234567";

async fn start(channel: &str) -> (Sandbox, Api, String, Handset) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("CONVERSATION", &[channel]).await;
    let person = sandbox.handset(&app, channel, NUMBER);
    (sandbox, api, app, person)
}

async fn contact_message(api: &Api, id: &str) -> Value {
    api.get(&format!("messages/{id}")).await.ok()["contact_message"].clone()
}

#[tokio::test]
async fn a_person_sends_files_and_places() {
    let (_sandbox, api, app, person) = start("MMS").await;
    let receiver = Receiver::start().await;
    api.webhook(&app, &receiver.url, &["MESSAGE_INBOUND"]).await;
    let id = person.sends_media("https://example.com/cat.jpg").await;
    assert_eq!(
        contact_message(&api, &id.unwrap()).await,
        json!({"media_message": {"url": "https://example.com/cat.jpg"}})
    );
    let id = person.shares_location(55.6, 13.25).await.unwrap();
    assert_eq!(
        contact_message(&api, &id).await["location_message"]["coordinates"],
        json!({"latitude": 55.6, "longitude": 13.25})
    );

    // Each file of an MMS becomes a message.
    let urls = ["https://example.com/1.jpg", "https://example.com/2.jpg"];
    let ids = person.sends_attachments(urls).await.unwrap();
    assert_eq!(ids.len(), 2);
    receiver.wait_for(4).await;
    for ((body, id), url) in receiver.bodies()[2..].iter().zip(&ids).zip(urls) {
        assert_eq!(&body["message"]["id"], id);
        let media = json!({"media_message": {"url": url}});
        assert_eq!(body["message"]["contact_message"], media);
    }
    let none: [&str; 0] = [];
    assert_eq!(
        person.sends_attachments(none).await.unwrap(),
        Vec::<String>::new()
    );
}

fn text(text: &str) -> Value {
    json!({"text_message": {"text": text}})
}

/// Sends a message to the person and waits for its delivery.
async fn deliver(sandbox: &Sandbox, api: &Api, app: &str, channel: &str, message: Value) -> String {
    let identity = json!({"channel": channel, "identity": NUMBER});
    let request = json!({
        "app_id": app, "message": message, "message_metadata": "meta",
        "recipient": {"identified_by": {"channel_identities": [identity]}},
    });
    let id = api.send(request).await;
    sandbox.wait_for_delivery(&id, SOON).await.unwrap();
    id
}

/// Chooses and returns the `postback_data` of the response.
async fn choose(api: &Api, person: &Handset, message: &str, choice: impl Into<Pick>) -> String {
    let id = person.chooses(message, choice).await.unwrap();
    let stored = api.get(&format!("messages/{id}")).await.ok();
    assert_eq!(stored["metadata"], "meta");
    let response = &stored["contact_message"]["choice_response_message"];
    assert_eq!(response["message_id"], message);
    response["postback_data"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_person_chooses_among_choices() {
    let (sandbox, api, app, person) = start("RCS").await;
    let mut yes = text("Yes");
    yes["postback_data"] = json!("yes");
    let mut link = json!({"url_message": {"title": "Look", "url": "https://example.com"}});
    link["postback_data"] = json!({"opened": true});
    let call = json!({"call_message": {"title": "Call", "phone_number": "+461"}});
    let choices = json!([yes, text("No"), link, call]);
    let message =
        json!({"choice_message": {"text_message": {"text": "Well?"}, "choices": choices}});
    let id = deliver(&sandbox, &api, &app, "RCS", message).await;
    assert_eq!(choose(&api, &person, &id, "Yes").await, "yes");
    assert_eq!(choose(&api, &person, &id, 0).await, "yes");
    // Without postback data, it is the id and the text.
    assert_eq!(choose(&api, &person, &id, "No").await, format!("{id}_No"));
    assert_eq!(choose(&api, &person, &id, 2).await, r#"{"opened":true}"#);
    let by_title = choose(&api, &person, &id, "Call".to_owned()).await;
    assert_eq!(by_title, format!("{id}_Call"));

    let error = person.chooses(&id, "Perhaps").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            r#"message "{id}" has no choice "Perhaps", its choices are ["Yes", "No", "Look", "Call"]"#
        )
    );
    let error = person.chooses(&id, 4).await.unwrap_err();
    assert!(
        matches!(&error, ControlError::NoSuchChoice { wanted, choices, .. }
            if wanted == "4" && choices.len() == 4),
        "{error}"
    );
}

#[tokio::test]
async fn choices_are_on_cards_carousels_and_lists_too() {
    let (sandbox, api, app, person) = start("RCS").await;
    let card = |title: &str| json!({"title": "Card", "choices": [text(title)]});
    let message = json!({"card_message": card("One")});
    let id = deliver(&sandbox, &api, &app, "RCS", message).await;
    assert_eq!(choose(&api, &person, &id, 0).await, format!("{id}_One"));

    // The choices of the cards come first.
    let message =
        json!({"carousel_message": {"choices": [text("Outer")], "cards": [card("A"), card("B")]}});
    let id = deliver(&sandbox, &api, &app, "RCS", message).await;
    for (place, title) in ["A", "B", "Outer"].iter().enumerate() {
        let postback = choose(&api, &person, &id, place).await;
        assert_eq!(postback, format!("{id}_{title}"));
    }

    let items = |titles: [&str; 2]| {
        let choices = titles.map(|title| json!({"choice": {"title": title}}));
        json!({"items": choices})
    };
    let mut second = items(["C", "D"]);
    second["items"][1]["choice"]["postback_data"] = json!("d");
    let message =
        json!({"list_message": {"title": "List", "sections": [items(["A", "B"]), second]}});
    // Only WhatsApp has lists; elsewhere they are texts without choices.
    let as_text = deliver(&sandbox, &api, &app, "RCS", message.clone()).await;
    let error = person.chooses(&as_text, 0).await.unwrap_err();
    assert!(
        matches!(&error, ControlError::NoSuchChoice { choices, .. } if choices.is_empty()),
        "{error}"
    );
    let (sandbox, api, app, person) = start("WHATSAPP").await;
    let id = deliver(&sandbox, &api, &app, "WHATSAPP", message).await;
    assert_eq!(choose(&api, &person, &id, "B").await, format!("{id}_B"));
    assert_eq!(choose(&api, &person, &id, 3).await, "d");

    let id = deliver(&sandbox, &api, &app, "WHATSAPP", text("Nothing to choose")).await;
    let error = person.chooses(&id, 0).await.unwrap_err();
    assert!(
        matches!(&error, ControlError::NoSuchChoice { choices, .. } if choices.is_empty()),
        "{error}"
    );
}

#[tokio::test]
async fn a_person_sees_what_the_app_has_for_the_channel() {
    let (sandbox, api, app, person) = start("RCS").await;
    let choice = |title: &str| json!({"choice_message": {"text_message": {"text": "?"}, "choices": [text(title)]}});
    let mut message = choice("Everywhere");
    message["explicit_channel_omni_message"] =
        json!({"RCS": choice("Here"), "SMS": choice("There")});
    let id = deliver(&sandbox, &api, &app, "RCS", message).await;
    assert_eq!(choose(&api, &person, &id, 0).await, format!("{id}_Here"));
}

#[tokio::test]
async fn a_person_answers_only_delivered_messages() {
    let (sandbox, api, app, person) = start("WHATSAPP").await;
    let id = deliver(&sandbox, &api, &app, "WHATSAPP", text("Hello")).await;
    let answer = person.replies_to(&id, "Hi").await.unwrap();
    let stored = api.get(&format!("messages/{answer}")).await.ok();
    assert_eq!(
        stored["contact_message"],
        json!({"text_message": {"text": "Hi"}, "reply_to": {"message_id": id}})
    );
    assert_eq!(stored["metadata"], "meta");
    // A read message can be answered too.
    person.reads(&id).await.unwrap();
    person.replies_to(&id, "Hi again").await.unwrap();

    let stranger = sandbox.handset(&app, "WHATSAPP", "461");
    for error in [
        stranger.replies_to(&id, "Hi").await.unwrap_err(),
        stranger.chooses(&id, 0).await.unwrap_err(),
        person.replies_to("another", "Hi").await.unwrap_err(),
    ] {
        assert!(
            matches!(error, ControlError::UnknownMessage { .. }),
            "{error}"
        );
    }
    sandbox.fail_next("WHATSAPP", "CHANNEL_FAILURE");
    let lost = deliver(&sandbox, &api, &app, "WHATSAPP", text("Lost")).await;
    for error in [
        person.replies_to(&lost, "Hi").await.unwrap_err(),
        person.chooses(&lost, 0).await.unwrap_err(),
        person.reacts(&lost, "x").await.unwrap_err(),
    ] {
        assert!(
            matches!(&error, ControlError::NotDelivered { status, .. } if status == "FAILED"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn opted_out_people_are_on_the_list() {
    let (sandbox, api, app, person) = start("SMS").await;
    sandbox
        .consent_management(&app, ConsentManagement::Primary)
        .await
        .unwrap();
    let path = format!("apps/{app}/consents/OPT_OUT_MARKETING");
    person.opts_out("OPT_OUT_MARKETING").await.unwrap();
    let listed = api.get(&path).await.ok();
    assert_eq!(
        listed["identities"].as_array().unwrap().len(),
        1,
        "{listed}"
    );
    person.opts_in("OPT_OUT_MARKETING").await.unwrap();
    let listed = api.get(&path).await.ok();
    assert_eq!(listed["identities"], json!([]));
}

#[tokio::test]
async fn people_opt_out_and_in_by_keyword() {
    let (_sandbox, api, _app, person) = start("SMS").await;
    let words = [
        (person.opts_out("OPT_OUT_ALL").await, "STOP"),
        (person.opts_out("OPT_OUT_MARKETING").await, "STOP MARKETING"),
        (person.opts_in("OPT_OUT_ALL").await, "START"),
        (
            person.opts_in("OPT_OUT_NOTIFICATION").await,
            "START NOTIFICATION",
        ),
    ];
    for (id, word) in words {
        assert_eq!(contact_message(&api, &id.unwrap()).await, text(word));
    }
    let error = person.opts_out("OPT_OUT_SOMETIMES").await.unwrap_err();
    assert!(
        matches!(&error, ControlError::UnknownList { list } if list == "OPT_OUT_SOMETIMES"),
        "{error}"
    );
}
