//! Webhooks: where callbacks go.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use sinch_conversation_raw::types::{self, ClientCredentials, WebhookTargetType, WebhookTrigger};
use sinch_conversation_raw::wire::Secret;

use super::Stored;
use crate::client::Client;
use crate::error::{Error, Problem, Violations};
use crate::id::{AppId, WebhookId};
use crate::transport::CallOptions;

const TARGET: usize = 742;

/// A webhook as the API stores it.
pub type Webhook = Stored<WebhookId, types::Webhook>;

/// The webhooks of a project. Made by [`Client::webhooks`].
#[derive(Clone, Debug)]
pub struct Webhooks {
    client: Client,
}

impl Webhooks {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Creates a webhook of an app (`Webhooks_CreateWebhook`). Await it to create it. An app has at most 5, each
    /// with an address of its own.
    ///
    /// The kind of the target is always set to HTTP: with the API's default nothing would be delivered.
    ///
    /// ```no_run
    /// use sinch_conversation::types::WebhookTrigger;
    /// use sinch_conversation::{AppId, Client};
    ///
    /// # async fn example(client: Client, app: AppId) -> Result<(), sinch_conversation::Error> {
    /// let webhook = client
    ///     .webhooks()
    ///     .create(&app, "https://example.com/sinch")
    ///     .triggers([WebhookTrigger::MessageInbound, WebhookTrigger::MessageDelivery])
    ///     .secret("a long random text")
    ///     .await?;
    /// println!("{}", webhook.id);
    /// # Ok(())
    /// # }
    /// ```
    pub fn create(&self, app: impl Into<AppId>, target: impl Into<String>) -> CreateWebhook {
        let mut request = types::Webhook::new(target);
        request.app_id = Some(app.into().into());
        request.target_type = Some(WebhookTargetType::Http);
        CreateWebhook {
            client: self.client.clone(),
            request,
        }
    }
}

/// A webhook that is about to be created. Await it to create it.
#[derive(Clone, Debug)]
#[must_use = "nothing is created until it is awaited"]
pub struct CreateWebhook {
    client: Client,
    request: types::Webhook,
}

impl CreateWebhook {
    /// Says for what the webhook is called.
    pub fn triggers(mut self, triggers: impl IntoIterator<Item = WebhookTrigger>) -> Self {
        self.request.triggers = Some(triggers.into_iter().collect());
        self
    }

    /// Sets the secret with which callbacks are signed; see [`Verifier`](crate::webhook::Verifier). Without one
    /// nobody can tell who called.
    pub fn secret(mut self, secret: impl Into<Secret>) -> Self {
        self.request.secret = Some(secret.into());
        self
    }

    /// Lets the API get a token from your token host and send it along with callbacks.
    pub fn client_credentials(mut self, credentials: ClientCredentials) -> Self {
        self.request.client_credentials = Some(credentials);
        self
    }

    /// Checks the limits that the API documents, without creating anything.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) with every violation.
    pub fn validate(&self) -> Result<(), Error> {
        let mut violations = Violations::default();
        violations.text("target", &self.request.target, TARGET);
        if self.request.triggers.as_ref().is_none_or(Vec::is_empty) {
            violations.add(
                "triggers",
                Problem::Missing {
                    remedy: "say with `triggers` what to call it for",
                },
            );
        }
        if self
            .request
            .secret
            .as_ref()
            .is_some_and(|secret| secret.expose().is_empty())
        {
            violations.add(
                "secret",
                Problem::Missing {
                    remedy: "give a text, or no secret at all",
                },
            );
        }
        Ok(violations.finish()?)
    }

    async fn create(self) -> Result<Webhook, Error> {
        let call = self
            .client
            .call("Webhooks_CreateWebhook", CallOptions::default());
        self.validate().map_err(|error| call.describe(error))?;
        let (api, project) = (
            self.client.conversation(&call),
            self.client.project().as_str(),
        );
        let webhook = call.finish(api.webhooks_create_webhook(project, &self.request).await)?;
        Stored::read(webhook, |webhook| webhook.id.as_ref(), "")
            .map_err(|error| call.describe(error))
    }
}

impl IntoFuture for CreateWebhook {
    type Output = Result<Webhook, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.create())
    }
}
