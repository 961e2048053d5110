//! Which channels have which events.

use sinch_conversation_raw::types::{
    AppEventKind, ContactEvent, ContactEventKind, ContactMessageEvent, ContactMessageEventKind,
    ConversationChannel,
};
use sinch_conversation_raw::wire::Wire;

use crate::model::channels::Failure;
use ConversationChannel::{
    Instagram, KakaoTalk, Messenger, Mms, Rcs, Sms, ViberBusiness, WhatsApp,
};

/// What a contact has done besides writing.
#[derive(Debug, Clone)]
pub(crate) enum Raised {
    /// A `contact_event`.
    ByContact(ContactEvent),
    /// A `contact_message_event`.
    OnMessage(ContactMessageEvent),
}

impl Raised {
    /// The key that tells its kind.
    pub(crate) fn kind(&self) -> String {
        let content = match self {
            Self::ByContact(event) => event.to_value(),
            Self::OnMessage(event) => event.to_value(),
        };
        let mut keys = content.as_object().into_iter().flat_map(|it| it.keys());
        keys.next().cloned().unwrap_or_default()
    }

    /// Whether it is one of the documented kinds.
    pub(crate) fn is_known(&self) -> bool {
        match self {
            Self::ByContact(event) => !matches!(event.kind, ContactEventKind::Unknown(_)),
            Self::OnMessage(event) => !matches!(event.kind, ContactMessageEventKind::Unknown(_)),
        }
    }

    /// The channels from which it can come; `None` when it can come from all.
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

/// Why the channel does not take an app's event, if it has no such event.
pub(super) fn unsupported(event: &AppEventKind, channel: &ConversationChannel) -> Option<Failure> {
    let supported = match event {
        AppEventKind::ReadMessageEvent(_) => matches!(channel, WhatsApp | Rcs),
        AppEventKind::CommentReplyEvent(_) => matches!(channel, Instagram),
        // These channels bring messages, and nothing besides.
        _ => !matches!(channel, Sms | Mms | ViberBusiness | KakaoTalk),
    };
    (!supported)
        .then(|| Failure::new("UNSUPPORTED_OPERATION").describe("The channel has no such event."))
}
