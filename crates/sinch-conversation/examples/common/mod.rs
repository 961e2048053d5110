//! What every example needs: the sandbox in this process, a client for it, and an app to send through.

use sinch_conversation::resources::{AppHandle, ChannelCredentials};
use sinch_conversation::types::ProcessingMode;
use sinch_conversation::{Client, ClientBuilder, Error, Service};
use sinch_conversation_sandbox::Endpoints;

/// A client for a sandbox. For the API itself, `Client::from_env()` takes the place of this.
pub(crate) fn client(endpoints: &Endpoints) -> Result<Client, Error> {
    settings(endpoints).build()
}

/// The settings of that client. For the API itself, `ClientBuilder::from_env()` takes the place of this.
pub(crate) fn settings(endpoints: &Endpoints) -> ClientBuilder {
    Client::builder()
        .project(endpoints.project_id())
        .access_key(endpoints.key_id(), endpoints.key_secret())
        .endpoint(Service::Conversation, endpoints.conversation())
        .endpoint(Service::Template, endpoints.template())
        .endpoint(Service::Batch, endpoints.batch())
        .endpoint(Service::Auth, endpoints.auth())
}

/// An app with WhatsApp and SMS. Real apps are set up once, often in the dashboard.
pub(crate) async fn app(client: &Client) -> Result<AppHandle, Error> {
    let app = client
        .apps()
        .create("Osteria")
        .channel(ChannelCredentials::whatsapp("46700000000", "its token"))
        .channel(ChannelCredentials::sms("a service plan", "its token"))
        .processing_mode(ProcessingMode::Conversation)
        .await?;
    Ok(client.app(app))
}
