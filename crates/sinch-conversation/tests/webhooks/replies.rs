//! Where an answer goes, without a server.

use serde_json::{Value, json};
use sinch_conversation::message::Text;
use sinch_conversation::webhook::{Event, EventKind};
use sinch_conversation::{Channel, Client, Region};

fn client() -> Client {
    let client = Client::builder().region(Region::Eu).project("p");
    client.access_key("key", "secret").build().unwrap()
}

/// The request of an answer to a message, or the fields that are wrong.
fn reply(app: &str, contact: &str, identity: Value) -> Result<Value, Vec<String>> {
    let event = Event::from_json(json!({"app_id": app, "project_id": "p",
        "message": {"id": "01M", "contact_id": contact, "channel_identity": identity}}));
    let EventKind::Inbound(message) = event.kind() else {
        panic!("{event:?}");
    };
    match client().reply_to(message, Text::new("Yes")).request() {
        Ok(request) => Ok(serde_json::to_value(request).unwrap()),
        Err(error) => Err(error
            .violations()
            .iter()
            .map(|violation| violation.field.clone())
            .collect()),
    }
}

fn whatsapp() -> Value {
    json!({"channel": "WHATSAPP", "identity": "46700000001", "app_id": ""})
}

#[test]
fn a_contact_is_answered_on_the_channel_that_it_used() {
    let request = reply("01A", "01C", whatsapp()).unwrap();
    assert_eq!(request["app_id"], "01A");
    assert_eq!(request["recipient"], json!({"contact_id": "01C"}));
    assert_eq!(request["channel_priority_order"], json!(["WHATSAPP"]));
}

#[test]
fn without_a_contact_the_address_is_answered() {
    let messenger = json!({"channel": "MESSENGER", "identity": "774649", "app_id": "01A"});
    let request = reply("01A", "", messenger).unwrap();
    let identities = json!([{"channel": "MESSENGER", "identity": "774649"}]);
    assert_eq!(
        request["recipient"],
        json!({"identified_by": {"channel_identities": identities}})
    );
    assert_eq!(request["channel_priority_order"], json!(["MESSENGER"]));
}

#[test]
fn a_contact_without_a_channel_is_answered_where_the_api_chooses() {
    let request = reply("01A", "01C", json!(null)).unwrap();
    assert_eq!(request["recipient"], json!({"contact_id": "01C"}));
    assert_eq!(request.get("channel_priority_order"), None);
}

#[test]
fn what_a_callback_lacks_is_reported_when_the_answer_is_sent() {
    assert_eq!(reply("", "01C", whatsapp()).unwrap_err(), ["app_id"]);
    let nobody = json!({"channel": "SMS", "identity": "", "app_id": ""});
    assert_eq!(reply("01A", "", nobody).unwrap_err(), ["recipient"]);
    assert_eq!(
        reply("", "", json!(null)).unwrap_err(),
        ["app_id", "recipient"]
    );
}

#[test]
fn an_answer_has_every_option_of_a_send() {
    let event = Event::from_json(
        json!({"app_id": "01A", "project_id": "p", "event": {"id": "01E",
        "contact_id": "01C", "channel_identity": whatsapp()}}),
    );
    let EventKind::ContactEvent(contact_event) = event.kind() else {
        panic!("{event:?}");
    };
    let answer = client()
        .reply_to(contact_event, Text::new("Yes"))
        .channel_priority([Channel::from("WHATSAPP"), Channel::Sms])
        .metadata("m");
    let request = serde_json::to_value(answer.request().unwrap()).unwrap();
    assert_eq!(
        request["channel_priority_order"],
        json!(["WHATSAPP", "SMS"])
    );
    assert_eq!(request["message_metadata"], "m");
}
