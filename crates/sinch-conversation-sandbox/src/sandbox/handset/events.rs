//! Events from a contact: typing, reactions, comments.

use serde_json::{Map, Value};
use sinch_conversation_raw::CallbackKind;
use sinch_conversation_raw::types::{
    CommentEvent, CommentEventCommentType, ContactEvent, ContactEventKind, ContactMessageEvent,
    ContactMessageEventKind, ReactionAction, ReactionEvent, UnsupportedCallback,
};
use sinch_conversation_raw::wire::DecodeError;

use super::{Handset, check_source, received_by};
use crate::callbacks::notify::{self, Notification};
use crate::engine::events::kinds::InboundEvent;
use crate::engine::inbound;
use crate::model::strict;
use crate::sandbox::error::ControlError;

impl Handset {
    /// Sends any event to the app: EVENT_INBOUND. The JSON has one key, `contact_event` or `contact_message_event`,
    /// with the documented content. Returns the id of the event.
    ///
    /// ```no_run
    /// # async fn run(person: sinch_conversation_sandbox::Handset)
    /// # -> Result<(), sinch_conversation_sandbox::ControlError> {
    /// use serde_json::json;
    ///
    /// let paid = json!({"reference_id": "order-7", "payment_status": "PAYMENT_STATUS_CAPTURED"});
    /// person
    ///     .sends_event(json!({"contact_message_event": {"payment_status_update_event": paid}}))
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ControlError::NotAContactEvent`] when the JSON is not an event, [`ControlError::NoSuchEvent`] when the channel
    /// does not support it, and those of [`says`](Self::says).
    pub async fn sends_event(&self, event: Value) -> Result<String, ControlError> {
        self.raises(read(event)?).await
    }

    /// Starts typing. Returns the id of the event.
    ///
    /// # Errors
    ///
    /// Those of [`says`](Self::says).
    pub async fn types(&self) -> Result<String, ControlError> {
        self.raises(by_contact(ContactEventKind::ComposingEvent(Map::new())))
            .await
    }

    /// Stops typing. Returns the id of the event.
    ///
    /// # Errors
    ///
    /// Those of [`says`](Self::says).
    pub async fn stops_typing(&self) -> Result<String, ControlError> {
        self.raises(by_contact(ContactEventKind::ComposingEndEvent(Map::new())))
            .await
    }

    /// Reacts to a message with an emoji. Returns the id of the event.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownMessage`], also for a message to another person; [`ControlError::NotDelivered`]; and
    /// those of [`sends_event`](Self::sends_event).
    pub async fn reacts(
        &self,
        message_id: &str,
        emoji: impl Into<String>,
    ) -> Result<String, ControlError> {
        let action = ReactionAction::ReactionActionReact;
        self.changes_reaction(ReactionEvent::new(emoji, action, message_id))
            .await
    }

    /// Removes a reaction. Returns the id of the event.
    ///
    /// # Errors
    ///
    /// Those of [`reacts`](Self::reacts).
    pub async fn unreacts(
        &self,
        message_id: &str,
        emoji: impl Into<String>,
    ) -> Result<String, ControlError> {
        let action = ReactionAction::ReactionActionUnreact;
        self.changes_reaction(ReactionEvent::new(emoji, action, message_id))
            .await
    }

    /// Comments on a post of the app's owner, on Instagram. Returns the id of the event.
    ///
    /// # Errors
    ///
    /// Those of [`sends_event`](Self::sends_event).
    pub async fn comments(&self, text: impl Into<String>) -> Result<String, ControlError> {
        let mut comment = CommentEvent::new(text);
        comment.comment_type = Some(CommentEventCommentType::Feed);
        comment.user = Some(self.identity.clone());
        self.act(move |scope, line| {
            comment.id = Some(scope.new_id());
            line.raise(scope, &by_contact(ContactEventKind::CommentEvent(comment)))
        })
        .await
    }

    /// Does something that the API has no type for: UNSUPPORTED, with this JSON as the channel's own callback. Returns
    /// the id in the callback.
    ///
    /// # Errors
    ///
    /// Those of [`says`](Self::says).
    pub async fn sends_unsupported(&self, payload: Value) -> Result<String, ControlError> {
        self.act(move |scope, line| {
            let mode = inbound::mode_of(&line.app);
            let origin = inbound::origin(scope, line.app_id, &mode, line.from)?;
            let id = scope.new_id();
            let mut callback = UnsupportedCallback::default();
            callback.id = Some(id.clone());
            callback.channel = Some(line.from.channel.clone());
            callback.payload = Some(payload.to_string());
            callback.processing_mode = Some(mode);
            callback.contact_id = Some(origin.contact_id.clone());
            callback.conversation_id = Some(origin.conversation_id.clone());
            callback.channel_identity = Some(line.from.clone());
            let notice = Notification::new(
                CallbackKind::UNSUPPORTED,
                &callback,
                origin.ordering_key(&id),
            );
            notify::app(scope, line.app_id, &notice)?;
            Ok(id)
        })
        .await
    }

    async fn changes_reaction(&self, reaction: ReactionEvent) -> Result<String, ControlError> {
        let message_id = reaction.message_id.clone();
        let kind = ContactMessageEventKind::ReactionEvent(reaction);
        let event = InboundEvent::OnMessage(ContactMessageEvent::new(kind));
        self.act(move |scope, line| {
            // Checked before the message: that the channel has no reactions explains more.
            check_source(&event, &line.from.channel)?;
            received_by(scope, &message_id, line.from)?;
            line.raise(scope, &event)
        })
        .await
    }

    async fn raises(&self, event: InboundEvent) -> Result<String, ControlError> {
        self.act(move |scope, line| line.raise(scope, &event)).await
    }
}

fn by_contact(kind: ContactEventKind) -> InboundEvent {
    InboundEvent::ByContact(ContactEvent::new(kind))
}

/// Parses an event.
fn read(event: Value) -> Result<InboundEvent, ControlError> {
    const EXPECTED: &str = "one of contact_event and contact_message_event";
    let Value::Object(members) = event else {
        return Err(not_an_event("", EXPECTED, "something else"));
    };
    let mut members = members.into_iter();
    let (Some((key, content)), None) = (members.next(), members.next()) else {
        return Err(not_an_event("", EXPECTED, "zero or several keys"));
    };
    let event = match key.as_str() {
        "contact_event" => strict::read(&content).map(InboundEvent::ByContact),
        "contact_message_event" => strict::read(&content).map(InboundEvent::OnMessage),
        other => return Err(not_an_event("", EXPECTED, other)),
    };
    let event = event.map_err(|error| undecodable(&key, &error))?;
    if event.is_known() {
        Ok(event)
    } else {
        Err(not_an_event(
            &key,
            "one documented kind of event",
            "an undocumented one",
        ))
    }
}

fn undecodable(key: &str, error: &DecodeError) -> ControlError {
    let path = match error.path() {
        "" => key.to_owned(),
        inner => format!("{key}.{inner}"),
    };
    not_an_event(&path, error.expected(), error.found())
}

fn not_an_event(path: &str, expected: &str, found: &str) -> ControlError {
    let path = if path.is_empty() { "the event" } else { path };
    ControlError::NotAContactEvent {
        path: path.to_owned(),
        expected: expected.to_owned(),
        found: found.to_owned(),
    }
}
