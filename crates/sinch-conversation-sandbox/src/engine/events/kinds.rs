//! Which channels have which events.

use sinch_conversation_raw::types::{
    AppEventKind, ContactEventKind, ContactMessageEventKind, ConversationChannel,
};

use super::inbound::Raised;
use crate::model::channels::Failure;
use ConversationChannel::{Instagram, Kakaotalk, Messenger, Mms, Rcs, Sms, Viberbm, Whatsapp};

/// Why the channel does not take an app's event, if it has no such event.
pub(super) fn unsupported(event: &AppEventKind, channel: &ConversationChannel) -> Option<Failure> {
    let supported = match event {
        AppEventKind::ReadMessageEvent(_) => matches!(channel, Whatsapp | Rcs),
        AppEventKind::CommentReplyEvent(_) => matches!(channel, Instagram),
        // These channels bring messages, and nothing besides.
        _ => !matches!(channel, Sms | Mms | Viberbm | Kakaotalk),
    };
    (!supported)
        .then(|| Failure::new("UNSUPPORTED_OPERATION").describe("The channel has no such event."))
}

/// The channels from which a contact's event can come; `None` when it can come from all.
pub(super) fn sources(raised: &Raised) -> Option<&'static [ConversationChannel]> {
    match raised {
        Raised::ByContact(event) => match &event.kind {
            ContactEventKind::CommentEvent(_) => Some(&[Instagram]),
            _ => None,
        },
        Raised::OnMessage(event) => match &event.kind {
            ContactMessageEventKind::ReactionEvent(_) => Some(&[Messenger, Instagram, Whatsapp]),
            ContactMessageEventKind::ShortlinkActivatedEvent(_) => Some(&[Messenger, Instagram]),
            _ => None,
        },
    }
}
