//! Changing webhooks.

use sinch_conversation_raw::types;
use sinch_conversation_raw::{OperationId, conversation};

use super::{Editable, edit, masked};
use crate::error::Violations;
use crate::id::{IntoId, WebhookId};
use crate::resources::{Webhook, Webhooks, rules};
use crate::transport::PendingCall;

impl Editable for types::Webhook {
    type Body = Self;

    const UPDATE: OperationId = OperationId::WebhooksUpdateWebhook;

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
        id: impl IntoId<WebhookId>,
        change: impl FnOnce(&mut types::Webhook) + Send + 'a,
    ) -> PendingCall<'a, Webhook> {
        let update = masked(conversation::webhooks_update_webhook);
        edit(&self.client, self.get(id), change, update)
    }
}
