//! Webhooks.

use serde_json::Value;
use sinch_conversation_raw::types::{
    ListWebhooksResponse, Webhook, WebhookTargetType, WebhookTrigger,
};
use sinch_conversation_raw::wire::Wire;
use url::Url;

use super::{apps, nothing, patch};
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::engine::check;
use crate::model::check::Check;
use crate::store::{Scope, WEBHOOKS, callbacks, webhooks};

/// The most webhooks an app may have.
const MOST: usize = 5;

pub(super) fn create(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let mut webhook: Webhook = patch::create::<Webhook, _>(call, &["id"])?;
    let id = scope.new_id();
    webhook.id = Some(id.clone());
    save(scope, &id, webhook)
}

pub(super) fn get(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    Ok(shown(find(scope, call)?).to_value())
}

pub(super) fn list(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let app_id = call.param("app_id");
    apps::find(scope, app_id)?;
    let mut answer = ListWebhooksResponse::default();
    answer.webhooks = Some(
        webhooks::of_app(scope.tx, app_id)?
            .into_iter()
            .map(shown)
            .collect(),
    );
    Ok(answer.to_value())
}

pub(super) fn update(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let webhook = patch::apply::<Webhook, _>(&find(scope, call)?, call, &["id"])?;
    save(scope, call.param("webhook_id"), webhook)
}

pub(super) fn delete(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    find(scope, call)?;
    let id = call.param("webhook_id");
    callbacks::drop_for_webhook(scope.tx, id)?;
    WEBHOOKS.remove(scope.tx, id)?;
    Ok(nothing())
}

fn find(scope: &Scope<'_>, call: &Call) -> Result<Webhook, ApiError> {
    let id = call.param("webhook_id");
    WEBHOOKS
        .get(scope.tx, id)?
        .ok_or_else(|| ApiError::not_found("webhook", id))
}

fn save(scope: &Scope<'_>, id: &str, mut webhook: Webhook) -> Result<Value, ApiError> {
    check(&webhook)?;
    refuse_own(scope, "target", Some(&webhook.target))?;
    let credentials = webhook.client_credentials.as_ref();
    let endpoint = credentials.map(|credentials| &credentials.endpoint);
    refuse_own(scope, "client_credentials.endpoint", endpoint)?;
    check_in_app(scope, id, &webhook)?;
    webhook.secret.get_or_insert_with(|| "".into());
    webhook
        .target_type
        .get_or_insert(WebhookTargetType::Dismiss);
    webhook.triggers.get_or_insert_default();
    webhooks::put(scope.tx, id, &webhook)?;
    Ok(shown(webhook).to_value())
}

/// Shows missing client credentials as `null`, as the real API does.
fn shown(mut webhook: Webhook) -> Webhook {
    if webhook.client_credentials.is_none() {
        webhook
            .extra
            .insert("client_credentials".to_owned(), Value::Null);
    }
    webhook
}

fn check(webhook: &Webhook) -> Result<(), ApiError> {
    let mut check = Check::default();
    check.that(
        webhook.app_id.as_ref().is_some_and(|id| !id.is_empty()),
        "app_id",
        "an app is required",
    );
    check::url(&mut check, "target", &webhook.target);
    check.limits(webhook, "");
    for (index, trigger) in webhook.triggers.iter().flatten().enumerate() {
        check.that(
            *trigger != WebhookTrigger::UnspecifiedTrigger,
            &format!("triggers[{index}]"),
            "UNSPECIFIED_TRIGGER cannot be used",
        );
    }
    if let Some(credentials) = &webhook.client_credentials {
        check::url(
            &mut check,
            "client_credentials.endpoint",
            &credentials.endpoint,
        );
    }
    Ok(check.done()?)
}

/// Refuses the sandbox's own address as a target.
pub(super) fn refuse_own(
    scope: &Scope<'_>,
    field: &str,
    text: Option<&String>,
) -> Result<(), ApiError> {
    let url = text.and_then(|text| Url::parse(text).ok());
    if url.is_some_and(|url| scope.state.addresses.is_own(&url)) {
        let description = "this is the address of the sandbox: use that of your receiver";
        return Err(ApiError::invalid(field, description));
    }
    Ok(())
}

fn check_in_app(scope: &Scope<'_>, id: &str, webhook: &Webhook) -> Result<(), ApiError> {
    let app_id = webhook.app_id.as_deref().unwrap_or_default();
    apps::find(scope, app_id)?;
    let mut others = webhooks::of_app(scope.tx, app_id)?;
    others.retain(|other| other.id.as_deref() != Some(id));
    let mut check = Check::default();
    check.that(
        others.len() < MOST,
        "app_id",
        "the app already has 5 webhooks",
    );
    let taken = others.iter().any(|other| other.target == webhook.target);
    check.that(
        !taken,
        "target",
        "the app already has a webhook with this target",
    );
    Ok(check.done()?)
}
