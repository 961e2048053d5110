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
    /// ```
    /// # doctest::run(async |doctest::Setup { client, webhook: webhook_id, .. }| {
    /// use sinch_conversation::types::WebhookTrigger;
    ///
    /// let webhook = client
    ///     .webhooks()
    ///     .edit(webhook_id, |webhook| {
    ///         webhook.triggers = Some(vec![WebhookTrigger::MessageInbound, WebhookTrigger::MessageDelivery]);
    ///     })
    ///     .await?;
    /// # assert_eq!(webhook.data().triggers.as_ref().map(Vec::len), Some(2));
    /// # Ok(()) });
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
