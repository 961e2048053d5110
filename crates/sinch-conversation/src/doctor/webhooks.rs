//! The webhooks of an app.

use reqwest::Url;
use sinch_conversation_raw::types::{
    ListWebhooksResponse, Webhook, WebhookTargetType, WebhookTrigger,
};

use super::report::{Check, Finding, Report};
use crate::endpoints::is_loopback;
use crate::error::one_line;
use crate::region::Region;

/// The triggers that most apps need, and what an app misses without.
const WANTED: [(WebhookTrigger, &str); 2] = [
    (
        WebhookTrigger::MessageDelivery,
        "nobody learns what became of a message that was sent",
    ),
    (
        WebhookTrigger::MessageInbound,
        "nobody learns what people answer",
    ),
];

pub(super) fn examine(list: &ListWebhooksResponse, region: Option<Region>, report: &mut Report) {
    let webhooks = list.webhooks.as_deref().unwrap_or_default();
    if webhooks.is_empty() {
        return report.add(Finding::warning(
            Check::Webhooks,
            "the app has no webhook, so receipts and answers go nowhere",
            "create one with `Client::webhooks`, for MESSAGE_DELIVERY and MESSAGE_INBOUND",
        ));
    }
    for webhook in webhooks {
        let before = report.findings.len();
        examine_webhook(webhook, region, report);
        if report.findings.len() == before {
            report.add(Finding::ok(
                Check::Webhooks,
                format!("{} is in order", named(webhook)),
            ));
        }
    }
    missing_triggers(webhooks, report);
}

fn examine_webhook(webhook: &Webhook, region: Option<Region>, report: &mut Report) {
    let name = named(webhook);
    if !is_called(webhook) {
        report.add(Finding::problem(
            Check::Webhooks,
            format!("{name} drops all callbacks: its target_type is not HTTP"),
            "set its target_type to HTTP",
        ));
    }
    let triggers = webhook.triggers.as_deref().unwrap_or_default();
    if triggers.is_empty() {
        report.add(Finding::problem(
            Check::Webhooks,
            format!("{name} has no triggers, so it is never called"),
            "give it triggers, such as MESSAGE_DELIVERY and MESSAGE_INBOUND",
        ));
    }
    examine_target(webhook, &name, region, report);
    let secret = webhook.secret.as_ref();
    let signed = secret.is_some_and(|secret| !secret.expose().is_empty());
    if !signed && webhook.client_credentials.is_none() {
        report.add(Finding::warning(
            Check::Webhooks,
            format!("{name} has no secret, so anybody can send it callbacks"),
            "set a secret, and check signatures with `webhook::Verifier`",
        ));
    }
}

fn examine_target(webhook: &Webhook, name: &str, region: Option<Region>, report: &mut Report) {
    let Some(url) = target(webhook) else {
        return report.add(Finding::problem(
            Check::Webhooks,
            format!("the target of {name} is no web address"),
            "set its target to an https address",
        ));
    };
    if is_loopback(&url) {
        // The sandbox runs on this machine and reaches it; the API does not.
        if region.is_some() {
            report.add(Finding::problem(
                Check::Webhooks,
                format!("{name} has a target on a loopback address, which the API cannot reach"),
                "set its target to a public https address",
            ));
        }
    } else if url.scheme() != "https" {
        report.add(Finding::warning(
            Check::Webhooks,
            format!("{name} is called without encryption"),
            "set its target to an https address",
        ));
    }
}

/// Warns of triggers that most apps need and no webhook has.
fn missing_triggers(webhooks: &[Webhook], report: &mut Report) {
    let called_for = |wanted: &WebhookTrigger| {
        webhooks
            .iter()
            .filter(|webhook| is_called(webhook))
            .flat_map(|webhook| webhook.triggers.iter().flatten())
            .any(|trigger| trigger == wanted)
    };
    for (trigger, loss) in WANTED {
        if !called_for(&trigger) {
            report.add(Finding::warning(
                Check::Webhooks,
                format!("no webhook is called for {}: {loss}", trigger.as_str()),
                format!("add the trigger {} to a webhook", trigger.as_str()),
            ));
        }
    }
}

fn is_called(webhook: &Webhook) -> bool {
    webhook.target_type == Some(WebhookTargetType::Http)
}

fn target(webhook: &Webhook) -> Option<Url> {
    let url = Url::parse(&webhook.target).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

/// The webhook by its id and host. The rest of its address may be a secret.
fn named(webhook: &Webhook) -> String {
    let id = one_line(webhook.id.as_deref().unwrap_or("without an id"));
    match target(webhook).as_ref().and_then(Url::host_str) {
        Some(host) => format!("the webhook {id} ({host})"),
        None => format!("the webhook {id}"),
    }
}
