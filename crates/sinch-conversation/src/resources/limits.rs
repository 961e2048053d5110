//! The limits that the API documents for what it stores. What it sends back is never checked.

use serde_json::{Map, Value};
use sinch_conversation_raw::types::{
    ChannelIdentity, ConversationChannelCredentials, DeliveryReportBasedFallback,
    DispatchRetentionPolicy, MessageRetrySettings, RetentionPolicy, Webhook,
};

use crate::channel::is_app_scoped;
use crate::error::{Problem, Violations};
use crate::message::limits::{CONVERSATION_METADATA, CORRELATION_ID, METADATA};

const CALLBACK_SECRET: usize = 256;
const TARGET: usize = 742;
const SCOPE: usize = 1024;
const RESPONSE_TYPE: usize = 64;
const RETENTION_DAYS: (u64, u64) = (1, 3650);
const DISPATCH_RETENTION_DAYS: (u64, u64) = (0, 7);
const RETRY_SECONDS: (u64, u64) = (30, 3600);
const REPORT_SECONDS: (u64, u64) = (10, 259_200);
const ORDINAL: (u64, u64) = (0, 255);

/// The parts of an app that have limits, whatever the type that holds them.
#[derive(Debug)]
pub(super) struct AppParts<'a> {
    pub(super) channel_credentials: &'a [ConversationChannelCredentials],
    pub(super) retention_policy: Option<&'a RetentionPolicy>,
    pub(super) dispatch_retention_policy: Option<&'a DispatchRetentionPolicy>,
    pub(super) message_retry_settings: Option<&'a MessageRetrySettings>,
    pub(super) delivery_report_based_fallback: Option<&'a DeliveryReportBasedFallback>,
}

pub(super) fn app(app: &AppParts<'_>, violations: &mut Violations) {
    for (index, credentials) in app.channel_credentials.iter().enumerate() {
        let at = format!("channel_credentials[{index}]");
        if let Some(secret) = &credentials.callback_secret {
            let field = format!("{at}.callback_secret");
            violations.text(field, secret.expose(), CALLBACK_SECRET);
        }
        if let Some(number) = credentials.credential_ordinal_number {
            let field = format!("{at}.credential_ordinal_number");
            violations.range(field, number, "", ORDINAL);
        }
    }
    let mut range = |field: &str, value: Option<i64>, (min, max)| {
        if let Some(value) = value {
            violations.range(field, value, "", (min, max));
        }
    };
    let days = app.retention_policy.and_then(|policy| policy.ttl_days);
    range("retention_policy.ttl_days", days, RETENTION_DAYS);
    let days = app
        .dispatch_retention_policy
        .and_then(|policy| policy.ttl_days);
    range(
        "dispatch_retention_policy.ttl_days",
        days,
        DISPATCH_RETENTION_DAYS,
    );
    let seconds = app
        .message_retry_settings
        .and_then(|settings| settings.retry_duration);
    range(
        "message_retry_settings.retry_duration",
        seconds.map(i64::from),
        RETRY_SECONDS,
    );
    // The API itself shows 0 while nothing is set, so 0 has to be allowed back.
    let seconds = app
        .delivery_report_based_fallback
        .and_then(|fallback| fallback.delivery_report_waiting_time)
        .filter(|seconds| *seconds != 0);
    range(
        "delivery_report_based_fallback.delivery_report_waiting_time",
        seconds.map(i64::from),
        REPORT_SECONDS,
    );
}

pub(super) fn webhook(webhook: &Webhook, violations: &mut Violations) {
    violations.text("target", &webhook.target, TARGET);
    if webhook.triggers.as_ref().is_none_or(Vec::is_empty) {
        let remedy = "say with `triggers` what to call it for";
        violations.add("triggers", Problem::Missing { remedy });
    }
    let secret = webhook.secret.as_ref();
    if secret.is_some_and(|secret| secret.expose().is_empty()) {
        let remedy = "give a text, or no secret at all";
        violations.add("secret", Problem::Missing { remedy });
    }
    let credentials = webhook.client_credentials.as_ref();
    if let Some(scope) = credentials.and_then(|credentials| credentials.scope.as_deref()) {
        violations.text("client_credentials.scope", scope, SCOPE);
    }
    if let Some(kind) = credentials.and_then(|credentials| credentials.response_type.as_deref()) {
        violations.text("client_credentials.response_type", kind, RESPONSE_TYPE);
    }
}

pub(super) fn contact(
    identities: &[ChannelIdentity],
    metadata: Option<&str>,
    violations: &mut Violations,
) {
    if identities.is_empty() {
        let remedy = "give at least one identity";
        violations.add("channel_identities", Problem::Missing { remedy });
    }
    for (index, identity) in identities.iter().enumerate() {
        let at = format!("channel_identities[{index}]");
        if identity.identity.is_empty() {
            let remedy = "give the address on the channel";
            violations.add(format!("{at}.identity"), Problem::Missing { remedy });
        }
        let app = identity.app_id.as_deref().unwrap_or_default();
        if app.is_empty() && is_app_scoped(&identity.channel) {
            let remedy = "name the app: this channel's identities differ from app to app";
            violations.add(format!("{at}.app_id"), Problem::Missing { remedy });
        }
    }
    if let Some(text) = metadata {
        violations.text("metadata", text, METADATA);
    }
}

pub(super) fn conversation(
    conversation: &sinch_conversation_raw::types::Conversation,
    violations: &mut Violations,
) {
    if let Some(text) = &conversation.metadata {
        violations.text("metadata", text, METADATA);
    }
    if let Some(id) = &conversation.correlation_id {
        violations.text("correlation_id", id, CORRELATION_ID);
    }
    if let Some(object) = &conversation.metadata_json {
        violations.text("metadata_json", &written(object), CONVERSATION_METADATA);
    }
}

fn written(object: &Map<String, Value>) -> String {
    Value::Object(object.clone()).to_string()
}
