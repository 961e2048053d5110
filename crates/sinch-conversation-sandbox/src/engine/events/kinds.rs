//! The events that each channel supports.

use sinch_conversation_raw::types::{
    AppEventKind, ContactEvent, ContactEventKind, ContactMessageEvent, ContactMessageEventKind,
    ConversationChannel,
};
use sinch_conversation_raw::wire::Wire;

use crate::model::channels::Failure;
use ConversationChannel::{
    Instagram, KakaoTalk, Messenger, Mms, Rcs, Sms, ViberBusiness, WhatsApp,
};

/// An event from a contact.
#[derive(Debug, Clone)]
pub(crate) enum InboundEvent {
    /// A `contact_event`.
    ByContact(ContactEvent),
    /// A `contact_message_event`.
    OnMessage(ContactMessageEvent),
}

impl InboundEvent {
    /// Returns the JSON key of its kind.
    pub(crate) fn kind(&self) -> String {
        let content = match self {
            Self::ByContact(event) => event.to_value(),
            Self::OnMessage(event) => event.to_value(),
        };
        let mut keys = content.as_object().into_iter().flat_map(|it| it.keys());
        keys.next().cloned().unwrap_or_default()
    }

    /// Returns whether its kind is documented.
    pub(crate) fn is_known(&self) -> bool {
        match self {
            Self::ByContact(event) => !matches!(event.kind, ContactEventKind::Unknown(_)),
            Self::OnMessage(event) => !matches!(event.kind, ContactMessageEventKind::Unknown(_)),
        }
    }

    /// Returns the channels that have it; `None` for all.
    pub(crate) fn sources(&self) -> Option<&'static [ConversationChannel]> {
        match self {
            Self::ByContact(event) => match &event.kind {
                ContactEventKind::CommentEvent(_) => Some(&[Instagram]),
                _ => None,
            },
            Self::OnMessage(event) => match &event.kind {
                ContactMessageEventKind::ReactionEvent(_) => {
                    Some(&[Messenger, Instagram, WhatsApp])
                }
                ContactMessageEventKind::ShortlinkActivatedEvent(_) => {
                    Some(&[Messenger, Instagram])
                }
                _ => None,
            },
        }
    }
}

/// Returns the failure of an app's event that the channel does not support.
pub(super) fn unsupported(event: &AppEventKind, channel: &ConversationChannel) -> Option<Failure> {
    let supported = match event {
        AppEventKind::ReadMessageEvent(_) => matches!(channel, WhatsApp | Rcs),
        AppEventKind::CommentReplyEvent(_) => matches!(channel, Instagram),
        // These channels carry nothing but messages.
        _ => !matches!(channel, Sms | Mms | ViberBusiness | KakaoTalk),
    };
    (!supported)
        .then(|| Failure::new("UNSUPPORTED_OPERATION").describe("The channel has no such event."))
}
