//! Takes in an event from a contact.

use serde_json::Value;
use sinch_conversation_raw::CallbackKind;
use sinch_conversation_raw::types::{
    AppResponse, ChannelIdentity, ContactEvent, ContactEventKind, ContactMessageEvent,
    ContactMessageEventKind, ConversationChannel, ConversationDirection, ConversationEvent,
};
use sinch_conversation_raw::wire::Wire;

use super::kinds;
use crate::callbacks::notify::{self, Notice};
use crate::engine::{inbound, threads};
use crate::model::timeline::{TimelineEntry, TimelineKind};
use crate::store::{Scope, StoreError, events, journal};

/// What a contact has done besides writing.
#[derive(Debug, Clone)]
pub(crate) enum Raised {
    /// A `contact_event`.
    ByContact(ContactEvent),
    /// A `contact_message_event`.
    OnMessage(ContactMessageEvent),
}

impl Raised {
    fn content(&self) -> Value {
        match self {
            Self::ByContact(event) => event.to_value(),
            Self::OnMessage(event) => event.to_value(),
        }
    }

    /// The key that tells its kind.
    pub(crate) fn kind(&self) -> String {
        let content = self.content();
        let kind = content
            .as_object()
            .and_then(|content| content.keys().next());
        kind.cloned().unwrap_or_default()
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
        kinds::sources(self)
    }
}

/// Takes the event in, tells of it, and gives its id.
pub(crate) fn receive(
    scope: &Scope<'_>,
    app_id: &str,
    app: &AppResponse,
    from: &ChannelIdentity,
    raised: &Raised,
) -> Result<String, StoreError> {
    let mode = inbound::mode_of(app);
    let mut place = inbound::place(scope, app_id, &mode, from)?;
    let id = scope.new_id();
    let mut event = ConversationEvent::new(from.clone(), mode, id.clone());
    match raised {
        Raised::ByContact(raised) => event.contact_event = Some(raised.clone()),
        Raised::OnMessage(raised) => event.contact_message_event = Some(raised.clone()),
    }
    event.direction = Some(ConversationDirection::ToApp);
    event.accept_time = Some(scope.timestamp());
    event.contact_id = Some(place.contact_id.clone());
    event.conversation_id = Some(place.conversation_id.clone());
    let entry = TimelineEntry::of_event(TimelineKind::EventReceived, app_id, &event);
    journal::add(scope.tx, &entry)?;
    if let Some(conversation) = &mut place.conversation {
        threads::begin(scope, conversation, &from.channel)?;
        events::add(scope.tx, app_id, scope.now, &event)?;
    }
    let notice = Notice {
        kind: CallbackKind::EVENT_INBOUND,
        // A stored event and the one in the callback have the same fields.
        payload: event.to_value(),
        lane: place.lane(&id),
        message_metadata: "",
        correlation_id: &place.note.correlation_id,
    };
    notify::app(scope, app_id, &notice)?;
    Ok(id)
}
