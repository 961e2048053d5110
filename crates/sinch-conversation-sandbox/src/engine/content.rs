//! The content of a message on one channel: content for this channel alone takes precedence, and templates are filled
//! in.

use std::collections::BTreeMap;

use rusqlite::Transaction;
use sinch_conversation_raw::types::{
    AppMessage, AppMessageTypes, ConversationChannel, OmniMessageOverride, OmniMessageOverrideKind,
    TemplateMessage, TemplateReferenceWithVersion,
};

use super::templates::{self, ContentError};
use super::transcode::{self, ChannelContent};
use crate::model::channels::Failure;
use crate::model::message::SentMessage;
use crate::store::{Scope, StoreError};

/// The most templates that may refer to each other in a chain.
const DEPTH: usize = 5;

/// Stores what the person will see, or returns why the channel refuses the message: a template that is missing or lacks
/// values, or a text that is too long.
pub(super) fn render(
    scope: &Scope<'_>,
    sent: &mut SentMessage,
    channel: &ConversationChannel,
) -> Result<Option<Failure>, StoreError> {
    sent.rendered = None;
    let content = match of(scope.tx, &sent.message, channel) {
        Ok(content) => content,
        Err(ContentError::Refused(failure)) => return Ok(Some(failure)),
        Err(ContentError::Store(error)) => return Err(error),
    };
    let shown = transcode::shown(&sent.message, channel, &content);
    sent.rendered = (shown != sent.message).then_some(shown);
    Ok(transcode::too_long(channel, &content))
}

/// Returns the content for this channel.
pub(crate) fn of(
    tx: &Transaction<'_>,
    message: &AppMessage,
    channel: &ConversationChannel,
) -> Result<ChannelContent, ContentError> {
    if let Some(raw) = own(&message.explicit_channel_message, channel) {
        return Ok(ChannelContent::Raw(raw.clone()));
    }
    if let Some(specific) = own(&message.channel_specific_message, channel) {
        return Ok(ChannelContent::Specific(Box::new(specific.clone())));
    }
    match own(&message.explicit_channel_omni_message, channel) {
        Some(instead) => replaced(tx, instead, channel),
        None => resolve(tx, &message.kind, channel, DEPTH),
    }
}

fn own<'a, T>(
    by_channel: &'a Option<BTreeMap<String, T>>,
    channel: &ConversationChannel,
) -> Option<&'a T> {
    by_channel.as_ref()?.get(channel.as_str())
}

/// Returns the message that replaces the content on this channel.
fn replaced(
    tx: &Transaction<'_>,
    instead: &OmniMessageOverride,
    channel: &ConversationChannel,
) -> Result<ChannelContent, ContentError> {
    use OmniMessageOverrideKind as Kind;
    let message = match instead.kind.clone() {
        Kind::TemplateReference(reference) => return by_reference(tx, &reference, channel, DEPTH),
        Kind::TextMessage(it) => it.into(),
        Kind::MediaMessage(it) => it.into(),
        Kind::ChoiceMessage(it) => it.into(),
        Kind::CardMessage(it) => it.into(),
        Kind::CarouselMessage(it) => it.into(),
        Kind::LocationMessage(it) => it.into(),
        Kind::ContactInfoMessage(it) => it.into(),
        Kind::ListMessage(it) => it.into(),
        _ => {
            let description = format!("explicit_channel_omni_message holds nothing for {channel}.");
            return Err(Failure::new("BAD_REQUEST").describe(description).into());
        }
    };
    Ok(ChannelContent::Message(Box::new(message)))
}

fn resolve(
    tx: &Transaction<'_>,
    message: &AppMessageTypes,
    channel: &ConversationChannel,
    depth: usize,
) -> Result<ChannelContent, ContentError> {
    let AppMessageTypes::TemplateMessage(template) = message else {
        return Ok(ChannelContent::Message(Box::new(message.clone())));
    };
    let TemplateMessage {
        channel_template,
        omni_template,
        ..
    } = template;
    if let Some(reference) = own(channel_template, channel) {
        return Ok(ChannelContent::ChannelTemplate(reference.clone()));
    }
    match omni_template {
        Some(reference) => by_reference(tx, reference, channel, depth),
        None => Err(Failure::new("TEMPLATE_NOT_FOUND")
            .describe(format!("The message has no template for {channel}."))
            .into()),
    }
}

fn by_reference(
    tx: &Transaction<'_>,
    reference: &TemplateReferenceWithVersion,
    channel: &ConversationChannel,
    depth: usize,
) -> Result<ChannelContent, ContentError> {
    let Some(depth) = depth.checked_sub(1) else {
        let description = "Templates refer to each other in an endless chain.";
        return Err(Failure::new("BAD_REQUEST").describe(description).into());
    };
    let translation = templates::find(tx, reference)?;
    let values = reference.parameters.clone().unwrap_or_default();
    templates::require(&translation, &values)?;
    let instead = own(&translation.channel_template_overrides, channel);
    if let Some(reference) = instead.and_then(|it| templates::overridden(it, &values)) {
        return Ok(ChannelContent::ChannelTemplate(reference));
    }
    let filled = templates::fill(&translation.kind, &values)?;
    resolve(tx, &filled, channel, depth)
}
