//! Webhooks.

use serde_json::Value;
use sinch_conversation_raw::types::{
    ListWebhooksResponse, Webhook, WebhookTargetType, WebhookTrigger,
};
use sinch_conversation_raw::wire::Wire;
use url::Url;

use super::check::Check;
use super::{apps, nothing, patch};
use crate::engine::scope::Scope;
use crate::http::call::Call;
use crate::http::fault::Fault;
use crate::store::{callbacks, webhooks};

/// The most webhooks of one app.
const MOST: usize = 5;

pub(super) fn create(scope: &Scope<'_>, call: &Call) -> Result<Value, Fault> {
    let request: Webhook = call.body()?;
    let mut webhook = Webhook::new(request.target);
    webhook.app_id = request.app_id;
    webhook.client_credentials = request.client_credentials;
    webhook.secret = request.secret;
    webhook.target_type = request.target_type;
    webhook.triggers = request.triggers;
    let id = scope.new_id();
    webhook.id = Some(id.clone());
    save(scope, &id, webhook)
}

pub(super) fn get(scope: &Scope<'_>, call: &Call) -> Result<Value, Fault> {
    Ok(shown(find(scope, call)?).to_value())
}

pub(super) fn list(scope: &Scope<'_>, call: &Call) -> Result<Value, Fault> {
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

pub(super) fn update(scope: &Scope<'_>, call: &Call) -> Result<Value, Fault> {
    let present = find(scope, call)?;
    save(
        scope,
        call.param("webhook_id"),
        patch::apply::<Webhook, _>(&present, call, &["id"])?,
    )
}

pub(super) fn delete(scope: &Scope<'_>, call: &Call) -> Result<Value, Fault> {
    find(scope, call)?;
    let id = call.param("webhook_id");
    callbacks::drop_for_webhook(scope.tx, id)?;
    webhooks::remove(scope.tx, id)?;
    Ok(nothing())
}

fn find(scope: &Scope<'_>, call: &Call) -> Result<Webhook, Fault> {
    let id = call.param("webhook_id");
    webhooks::get(scope.tx, id)?.ok_or_else(|| Fault::not_found("webhook", id))
}

fn save(scope: &Scope<'_>, id: &str, mut webhook: Webhook) -> Result<Value, Fault> {
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

/// Without client credentials the real API shows them as `null`.
fn shown(mut webhook: Webhook) -> Webhook {
    if webhook.client_credentials.is_none() {
        webhook
            .extra
            .insert("client_credentials".to_owned(), Value::Null);
    }
    webhook
}

fn check(webhook: &Webhook) -> Result<(), Fault> {
    let mut check = Check::default();
    check.that(
        webhook.app_id.as_ref().is_some_and(|id| !id.is_empty()),
        "app_id",
        "an app is needed",
    );
    check_url(&mut check, "target", &webhook.target);
    check.limits(webhook, "");
    for (index, trigger) in webhook.triggers.iter().flatten().enumerate() {
        check.that(
            *trigger != WebhookTrigger::UnspecifiedTrigger,
            &format!("triggers[{index}]"),
            "UNSPECIFIED_TRIGGER cannot be used",
        );
    }
    if let Some(credentials) = &webhook.client_credentials {
        check_url(
            &mut check,
            "client_credentials.endpoint",
            &credentials.endpoint,
        );
    }
    check.done()
}

/// A URL that can be called, and is none of the API itself.
pub(super) fn check_url(check: &mut Check, field: &str, text: &str) {
    let url = Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    let Some(host) = url.as_ref().and_then(Url::host_str) else {
        return check.wrong(field, "expected a URL with http or https");
    };
    let of_the_api = host.starts_with("conversation-api.") && host.ends_with(".sinch.com");
    check.that(
        !of_the_api,
        field,
        "hosts conversation-api.*.sinch.com are not allowed",
    );
}

/// The sandbox does not call itself.
pub(super) fn refuse_own(
    scope: &Scope<'_>,
    field: &str,
    text: Option<&String>,
) -> Result<(), Fault> {
    let url = text.and_then(|text| Url::parse(text).ok());
    if url.is_some_and(|url| scope.core.addresses.is_own(&url)) {
        let description = "this is the address of the sandbox: give that of your receiver";
        return Err(Fault::invalid(field, description));
    }
    Ok(())
}

fn check_in_app(scope: &Scope<'_>, id: &str, webhook: &Webhook) -> Result<(), Fault> {
    let app_id = webhook.app_id.as_deref().unwrap_or_default();
    apps::find(scope, app_id)?;
    let mut others = webhooks::of_app(scope.tx, app_id)?;
    others.retain(|other| other.id.as_deref() != Some(id));
    let mut check = Check::default();
    check.that(
        others.len() < MOST,
        "app_id",
        "the app has 5 webhooks already",
    );
    let taken = others.iter().any(|other| other.target == webhook.target);
    check.that(
        !taken,
        "target",
        "the app has a webhook with this target already",
    );
    check.done()
}
