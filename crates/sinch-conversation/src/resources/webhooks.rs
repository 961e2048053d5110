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
    /// println!("{}", webhook.id());
    /// # Ok(())
    /// # }
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
    /// ```no_run
    /// # use sinch_conversation::{AppId, Client};
    /// # async fn example(client: Client, app: AppId) -> Result<(), sinch_conversation::Error> {
    /// for webhook in client.webhooks().list(app).collect(100).await? {
    ///     println!("{}: {}", webhook.id(), webhook.data().target);
    /// }
    /// # Ok(())
    /// # }
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
    /// ```no_run
    /// # async fn example(client: sinch_conversation::Client) -> Result<(), sinch_conversation::Error> {
    /// let webhook = client.webhooks().get("a webhook id").await?;
    /// println!("{:?}", webhook.data().triggers);
    /// # Ok(())
    /// # }
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
    /// 404 when there is no such webhook in the project and region. After a lost response the call is retried, and
    /// then 404 can mean that the first attempt did it.
    pub fn delete(&self, id: impl IntoId<WebhookId>) -> PendingCall<'static, ()> {
        self.client
            .start_about(id.into_id(), conversation::webhooks_delete_webhook, Ok)
    }
}

/// The webhooks of an app, as a list. Made by [`Webhooks::list`].
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
