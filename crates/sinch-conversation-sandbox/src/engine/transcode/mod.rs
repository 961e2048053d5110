//! Turns a message into what a channel shows: first the form that a person sees there, which is the message itself or,
//! where the channel does not support it, text; then the JSON of the channel.

mod choice;
mod form;
mod limits;
mod line;
mod media;
mod meta;
mod plain;
mod rcs;
mod telegram;
mod text;
mod texting;
mod viber;
mod whatsapp;
mod whatsapp_template;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sinch_conversation_raw::types::{
    AppMessage, AppMessageTypes, ChannelSpecificMessage, ConversationChannel, TemplateMessage,
    TemplateReference, TextMessage,
};
use sinch_conversation_raw::wire::Wire;

use crate::model::channels::Failure;

/// The content for a channel.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ChannelContent {
    /// A message of any kind except a template.
    Message(Box<AppMessageTypes>),
    /// A template that is stored at the channel.
    ChannelTemplate(TemplateReference),
    /// `explicit_channel_message`: JSON for the channel.
    Raw(String),
    /// `channel_specific_message`.
    Specific(Box<ChannelSpecificMessage>),
}

/// Sender and recipient in the JSON of a channel.
#[derive(Debug)]
pub(crate) struct Address<'a> {
    from: &'a str,
    to: &'a str,
}

impl<'a> Address<'a> {
    /// Missing addresses are shown as `{{from}}` and `{{to}}`.
    pub(crate) fn new(from: Option<&'a str>, to: Option<&'a str>) -> Self {
        let given = |address: Option<&'a str>| address.filter(|address| !address.is_empty());
        Self {
            from: given(from).unwrap_or("{{from}}"),
            to: given(to).unwrap_or("{{to}}"),
        }
    }
}

/// Returns the JSON that the channel would get, as a string.
pub(crate) fn transcode(
    channel: &ConversationChannel,
    content: &ChannelContent,
    address: &Address<'_>,
) -> String {
    match content {
        ChannelContent::Raw(raw) => raw.clone(),
        ChannelContent::Specific(specific) => specific.to_value().to_string(),
        ChannelContent::ChannelTemplate(template) => {
            envelope_of_template(channel, template, address).to_string()
        }
        ChannelContent::Message(message) => {
            envelope(channel, &form::form(channel, message), address).to_string()
        }
    }
}

fn envelope(channel: &ConversationChannel, form: &AppMessageTypes, address: &Address<'_>) -> Value {
    use ConversationChannel as Channel;
    if *channel == Channel::WhatsApp {
        return whatsapp::envelope(form, address);
    }
    without_nulls(match channel {
        Channel::Sms => texting::sms(form, address),
        Channel::Mms => texting::mms(form, address),
        Channel::Rcs => rcs::envelope(form, address),
        Channel::Messenger | Channel::Instagram => meta::envelope(form, address),
        Channel::ViberBusiness => viber::envelope(form, address),
        Channel::Telegram => telegram::envelope(form, address),
        Channel::Line => line::envelope(form, address),
        Channel::KakaoTalk | Channel::KakaoTalkChat => plain::kakaotalk(form, address),
        Channel::WeChat => plain::wechat(form, address),
        Channel::AppleBusinessChat => plain::apple(form, address),
        _ => json!({"to": address.to, "text": text::of(channel, form)}),
    })
}

/// Removes all `null` members, nested ones too.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, member)| !member.is_null())
            .map(|(name, member)| (name, without_nulls(member)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

fn envelope_of_template(
    channel: &ConversationChannel,
    template: &TemplateReference,
    address: &Address<'_>,
) -> Value {
    match channel {
        ConversationChannel::WhatsApp => whatsapp::template(template, address),
        _ => json!({"to": address.to, "template": template.to_value()}),
    }
}

/// Returns the message as a person sees it on the channel. What the channel does not support is text; media with a
/// caption is a card with only a description.
pub(crate) fn shown(
    message: &AppMessage,
    channel: &ConversationChannel,
    content: &ChannelContent,
) -> AppMessage {
    let mut shown = message.clone();
    shown.explicit_channel_message = None;
    shown.explicit_channel_omni_message = None;
    shown.channel_specific_message = None;
    let name = || channel.as_str().to_owned();
    shown.kind = match content {
        ChannelContent::Message(message) => form::form(channel, message),
        ChannelContent::ChannelTemplate(template) => {
            let mut message = TemplateMessage::default();
            message.channel_template = Some(BTreeMap::from([(name(), template.clone())]));
            message.into()
        }
        ChannelContent::Raw(raw) => {
            shown.explicit_channel_message = Some(BTreeMap::from([(name(), raw.clone())]));
            TextMessage::new(raw).into()
        }
        ChannelContent::Specific(specific) => {
            shown.channel_specific_message = Some(BTreeMap::from([(name(), (**specific).clone())]));
            TextMessage::new(words_of(specific)).into()
        }
    };
    shown
}

/// Returns the text of a channel-specific message, or else its name.
fn words_of(specific: &ChannelSpecificMessage) -> String {
    let value = specific.to_value();
    let text = value
        .pointer("/message/body/text")
        .or_else(|| value.get("message_type"));
    text.and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Returns the failure of a message that is too long for the channel.
pub(crate) fn too_long(channel: &ConversationChannel, content: &ChannelContent) -> Option<Failure> {
    match content {
        ChannelContent::Message(message) => {
            limits::exceeded(channel, &form::form(channel, message))
        }
        _ => None,
    }
}
