//! The channels of an app.

use serde_json::Value;
use sinch_conversation_raw::types::{
    AppResponse, ChannelIntegrationStatus, ConversationChannelCredentials,
};
use sinch_conversation_raw::wire::Wire;

use super::report::{Check, Finding, Report};
use crate::error::one_line;

/// Shorter texts are not credentials, and occur in sentences by chance.
const SHORTEST_SECRET: usize = 4;

pub(super) fn examine(app: &AppResponse, report: &mut Report) {
    let channels = app.channel_credentials.as_deref().unwrap_or_default();
    if channels.is_empty() {
        report.add(Finding::problem(
            Check::Channels,
            "the app has no channel, so nothing can be sent through it",
            "add a channel with its credentials to the app",
        ));
    }
    for channel in channels {
        report.add(examine_channel(channel));
    }
}

fn examine_channel(credentials: &ConversationChannelCredentials) -> Finding {
    let name = match &credentials.channel {
        Some(channel) => one_line(channel.as_str()),
        None => "a channel without a name".to_owned(),
    };
    match credentials.state.as_ref().map(|state| &state.status) {
        Some(ChannelIntegrationStatus::Active) => {
            Finding::ok(Check::Channels, format!("{name} is active"))
        }
        Some(ChannelIntegrationStatus::Pending) => Finding::warning(
            Check::Channels,
            format!("{name} is pending{}", reason(credentials)),
            "wait until its credentials are checked; if it stays so, look at the channel in the dashboard",
        ),
        Some(ChannelIntegrationStatus::Failing) => Finding::problem(
            Check::Channels,
            format!("{name} is failing{}", reason(credentials)),
            "give the app working credentials for the channel",
        ),
        other => {
            let status = other.map_or("none", ChannelIntegrationStatus::as_str);
            Finding::warning(
                Check::Channels,
                format!(
                    "{name} has a state that is not known: {}{}",
                    one_line(status),
                    reason(credentials)
                ),
                "look at the channel in the dashboard",
            )
        }
    }
}

/// The API's description, without credentials that it may quote.
fn reason(credentials: &ConversationChannelCredentials) -> String {
    let state = credentials.state.as_ref();
    let text = state.and_then(|state| state.description.as_deref());
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return String::new();
    };
    let mut text = text.to_owned();
    for secret in secrets(credentials) {
        text = text.replace(&secret, "***");
    }
    format!(": {}", one_line(&text))
}

/// Every text among the credentials, the longest first, so that none leaves a part of another.
fn secrets(credentials: &ConversationChannelCredentials) -> Vec<String> {
    let mut bare = credentials.clone();
    (bare.channel, bare.state) = (None, None);
    let mut texts = Vec::new();
    collect(&bare.to_value(), &mut texts);
    texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    texts
}

fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) if text.chars().count() >= SHORTEST_SECRET => texts.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, texts)),
        _ => {}
    }
}
