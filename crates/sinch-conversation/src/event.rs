//! Events that an app sends: typing indicators, read receipts, agents who join or leave.

use serde_json::{Map, Value};
use sinch_conversation_raw::types::{
    self, Agent, AgentJoinedEvent, AgentLeftEvent, AgentType, AppEventKind, CommentReplyEvent,
    GenericEvent,
};

/// An event that an app sends. Where the channel does not support it, its delivery report is `FAILED`.
///
/// For events of contacts, see [`InboundContactEvent`](crate::webhook::InboundContactEvent).
///
/// ```
/// # doctest::run(async |doctest::Setup { app, .. }| {
/// use sinch_conversation::event::AppEvent;
/// use sinch_conversation::recipient::whatsapp;
/// use sinch_conversation::types::AgentType;
///
/// app.send_event(AppEvent::composing()).to(whatsapp("+46700000001")).await?;
/// let joined = AppEvent::agent_joined(AgentType::Human, "Ada");
/// app.send_event(joined).to(whatsapp("+46700000001")).await?;
/// # Ok(()) });
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

    /// Shows that the app is typing.
    pub fn composing() -> Self {
        Self::new(AppEventKind::ComposingEvent(Map::new()))
    }

    /// Shows that the app stopped typing.
    pub fn composing_end() -> Self {
        Self::new(AppEventKind::ComposingEndEvent(Map::new()))
    }

    /// Marks the contact's message as read. WhatsApp and RCS only.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, .. }| {
    /// use sinch_conversation::event::AppEvent;
    /// use sinch_conversation::recipient::whatsapp;
    ///
    /// app.send_event(AppEvent::read_message()).to(whatsapp("+46700000001")).await?;
    /// # Ok(()) });
    /// ```
    pub fn read_message() -> Self {
        Self::new(AppEventKind::ReadMessageEvent(Map::new()))
    }

    /// Answers a comment. Instagram only.
    pub fn comment_reply(text: impl Into<String>) -> Self {
        Self::new(CommentReplyEvent::new(text))
    }

    /// Shows that an agent joined the conversation.
    pub fn agent_joined(kind: AgentType, display_name: impl Into<String>) -> Self {
        Self::new(AgentJoinedEvent::new(agent(kind, display_name)))
    }

    /// Shows that an agent left the conversation.
    pub fn agent_left(kind: AgentType, display_name: impl Into<String>) -> Self {
        Self::new(AgentLeftEvent::new(agent(kind, display_name)))
    }

    /// Creates an event with any JSON members.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, .. }| {
    /// use sinch_conversation::event::AppEvent;
    /// use sinch_conversation::recipient::whatsapp;
    ///
    /// let order = AppEvent::generic([("order", 7)]);
    /// app.send_event(order).to(whatsapp("+46700000001")).await?;
    /// # Ok(()) });
    /// ```
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
    /// Converts the published type, with all of its fields.
    fn from(body: types::AppEvent) -> Self {
        Self { body }
    }
}

impl From<AppEvent> for types::AppEvent {
    fn from(event: AppEvent) -> Self {
        event.body
    }
}
