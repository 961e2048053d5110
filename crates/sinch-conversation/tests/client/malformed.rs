//! Parts of an answer that are not as documented, and what becomes of the parts around them.

use serde_json::{Value, json};
use sinch_conversation::ErrorKind;
use sinch_conversation::message::Text;
use sinch_conversation::recipient::sms;
use sinch_conversation::types::{
    AppMessage, AppMessageTypes, ChannelSpecificMessageKind, ConversationMessageTypes,
};

use crate::requests::app;
use crate::server::Act;
use crate::{always, client};

fn commerce_of_another_form() -> Value {
    json!({"text_message": {"text": "hi"}, "channel_specific_message": {
        "KAKAOTALK": {"message_type": "COMMERCE", "message": {"carousel": {"list": []}}}
    }})
}

#[tokio::test]
async fn a_malformed_message_costs_neither_the_page_nor_its_neighbours() {
    let neighbour = |id: &str| json!({"id": id, "app_message": {"text_message": {"text": "hi"}}});
    let page = json!({"messages": [
        neighbour("01A"),
        {"id": "01B", "app_message": commerce_of_another_form()},
        {"id": "01C", "contact_message": "text"},
        neighbour("01D"),
    ]});
    let server = always(Act::reply(200, &page)).await;
    let messages = client(&server)
        .messages()
        .list()
        .page()
        .await
        .unwrap()
        .items;
    for (message, sent) in messages.iter().zip(page["messages"].as_array().unwrap()) {
        assert_eq!(message.id().as_str(), sent["id"]);
        assert_eq!(&serde_json::to_value(message.data()).unwrap(), sent);
    }
    for index in [0, 3] {
        let ConversationMessageTypes::AppMessage(message) = &messages[index].data().kind else {
            panic!("{:?}", messages[index]);
        };
        assert!(matches!(message.kind, AppMessageTypes::TextMessage(_)));
    }

    let ConversationMessageTypes::AppMessage(message) = &messages[1].data().kind else {
        panic!("{:?}", messages[1]);
    };
    assert!(matches!(message.kind, AppMessageTypes::TextMessage(_)));
    let specific = &message.channel_specific_message.as_ref().unwrap()["KAKAOTALK"];
    let ChannelSpecificMessageKind::Unknown(unknown) = &specific.kind else {
        panic!("{specific:?}");
    };
    assert_eq!(unknown["message_type"], "COMMERCE");
    assert_eq!(
        unknown.reason().unwrap().to_string(),
        "message.buttons: expected a value, found nothing"
    );

    let ConversationMessageTypes::Unknown(unknown) = &messages[2].data().kind else {
        panic!("{:?}", messages[2]);
    };
    assert_eq!(
        unknown.reason().unwrap().to_string(),
        "contact_message: expected an object, found a string"
    );
}

#[tokio::test]
async fn a_plain_field_of_another_type_is_an_error_with_its_place() {
    let page = json!({"messages": [{"id": "01A", "accept_time": 5}]});
    let server = always(Act::reply(200, page)).await;
    let error = client(&server).messages().list().page().await.unwrap_err();
    match error.kind() {
        ErrorKind::Decode(failure) => assert_eq!(failure.path, "messages[0].accept_time"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_message_that_came_malformed_is_not_sent_on() {
    let server = always(Act::reply(200, json!({}))).await;
    let cases = [
        (json!({"text_message": {}}), "message.text_message.text"),
        (
            commerce_of_another_form(),
            "message.channel_specific_message.KAKAOTALK.message.buttons",
        ),
        (
            json!({"text_message": {"text": "hi"}, "explicit_channel_omni_message":
                {"SMS": {"text_message": {"text": 5}}}}),
            "message.explicit_channel_omni_message.SMS.text_message.text",
        ),
    ];
    for (json, field) in cases {
        let received: AppMessage = serde_json::from_value(json).unwrap();
        let error = client(&server)
            .app(app())
            .send(received)
            .to(sms("+46700000001"))
            .await
            .unwrap_err();
        assert_eq!(error.violations()[0].field, field);
    }
    assert!(server.seen().is_empty());

    // A kind of tomorrow is another matter: the caller may know more than this crate.
    let later: AppMessage = serde_json::from_value(json!({"hologram": {"depth": 3}})).unwrap();
    let send = client(&server).app(app()).send(later);
    send.to(sms("+46700000001")).validate().unwrap();
    let text = client(&server).app(app()).send(Text::new("hi"));
    text.to(sms("+46700000001")).validate().unwrap();
}
