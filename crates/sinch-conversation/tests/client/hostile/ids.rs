//! Ids that no API returns.

use serde_json::json;
use sinch_conversation::error::ErrorKind;
use sinch_conversation::{AppId, MessageId};

use crate::server::Act;
use crate::{always, client, message_id};

#[test]
fn an_id_longer_than_any_real_one_cannot_be_made() {
    assert!(AppId::new("x".repeat(256)).is_ok());
    for length in [257, 10_000] {
        let error = AppId::new("x".repeat(length)).unwrap_err();
        assert_eq!(error.violations()[0].field, "app_id");
        assert!(error.to_string().contains("at most 256 bytes"), "{error}");
    }
    // The length is that of the text as it is sent, not the number of characters.
    assert!(MessageId::new("ä".repeat(129)).is_err());
}

#[tokio::test]
async fn an_identity_in_a_path_has_a_length_too() {
    let server = always(Act::reply(200, "{}")).await;
    let app = AppId::new("01APP").unwrap();
    let long = "4".repeat(10_000);
    let error = client(&server).consents().audit(app, &long).await;
    assert_eq!(error.unwrap_err().violations()[0].field, "identity");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn an_id_of_the_api_that_is_longer_is_an_answer_of_another_form() {
    let server = always(Act::reply(200, json!({"id": "x".repeat(10_000)}))).await;
    let error = client(&server).messages().get(message_id()).await;
    match error.unwrap_err().kind() {
        ErrorKind::Decode(failure) => assert_eq!(failure.path, "id"),
        other => panic!("{other:?}"),
    }
}
