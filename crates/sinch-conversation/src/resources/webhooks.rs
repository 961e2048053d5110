//! Webhooks: where callbacks go.

use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types::{self, ClientCredentials, WebhookTargetType, WebhookTrigger};
use sinch_conversation_raw::wire::Secret;

use super::awaitable::awaitable;
use super::page::{Paging, listing};
use super::{Page, Stored, rules};
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::{AppId, IntoId, WebhookId};
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
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, .. }| {
    /// use sinch_conversation::types::WebhookTrigger;
    ///
    /// let webhook = client
    ///     .webhooks()
    ///     .create(&app, "https://example.com/sinch")
    ///     .triggers([WebhookTrigger::MessageInbound, WebhookTrigger::MessageDelivery])
    ///     .secret("a long random text")
    ///     .await?;
    /// println!("{}", webhook.id());
    /// # assert_eq!(webhook.data().triggers.as_ref().map(Vec::len), Some(2));
    /// # Ok(()) });
    /// ```
    pub fn create(&self, app: impl IntoId<AppId>, target: impl Into<String>) -> CreateWebhook {
        let (mut request, mut refused) = (types::Webhook::new(target), Violations::default());
        request.app_id = Some(refused.id_text::<AppId>(app));
        request.target_type = Some(WebhookTargetType::Http);
        CreateWebhook {
            client: self.client.clone(),
            request,
            refused,
        }
    }

    /// Lists the webhooks of an app (`Webhooks_ListWebhooks`). The API returns them in one answer.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, .. }| {
    /// for webhook in client.webhooks().list(app).collect(100).await? {
    ///     println!("{}: {}", webhook.id(), webhook.data().target);
    /// }
    /// # assert_eq!(client.webhooks().list(client.default_app()).collect(100).await?.len(), 1);
    /// # Ok(()) });
    /// ```
    pub fn list(&self, app: impl IntoId<AppId>) -> ListWebhooks {
        ListWebhooks {
            client: self.client.clone(),
            app: app.into_id(),
            paging: Paging::default(),
        }
    }

    /// Gets a webhook (`Webhooks_GetWebhook`). Its secret is returned in plain text; `Debug` hides it.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, webhook: webhook_id, .. }| {
    /// let webhook = client.webhooks().get(webhook_id).await?;
    /// println!("{:?}", webhook.data().triggers);
    /// # assert!(webhook.data().triggers.is_some());
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such webhook in the project and region.
    pub fn get(&self, id: impl IntoId<WebhookId>) -> PendingCall<'static, Webhook> {
        self.client.start_about(
            id.into_id(),
            conversation::webhooks_get_webhook,
            Stored::read,
        )
    }

    /// Deletes a webhook (`Webhooks_DeleteWebhook`).
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, webhook, .. }| {
    /// client.webhooks().delete(&webhook).await?;
    /// # assert!(client.webhooks().get(webhook).await.is_err_and(|error| error.is_not_found()));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such webhook in the project and region. After a lost response the call is retried, and
    /// then 404 can mean that the first attempt did it.
    pub fn delete(&self, id: impl IntoId<WebhookId>) -> PendingCall<'static, ()> {
        self.client
            .start_about(id.into_id(), conversation::webhooks_delete_webhook, Ok)
    }
}

/// The webhooks of an app, as a list. Made by [`Webhooks::list`].
///
/// ```
/// # doctest::run(async |doctest::Setup { client, app, webhook, .. }| {
/// let page = client.webhooks().list(&app).page().await?;
/// # assert_eq!(page.items.iter().map(|found| found.id()).collect::<Vec<_>>(), [&webhook]);
/// # Ok(()) });
/// ```
///
/// # Errors
///
/// 404 when there is no such app in the project and region.
#[derive(Clone, Debug)]
#[must_use = "nothing is requested until the list is read"]
pub struct ListWebhooks {
    client: Client,
    app: Result<AppId, Error>,
    paging: Paging,
}

impl ListWebhooks {
    fn fetch(&self, _: Option<&str>) -> PendingCall<'static, Page<Webhook>> {
        let request = conversation::webhooks_list_webhooks;
        self.client.start_about(self.app.clone(), request, |list| {
            Page::stored("webhooks", list.webhooks, None, list.extra)
        })
    }
}

listing!(ListWebhooks => Webhook);

/// A webhook that is about to be created. Await it to create it.
///
/// ```
/// # doctest::run(async |doctest::Setup { client, app, .. }| {
/// use sinch_conversation::types::{ClientCredentials, WebhookTrigger};
///
/// // The API gets a token from your token host and sends it along, next to its signature.
/// let token = ClientCredentials::new("a client id", "its secret", "https://example.com/oauth2/token");
/// let create = client
///     .webhooks()
///     .create(&app, "https://example.com/sinch")
///     .triggers([WebhookTrigger::MessageInbound])
///     .secret("a long random text")
///     .client_credentials(token);
/// create.validate()?;
/// let webhook = create.await?;
/// # assert_eq!(webhook.data().target, "https://example.com/sinch");
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is created until it is awaited"]
pub struct CreateWebhook {
    client: Client,
    request: types::Webhook,
    refused: Violations,
}

impl CreateWebhook {
    /// Sets the triggers: the kinds of events that the webhook is called for.
    pub fn triggers(mut self, triggers: impl IntoIterator<Item = WebhookTrigger>) -> Self {
        self.request.triggers = Some(triggers.into_iter().collect());
        self
    }

    /// Sets the secret with which callbacks are signed; see [`Verifier`](crate::webhook::Verifier). Without one
    /// a receiver cannot tell who called.
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
        let mut violations = self.refused.clone();
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
