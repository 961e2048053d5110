//! Webhooks: where callbacks go.

use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types::{self, ClientCredentials, WebhookTargetType, WebhookTrigger};
use sinch_conversation_raw::wire::Secret;

use super::awaitable::awaitable;
use super::{Page, Stored, rules};
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::{AppId, WebhookId};
use crate::transport::PendingCall;

/// A webhook as the API stores it.
pub type Webhook = Stored<WebhookId, types::Webhook>;

/// The webhooks of a project. Made by [`Client::webhooks`].
#[derive(Clone, Debug)]
pub struct Webhooks {
    pub(crate) client: Client,
}

impl Webhooks {
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

    /// Lists the webhooks of an app, all at once (`Webhooks_ListWebhooks`).
    ///
    /// ```no_run
    /// # use sinch_conversation::{AppId, Client};
    /// # async fn example(client: Client, app: AppId) -> Result<(), sinch_conversation::Error> {
    /// for webhook in client.webhooks().list(app).await? {
    ///     println!("{}: {}", webhook.id, webhook.target);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such app in the project and region.
    pub fn list(&self, app: impl Into<AppId>) -> PendingCall<'static, Page<Webhook>> {
        let app = app.into();
        let request = conversation::webhooks_list_webhooks(self.client.project_id(), app.as_str());
        self.client.start(request, |list| {
            Page::stored("webhooks", list.webhooks, None, list.extra)
        })
    }

    /// Gets a webhook (`Webhooks_GetWebhook`). Its secret is returned in plain text; `Debug` hides it.
    ///
    /// ```no_run
    /// # use sinch_conversation::{Client, WebhookId};
    /// # async fn example(client: Client) -> Result<(), sinch_conversation::Error> {
    /// let webhook = client.webhooks().get(WebhookId::new("a webhook id")?).await?;
    /// println!("{:?}", webhook.triggers);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such webhook in the project and region.
    pub fn get(&self, id: impl Into<WebhookId>) -> PendingCall<'static, Webhook> {
        let id = id.into();
        let request = conversation::webhooks_get_webhook(self.client.project_id(), id.as_str());
        self.client.start(request, Stored::read)
    }

    /// Deletes a webhook (`Webhooks_DeleteWebhook`).
    ///
    /// ```no_run
    /// # use sinch_conversation::{Client, WebhookId};
    /// # async fn example(client: Client, id: WebhookId) -> Result<(), sinch_conversation::Error> {
    /// client.webhooks().delete(id).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such webhook in the project and region. After a lost answer the call is repeated, and
    /// then 404 can mean that the first attempt did it.
    pub fn delete(&self, id: impl Into<WebhookId>) -> PendingCall<'static, ()> {
        let id = id.into();
        let request = conversation::webhooks_delete_webhook(self.client.project_id(), id.as_str());
        self.client.start(request, Ok)
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
        rules::webhook(&self.request, &mut violations);
        Ok(violations.finish()?)
    }

    fn create(self) -> PendingCall<'static, Webhook> {
        let request =
            conversation::webhooks_create_webhook(self.client.project_id(), &self.request);
        self.client
            .start_checked(self.validate(), request, Stored::read)
    }
}

awaitable!(CreateWebhook => Webhook, create);
