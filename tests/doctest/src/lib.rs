//! A sandbox with an app and a contact, for examples in documentation.
//!
//! An example runs inside of the closure, and fails when it returns an error. Two hidden lines do it:
//!
//! ```text
//! /// # doctest::run(async |doctest::Setup { app, .. }| {
//! /// let sent = app.send(Text::new("Your table is ready")).to(sms("+46700000001")).await?;
//! /// # Ok(()) });
//! ```

use std::error::Error;
use std::time::Duration;

use serde_json::json;
use sinch_conversation::message::Text;
use sinch_conversation::raw::CallbackKind;
use sinch_conversation::resources::{AppHandle, Translation};
use sinch_conversation::types::ConsentsListType;
use sinch_conversation::webhook::Event;
use sinch_conversation::{
    Client, ClientBuilder, ContactId, ConversationId, MessageId, Service, TemplateId, WebhookId,
};
use sinch_conversation_sandbox::{ConsentManagement, Sandbox, Seeded};

/// Longer than anything takes that an example waits for.
pub const SOON: Duration = Duration::from_secs(60);

/// The result of a step that can fail in many ways.
pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// What an example starts from.
#[derive(Debug)]
#[non_exhaustive]
pub struct Setup {
    /// The API.
    pub sandbox: Sandbox,
    /// A client for it. Its default app is `app`.
    pub client: Client,
    /// An app in CONVERSATION mode, with WhatsApp, SMS and RCS.
    pub app: AppHandle,
    /// Ada, who has the number +46700000001 on WhatsApp and SMS.
    pub contact: ContactId,
    /// What Ada and the app have written to each other.
    pub conversation: ConversationId,
    /// Her question "Is my table ready?", the only message so far.
    pub message: MessageId,
    /// A webhook for everything, at an address where nothing listens. See [`callback`].
    pub webhook: WebhookId,
}

/// Runs an example.
///
/// # Panics
///
/// When it fails.
pub fn run(example: impl AsyncFnOnce(Setup) -> Outcome) {
    let outcome = tokio::runtime::Runtime::new()
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(async { example(Setup::start().await?).await }));
    assert_eq!(outcome.map_err(|error| error.to_string()), Ok(()));
}

impl Setup {
    /// Starts the sandbox and fills it.
    ///
    /// # Errors
    ///
    /// Those of the sandbox and the client.
    pub async fn start() -> Outcome<Self> {
        // Nothing takes the callbacks, so there is no reason to try again.
        let sandbox = Sandbox::builder().callback_retries([]).start().await?;
        let seeded = seed(&sandbox).await?;
        let client = settings(&sandbox)
            .default_app(first(seeded.apps)?)
            .build()?;
        Ok(Self {
            app: client.default_app(),
            contact: ContactId::new(first(seeded.contacts)?)?,
            conversation: ConversationId::new(first(seeded.conversations)?)?,
            message: MessageId::new(first(seeded.messages)?)?,
            webhook: WebhookId::new(first(seeded.webhooks)?)?,
            client,
            sandbox,
        })
    }
}

async fn seed(sandbox: &Sandbox) -> Outcome<Seeded> {
    let (app, contact, number) = (
        "01JSANDB0X00000000000000AP",
        "01JSANDB0X00000000000000C0",
        "46700000001",
    );
    let credentials = json!({"claimed_identity": "46700000000", "token": "any"});
    let channel = |channel| json!({"channel": channel, "static_bearer": credentials});
    let identity = |channel| json!({"channel": channel, "identity": number});
    let triggers = CallbackKind::ALL.iter().map(|kind| kind.trigger.as_str());
    let document = json!({
        "apps": [{
            "id": app,
            "display_name": "Osteria",
            "processing_mode": "CONVERSATION",
            "channel_credentials": [channel("WHATSAPP"), channel("SMS"), channel("RCS")]
        }],
        "webhooks": [{
            "app_id": app,
            "target": "http://127.0.0.1:9/callbacks",
            "target_type": "HTTP",
            "triggers": triggers.collect::<Vec<_>>()
        }],
        "contacts": [{
            "id": contact,
            "display_name": "Ada",
            "language": "EN_GB",
            "channel_identities": [identity("WHATSAPP"), identity("SMS")]
        }],
        "conversations": [{"app_id": app, "contact_id": contact, "active_channel": "WHATSAPP"}],
        "messages": [
            {"app_id": app, "channel": "WHATSAPP", "identity": number, "text": "Is my table ready?"}
        ]
    });
    Ok(sandbox.seed(document).await?)
}

/// The settings of a client for the sandbox.
pub fn settings(sandbox: &Sandbox) -> ClientBuilder {
    let endpoints = sandbox.endpoints();
    Client::builder()
        .project(endpoints.project_id())
        .access_key(endpoints.key_id(), endpoints.key_secret())
        .endpoints(endpoints.conversation())
        .endpoint(Service::Batch, endpoints.batch())
}

/// The latest callback for a trigger, once nothing is on its way any more.
///
/// # Errors
///
/// When there is none.
pub async fn callback(sandbox: &Sandbox, trigger: &str) -> Outcome<Event> {
    sandbox.wait_until_quiet(SOON).await?;
    let mut callbacks = sandbox.callbacks().await?.into_iter().rev();
    let callback = callbacks.find(|callback| callback.trigger == trigger);
    let callback = callback.ok_or_else(|| format!("no callback for {trigger}"))?;
    Ok(Event::from_slice(callback.body.as_bytes())?)
}

/// Creates a template with an English text, and returns its id.
///
/// # Errors
///
/// Those of the client.
pub async fn template(client: &Client) -> Outcome<TemplateId> {
    let english = Translation::new("en-US", Text::new("Your table is ready"));
    let template = client.templates().create("en-US").translation(english);
    Ok(template.await?.id().clone())
}

/// Switches consent management on for an app, and adds Ada's number to the list of those who want no messages.
///
/// # Errors
///
/// Those of the sandbox and the client.
pub async fn opt_out(sandbox: &Sandbox, app: &AppHandle) -> Outcome {
    let mode = ConsentManagement::Primary;
    sandbox.consent_management(app.id()?.as_str(), mode).await?;
    let (list, number) = (ConsentsListType::OptOutAll, "+46700000001");
    let consents = settings(sandbox).build()?.batches().insert_consents(app);
    consents.opt_out(list, [number]).await?;
    Ok(sandbox.wait_until_quiet(SOON).await?)
}

fn first(ids: Vec<String>) -> Outcome<String> {
    ids.into_iter()
        .next()
        .ok_or_else(|| "nothing was seeded".into())
}
