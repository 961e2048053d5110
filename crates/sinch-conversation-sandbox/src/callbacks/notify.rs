//! Queues a callback for everybody who asked for it, as part of the transaction that caused it.

use serde_json::{Value, json};
use sinch_conversation_raw::CallbackKind;
use sinch_conversation_raw::types::{Webhook, WebhookTargetType};
use sinch_conversation_raw::wire::Wire;

use crate::store::callbacks::{self, NewCallback};
use crate::store::{Scope, StoreError, WEBHOOKS};

/// Callbacks with the same key are delivered in order: those about one contact, and without a contact those about one
/// message, event or query.
pub(crate) fn ordering_key<'a>(contact_id: &'a str, id: &'a str) -> &'a str {
    if contact_id.is_empty() {
        id
    } else {
        contact_id
    }
}

/// Something to tell.
pub(crate) struct Notice<'a> {
    /// The trigger to which a webhook has to be subscribed, and the key of the payload.
    pub(crate) kind: CallbackKind,
    pub(crate) payload: Value,
    /// Notices about one of these (a contact, or a message of DISPATCH mode) are delivered in order.
    pub(crate) ordering_key: &'a str,
    pub(crate) message_metadata: &'a str,
    pub(crate) correlation_id: &'a str,
}

impl<'a> Notice<'a> {
    pub(crate) fn new(kind: CallbackKind, payload: &impl Wire, ordering_key: &'a str) -> Self {
        Self {
            kind,
            payload: payload.to_value(),
            ordering_key,
            message_metadata: "",
            correlation_id: "",
        }
    }

    pub(crate) fn correlated(self, correlation_id: &'a str) -> Self {
        Self {
            correlation_id,
            ..self
        }
    }

    /// The body. `app_id` is empty in what concerns the whole project.
    fn body(&self, scope: &Scope<'_>, app_id: &str) -> String {
        let mut body = json!({
            "app_id": app_id,
            "project_id": scope.project(),
            "accepted_time": scope.timestamp().as_str(),
            "event_time": scope.timestamp().as_str(),
            "message_metadata": self.message_metadata,
            "correlation_id": self.correlation_id,
        });
        if let Some(body) = body.as_object_mut() {
            body.insert(self.kind.key.to_owned(), self.payload.clone());
        }
        body.to_string()
    }

    /// The ordering key of the callbacks to one receiver: it holds up no other one.
    fn key_for(&self, receiver: &str) -> String {
        format!("{receiver} {}", self.ordering_key)
    }
}

/// Whether any webhook of the app asked for this: what nobody wants need not be put together.
pub(crate) fn is_wanted(
    scope: &Scope<'_>,
    app_id: &str,
    kind: &CallbackKind,
) -> Result<bool, StoreError> {
    let webhooks = scope.webhooks(app_id)?;
    Ok(webhooks.iter().any(|webhook| wants(webhook, kind)))
}

/// Tells the webhooks of one app.
pub(crate) fn app(scope: &Scope<'_>, app_id: &str, notice: &Notice<'_>) -> Result<(), StoreError> {
    tell(scope, &scope.webhooks(app_id)?, app_id, notice)
}

/// Tells the webhooks of all apps: contacts belong to the project.
pub(crate) fn project(scope: &Scope<'_>, notice: &Notice<'_>) -> Result<(), StoreError> {
    tell(scope, &WEBHOOKS.all(scope.tx)?, "", notice)
}

/// Tells the URL that came with a message.
pub(crate) fn url(
    scope: &Scope<'_>,
    app_id: &str,
    target: &str,
    secret: &str,
    notice: &Notice<'_>,
) -> Result<(), StoreError> {
    let callback = NewCallback {
        ordering_key: &notice.key_for(target),
        app_id,
        webhook_id: None,
        trigger: notice.kind.trigger.as_str(),
        target,
        secret,
        credentials: None,
        body: &notice.body(scope, app_id),
    };
    callbacks::enqueue(scope.tx, &callback, scope.now)
}

/// Tells those of the webhooks that are subscribed.
fn tell(
    scope: &Scope<'_>,
    webhooks: &[Webhook],
    app_id: &str,
    notice: &Notice<'_>,
) -> Result<(), StoreError> {
    for webhook in webhooks
        .iter()
        .filter(|webhook| wants(webhook, &notice.kind))
    {
        let id = webhook.id.as_deref().unwrap_or_default();
        let callback = NewCallback {
            ordering_key: &notice.key_for(id),
            app_id: webhook.app_id.as_deref().unwrap_or_default(),
            webhook_id: Some(id),
            trigger: notice.kind.trigger.as_str(),
            target: &webhook.target,
            secret: webhook.secret.as_ref().map_or("", |secret| secret.expose()),
            credentials: webhook.client_credentials.as_ref(),
            body: &notice.body(scope, app_id),
        };
        callbacks::enqueue(scope.tx, &callback, scope.now)?;
    }
    Ok(())
}

fn wants(webhook: &Webhook, kind: &CallbackKind) -> bool {
    webhook.target_type == Some(WebhookTargetType::Http)
        && webhook
            .triggers
            .iter()
            .flatten()
            .any(|wanted| *wanted == kind.trigger)
}
