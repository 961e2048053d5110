//! Rules of the API for webhooks and identities that are not limits of a type.

use sinch_conversation_raw::types::{ChannelIdentity, Webhook};

use crate::channel::{check_address, is_app_scoped};
use crate::error::Violations;

pub(super) fn webhook(webhook: &Webhook, violations: &mut Violations) {
    violations.limits(webhook, "");
    if webhook.triggers.as_ref().is_none_or(Vec::is_empty) {
        violations.missing("triggers", "say with `triggers` what to call it for");
    }
    let secret = webhook.secret.as_ref();
    if secret.is_some_and(|secret| secret.expose().is_empty()) {
        violations.missing("secret", "give a text, or no secret at all");
    }
}

pub(super) fn identities(identities: &[ChannelIdentity], violations: &mut Violations) {
    if identities.is_empty() {
        violations.missing("channel_identities", "give at least one identity");
    }
    for (index, identity) in identities.iter().enumerate() {
        let at = format!("channel_identities[{index}]");
        let field = || format!("{at}.identity");
        check_address(&identity.channel, &identity.identity, field, violations);
        let app = identity.app_id.as_deref().unwrap_or_default();
        if app.is_empty() && is_app_scoped(&identity.channel) {
            let remedy = "name the app: this channel's identities differ from app to app";
            violations.missing(format!("{at}.app_id"), remedy);
        }
    }
}
