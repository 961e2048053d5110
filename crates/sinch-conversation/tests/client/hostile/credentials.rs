//! Servers that send the client's own credentials back.

use sinch_conversation::error::ErrorKind;
use sinch_conversation::{Client, ClientBuilder, Error};

use crate::server::{Act, Server};
use crate::{builder, good, message_id, text};

/// What the server is shown; the third is the Basic header.
const CREDENTIALS: [&str; 3] = ["the-secret", "the-token", "dGhlLWtleTp0aGUtc2VjcmV0"];

/// Everything that can be read from an error, and not only what it shows.
fn contents(error: &Error) -> String {
    let mut text = format!("{error} {error:?}");
    if let Some(api) = error.api() {
        text.push_str(&format!("{:?}", (&api.message, &api.code, &api.request_id)));
        for detail in &api.details {
            text.push_str(&detail.raw.to_string());
        }
        for violation in api.field_violations() {
            text.push_str(&format!("{} {}", violation.field, violation.description));
        }
    }
    match error.kind() {
        ErrorKind::Decode(failure) => {
            text.push_str(&format!("{} {}", failure.path, failure.excerpt));
        }
        ErrorKind::Auth(auth) => text.push_str(&format!("{:?}", auth.code)),
        _ => {}
    }
    text
}

fn assert_masked(error: &Error) {
    let text = contents(error);
    for credential in CREDENTIALS {
        assert!(!text.contains(credential), "`{credential}` in: {text}");
    }
}

async fn echoing(status: u16) -> Server {
    Server::start(move |request, _| match request.is_token() {
        true => good(&request.path),
        false => Act::Echo { status },
    })
    .await
}

#[tokio::test]
async fn credentials_that_come_back_in_an_answer_are_masked() {
    let ways: [fn(ClientBuilder) -> ClientBuilder; 2] = [
        |builder| builder,
        |builder| builder.basic_auth("the-key", "the-secret"),
    ];
    for way in ways {
        for status in [400, 401, 403, 404, 429, 500, 503, 200] {
            let server = echoing(status).await;
            let client: Client = way(builder(&server.url)).build().unwrap();
            let error = text(&client).await.unwrap_err();
            assert_masked(&error);
            assert_masked(&client.messages().get(message_id()).await.unwrap_err());
            // What else the server said is still there.
            if let Some(api) = error.api() {
                assert!(api.message.starts_with("no access for "), "{api:?}");
                assert_eq!(api.field_violations().count(), 1);
            }
        }
    }
}

#[tokio::test]
async fn a_token_host_that_sends_the_key_back_as_an_error_code_is_masked() {
    for echoed in ["supersecret", "c3VwZXI"] {
        let body = format!(r#"{{"error": "{echoed}"}}"#);
        let server = Server::start(move |_, _| Act::reply(400, &body)).await;
        let client = builder(&server.url)
            .access_key("the-key", "supersecret")
            .build()
            .unwrap();
        let error = text(&client).await.unwrap_err();
        assert!(!contents(&error).contains("supersecret"), "{error}");
    }
}
