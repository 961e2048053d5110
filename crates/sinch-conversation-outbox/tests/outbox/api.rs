//! The sandbox as the API, and a client for it.

use std::time::Duration;

use serde_json::json;
use sinch_conversation::message::Text;
use sinch_conversation::recipient::sms;
use sinch_conversation::{AppId, Client, Service};
use sinch_conversation_outbox::NewRow;
use sinch_conversation_sandbox::{Endpoints, Sandbox};

pub(crate) const APP: &str = "01E9DQJFPWGZ2T05XTVZAD0BYB";

/// A sandbox with an app whose callbacks are kept and reach nobody.
pub(crate) async fn sandbox() -> Sandbox {
    sandbox_calling("http://127.0.0.1:9/", None).await
}

/// A sandbox whose app calls a webhook with this secret.
pub(crate) async fn sandbox_calling(target: &str, secret: Option<&str>) -> Sandbox {
    let sandbox = Sandbox::builder()
        .requests_per_second(None)
        .limit_token_requests(false)
        .callback_retries(
            [Duration::from_millis(20); 10]
                .into_iter()
                .filter(|_| secret.is_some()),
        )
        .access_key("key", "secret")
        .sends_per_second(u32::MAX.try_into().unwrap())
        .start()
        .await
        .unwrap();
    let seed = json!({
        "apps": [{
            "id": APP,
            "display_name": "Reservations",
            "processing_mode": "CONVERSATION",
            "channel_credentials": [{
                "channel": "SMS",
                "static_bearer": {"claimed_identity": "plan", "token": "token"},
            }],
        }],
        "webhooks": [{
            "app_id": APP,
            "target": target,
            "secret": secret,
            "target_type": "HTTP",
            "triggers": ["MESSAGE_DELIVERY"],
        }],
    });
    sandbox.seed(seed).await.unwrap();
    sandbox
}

/// A client for addresses of a sandbox, with this secret.
pub(crate) fn client_at(addresses: [&str; 3], secret: &str) -> Client {
    let [project, conversation, auth] = addresses;
    Client::builder()
        .project(project)
        .access_key("key", secret)
        .endpoint(Service::Conversation, conversation)
        .endpoint(Service::Template, conversation)
        .endpoint(Service::Batch, conversation)
        .endpoint(Service::Auth, auth)
        .build()
        .unwrap()
}

pub(crate) fn client(at: &Endpoints) -> Client {
    client_at([at.project_id(), at.conversation(), at.auth()], "secret")
}

/// A message to somebody, as a row.
pub(crate) fn row(client: &Client, app: &str, number: usize) -> NewRow {
    let app = client.app(AppId::new(app).unwrap());
    let message = app.send(Text::new("Your table is ready"));
    let message = message.to(sms(format!("+4670{number:07}")));
    NewRow::from_message(&message).unwrap()
}
