//! Queues a callback for each subscribed webhook, in the transaction that caused it.

use serde_json::{Value, json};
use sinch_conversation_raw::CallbackKind;
use sinch_conversation_raw::types::{Webhook, WebhookTargetType};
use sinch_conversation_raw::wire::Wire;

use crate::store::callbacks::{self, NewCallback};
use crate::store::{Scope, StoreError, WEBHOOKS};

/// Returns the key by which callbacks are delivered in order: the contact, or without one the message, event or query.
pub(crate) fn ordering_key<'a>(contact_id: &'a str, id: &'a str) -> &'a str {
    if contact_id.is_empty() {
        id
    } else {
        contact_id
    }
}

/// A callback to queue.
pub(crate) struct Notification<'a> {
    /// The trigger to which a webhook has to be subscribed, and the key of the payload.
    pub(crate) kind: CallbackKind,
    pub(crate) payload: Value,
    /// Callbacks about the same subject (a contact, or a message in DISPATCH mode) are delivered in order.
    pub(crate) ordering_key: &'a str,
    pub(crate) message_metadata: &'a str,
    pub(crate) correlation_id: &'a str,
}

impl<'a> Notification<'a> {
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

    /// Returns the body. `app_id` is empty for what concerns the whole project.
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

    /// Returns the ordering key of the callbacks to one receiver, so that receivers do not hold up each other.
    fn key_for(&self, receiver: &str) -> String {
        format!("{receiver} {}", self.ordering_key)
    }
}

/// Returns whether any webhook of the app is subscribed; if not, the payload need not be built.
pub(crate) fn is_wanted(
    scope: &Scope<'_>,
    app_id: &str,
    kind: &CallbackKind,
) -> Result<bool, StoreError> {
    let webhooks = scope.webhooks(app_id)?;
    Ok(webhooks.iter().any(|webhook| wants(webhook, kind)))
}

/// Queues it for the webhooks of one app.
pub(crate) fn app(
    scope: &Scope<'_>,
    app_id: &str,
    notice: &Notification<'_>,
) -> Result<(), StoreError> {
    tell(scope, &scope.webhooks(app_id)?, app_id, notice)
}

/// Queues it for the webhooks of all apps: contacts belong to the project.
pub(crate) fn project(scope: &Scope<'_>, notice: &Notification<'_>) -> Result<(), StoreError> {
    tell(scope, &WEBHOOKS.all(scope.tx)?, "", notice)
}

/// Queues it for the URL that a message named.
pub(crate) fn url(
    scope: &Scope<'_>,
    app_id: &str,
    target: &str,
    secret: &str,
    notice: &Notification<'_>,
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

/// Queues it for the subscribed ones of the webhooks.
fn tell(
    scope: &Scope<'_>,
    webhooks: &[Webhook],
    app_id: &str,
    notice: &Notification<'_>,
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
