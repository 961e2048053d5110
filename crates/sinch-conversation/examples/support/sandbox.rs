//! A client and an app of the sandbox.

use sinch_conversation::resources::ChannelCredentials;
use sinch_conversation::types::ProcessingMode;
use sinch_conversation::{AppId, Client, Error, Service};
use sinch_conversation_sandbox::Sandbox;

pub(crate) fn client(sandbox: &Sandbox) -> Result<Client, Error> {
    let endpoints = sandbox.endpoints();
    Client::builder()
        .project(endpoints.project_id())
        .access_key(endpoints.key_id(), endpoints.key_secret())
        .endpoint(Service::Conversation, endpoints.conversation())
        .endpoint(Service::Template, endpoints.template())
        .endpoint(Service::Batch, endpoints.batch())
        .endpoint(Service::Auth, endpoints.auth())
        .build()
}

/// An app that sends over SMS and WhatsApp.
pub(crate) async fn app(client: &Client) -> Result<AppId, Error> {
    let app = client
        .apps()
        .create("Osteria")
        .channel(ChannelCredentials::sms("a service plan", "its token"))
        .channel(ChannelCredentials::whatsapp("46700000000", "its token"))
        .processing_mode(ProcessingMode::Conversation)
        .await?;
    Ok(app.id)
}
