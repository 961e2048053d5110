//! Changing webhooks.

use sinch_conversation_raw::types;
use sinch_conversation_raw::{OperationId, conversation};

use super::{Editable, patch};
use crate::error::Violations;
use crate::id::WebhookId;
use crate::resources::{Stored, Webhook, Webhooks, rules};
use crate::transport::{CallOptions, Request};

impl Editable for types::Webhook {
    type Body = Self;

    const SERVER_SET: &'static [&'static str] = &["id"];

    const REQUIRED: &'static [&'static str] = &["target"];

    fn check(_: &Self, after: &Self, violations: &mut Violations) {
        rules::webhook(after, violations);
    }
}

impl Webhooks {
    /// Changes a webhook: reads it, lets `change` work on a copy, and sends the fields that came out different
    /// (`Webhooks_GetWebhook`, then `Webhooks_UpdateWebhook`). See [Changing](crate::resources#changing) for what
    /// is kept, what is cleared, and what happens when two change the same webhook.
    ///
    /// The target is sent along in any case, because the API requires it in the body. Unless `change` touched it,
    /// the update mask leaves it out.
    ///
    /// ```no_run
    /// use sinch_conversation::types::WebhookTrigger;
    /// use sinch_conversation::{Client, WebhookId};
    ///
    /// # async fn example(client: Client, id: WebhookId) -> Result<(), sinch_conversation::Error> {
    /// let webhook = client
    ///     .webhooks()
    ///     .edit(id, |webhook| {
    ///         let triggers = webhook.triggers.get_or_insert_default();
    ///         triggers.push(WebhookTrigger::EventInbound);
    ///     })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such webhook in the project and region.
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument), before anything is sent, when `change`
    /// touched the id, or broke a documented limit.
    pub fn edit<'a>(
        &self,
        id: impl Into<WebhookId>,
        change: impl FnOnce(&mut types::Webhook) + Send + 'a,
    ) -> Request<'a, Webhook> {
        let client = self.client.clone();
        let id = id.into();
        Request::new(async move {
            let before = client.webhooks().get(&id).with_response().await?;
            let call = client.call(OperationId::WebhooksUpdateWebhook, CallOptions::default());
            let patch = patch(&before.body, change).map_err(|error| call.describe(error))?;
            let Some(patch) = patch else {
                return Ok(before);
            };
            let project = client.project();
            let request = conversation::webhooks_update_webhook(
                project.as_str(),
                id.as_str(),
                Some(&patch.mask()),
                &patch.body,
            );
            call.send(request, |webhook| {
                Stored::read(webhook, |webhook| webhook.id.as_ref(), "")
            })
            .await
        })
    }
}
