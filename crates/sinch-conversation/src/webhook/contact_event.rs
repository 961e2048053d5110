//! What a contact did, other than sending a message.

use serde_json::{Map, Value};
use sinch_conversation_raw::types::{
    CommentEvent, ContactEventKind, ContactMessageEventKind, InboundEvent,
    PaymentStatusUpdateEvent, ProcessingMode, ReactionAction, ReactionEvent,
    ShortLinkActivatedEvent,
};
use sinch_conversation_raw::wire::{Timestamp, UnknownObject};

use super::view::{Envelope, NOTHING, accessors, conversation_id, text, time};

/// What a contact did, other than sending a message: typing, reacting, commenting and so on.
///
/// It borrows from the [`Event`](super::Event).
///
/// ```
/// use sinch_conversation::webhook::{ContactEventContent, Event, EventKind};
///
/// let event = Event::from_slice(br#"{"app_id": "01A", "project_id": "p", "event": {"id": "01E", "contact_message_event":
///     {"reaction_event": {"emoji": "\ud83d\udc4d", "action": "REACTION_ACTION_REACT", "message_id": "01M"}}}}"#)?;
/// if let EventKind::ContactEvent(event) = event.kind() {
///     match event.content() {
///         ContactEventContent::Reaction(reaction) => println!("{} to {}", reaction.emoji, reaction.message_id),
///         ContactEventContent::Composing => println!("{:?} is typing", event.contact_id()),
///         other => println!("{other:?}"),
///     }
///     # assert!(matches!(event.content(), ContactEventContent::Reaction(reaction) if reaction.message_id == "01M"));
/// }
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InboundContactEvent<'a> {
    pub(super) body: &'a InboundEvent,
    pub(super) envelope: Envelope<'a>,
}

accessors!(InboundContactEvent: InboundEvent);
conversation_id!(InboundContactEvent);

/// What a contact did.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum ContactEventContent<'a> {
    /// The contact is typing.
    Composing,
    /// The contact stopped typing.
    ComposingEnd,
    /// The contact reacted to a message, or withdrew the reaction.
    Reaction(Reaction<'a>),
    /// The contact commented on a post or a live video. Instagram only; answer with
    /// [`AppEvent::comment_reply`](crate::event::AppEvent::comment_reply).
    Comment(&'a CommentEvent),
    /// The contact deleted the conversation.
    ConversationDeleted,
    /// The contact followed a short link. Messenger and Instagram only.
    ShortLink(&'a ShortLinkActivatedEvent),
    /// The status of a payment changed. WhatsApp only.
    PaymentStatus(&'a PaymentStatusUpdateEvent),
    /// An event with members of its own.
    Generic(&'a Map<String, Value>),
    /// A kind that no document names, or that lacks its documented form, with its JSON. Empty when the callback has
    /// none.
    Unknown(&'a UnknownObject),
}

/// A reaction to a message.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Reaction<'a> {
    /// The emoji.
    pub emoji: &'a str,
    /// The id of the message.
    pub message_id: &'a str,
    /// Whether the contact reacted or withdrew the reaction.
    pub action: &'a ReactionAction,
    /// The channel's name for the emoji.
    pub category: Option<&'a str>,
}

impl<'a> InboundContactEvent<'a> {
    /// Returns the id of the event.
    pub fn id(&self) -> Option<&'a str> {
        text(&self.body.id)
    }

    /// Returns what the contact did.
    pub fn content(&self) -> ContactEventContent<'a> {
        if let Some(event) = &self.body.contact_event {
            return of_contact(&event.kind);
        }
        match &self.body.contact_message_event {
            Some(event) => about_message(&event.kind),
            None => ContactEventContent::Unknown(&NOTHING),
        }
    }

    /// Returns when the API received the event from the channel.
    pub fn accept_time(&self) -> Option<&'a Timestamp> {
        time(&self.body.accept_time)
    }
}

fn of_contact(kind: &ContactEventKind) -> ContactEventContent<'_> {
    match kind {
        ContactEventKind::ComposingEvent(_) => ContactEventContent::Composing,
        ContactEventKind::ComposingEndEvent(_) => ContactEventContent::ComposingEnd,
        ContactEventKind::ConversationDeletedEvent(_) => ContactEventContent::ConversationDeleted,
        ContactEventKind::CommentEvent(comment) => ContactEventContent::Comment(comment),
        ContactEventKind::GenericEvent(event) => ContactEventContent::Generic(&event.payload),
        ContactEventKind::Unknown(json) => ContactEventContent::Unknown(json),
        _ => ContactEventContent::Unknown(&NOTHING),
    }
}

fn about_message(kind: &ContactMessageEventKind) -> ContactEventContent<'_> {
    match kind {
        ContactMessageEventKind::ReactionEvent(event) => {
            ContactEventContent::Reaction(event.into())
        }
        ContactMessageEventKind::ShortlinkActivatedEvent(event) => {
            ContactEventContent::ShortLink(event)
        }
        ContactMessageEventKind::PaymentStatusUpdateEvent(event) => {
            ContactEventContent::PaymentStatus(event)
        }
        ContactMessageEventKind::Unknown(json) => ContactEventContent::Unknown(json),
        _ => ContactEventContent::Unknown(&NOTHING),
    }
}

impl<'a> From<&'a ReactionEvent> for Reaction<'a> {
    fn from(event: &'a ReactionEvent) -> Self {
        Self {
            emoji: &event.emoji,
            message_id: &event.message_id,
            action: &event.action,
            category: text(&event.reaction_category),
        }
    }
}
