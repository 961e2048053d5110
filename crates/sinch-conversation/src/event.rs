//! What an app can let a contact see besides messages: that somebody is typing, has read, has come or gone.

use serde_json::{Map, Value};
use sinch_conversation_raw::types::{
    self, Agent, AgentJoinedEvent, AgentLeftEvent, AgentType, AppEventKind, CommentReplyEvent,
    GenericEvent,
};

/// An event of an app. What a channel has no such event for ends as a failed receipt.
///
/// ```
/// use sinch_conversation::event::AppEvent;
/// use sinch_conversation::types::AgentType;
///
/// let joined = AppEvent::agent_joined(AgentType::Human, "Ada");
/// let order = AppEvent::generic([("order", 7)]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct AppEvent {
    body: types::AppEvent,
}

impl AppEvent {
    fn new(kind: impl Into<AppEventKind>) -> Self {
        Self {
            body: types::AppEvent::new(kind),
        }
    }

    /// Somebody is typing.
    pub fn composing() -> Self {
        Self::new(AppEventKind::ComposingEvent(Map::new()))
    }

    /// Nobody is typing any more.
    pub fn composing_end() -> Self {
        Self::new(AppEventKind::ComposingEndEvent(Map::new()))
    }

    /// The contact's message was read. WhatsApp and RCS only.
    pub fn read_message() -> Self {
        Self::new(AppEventKind::ReadMessageEvent(Map::new()))
    }

    /// An answer to a comment. Instagram only.
    pub fn comment_reply(text: impl Into<String>) -> Self {
        Self::new(CommentReplyEvent::new(text))
    }

    /// An agent has joined the conversation.
    pub fn agent_joined(kind: AgentType, display_name: impl Into<String>) -> Self {
        Self::new(AgentJoinedEvent::new(agent(kind, display_name)))
    }

    /// An agent has left the conversation.
    pub fn agent_left(kind: AgentType, display_name: impl Into<String>) -> Self {
        Self::new(AgentLeftEvent::new(agent(kind, display_name)))
    }

    /// An event with members of your own.
    pub fn generic<K: Into<String>, V: Into<Value>>(
        payload: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let members = payload.into_iter();
        let payload = members.map(|(key, value)| (key.into(), value.into()));
        Self::new(GenericEvent::new(payload.collect()))
    }
}

fn agent(kind: AgentType, display_name: impl Into<String>) -> Agent {
    let mut agent = Agent::default();
    agent.type_ = Some(kind);
    agent.display_name = Some(display_name.into());
    agent
}

impl From<types::AppEvent> for AppEvent {
    /// Takes the published type, with whatever was set on it.
    fn from(body: types::AppEvent) -> Self {
        Self { body }
    }
}

impl From<AppEvent> for types::AppEvent {
    fn from(event: AppEvent) -> Self {
        event.body
    }
}
