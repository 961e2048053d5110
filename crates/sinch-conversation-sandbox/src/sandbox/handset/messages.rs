//! Messages from a contact other than plain text.

use sinch_conversation_raw::types::{
    ChoiceResponseMessage, ConsentsListType, ContactMessage, ContactMessageTypes, Coordinates,
    LocationMessage, MediaProperties, ReplyTo, TextMessage,
};

use super::{Handset, Pick, choices, received_by};
use crate::sandbox::error::ControlError;

impl Handset {
    /// Sends a picture, a video, or another file: a `media_message`. Returns its id.
    ///
    /// # Errors
    ///
    /// Those of [`says`](Self::says).
    pub async fn sends_media(&self, url: impl Into<String>) -> Result<String, ControlError> {
        self.sends(media(url)).await
    }

    /// Sends several files together, as an MMS can: each becomes a message. Returns their ids.
    ///
    /// # Errors
    ///
    /// Those of [`says`](Self::says).
    pub async fn sends_attachments<U: Into<String>>(
        &self,
        urls: impl IntoIterator<Item = U>,
    ) -> Result<Vec<String>, ControlError> {
        let messages: Vec<ContactMessage> = urls.into_iter().map(media).collect();
        self.act(move |scope, line| {
            let ids = messages.iter().map(|message| line.receive(scope, message));
            ids.collect()
        })
        .await
    }

    /// Chooses one of a message's choices: a `choice_response_message`. Returns its id.
    ///
    /// ```no_run
    /// # async fn run(person: sinch_conversation_sandbox::Handset, message_id: &str)
    /// # -> Result<(), sinch_conversation_sandbox::ControlError> {
    /// person.chooses(message_id, "Yes").await?;
    /// person.chooses(message_id, 0).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ControlError::NoSuchChoice`], which lists the choices; [`ControlError::UnknownMessage`], also for a message to
    /// another person; [`ControlError::NotDelivered`]; and those of [`says`](Self::says).
    pub async fn chooses(
        &self,
        message_id: &str,
        choice: impl Into<Pick>,
    ) -> Result<String, ControlError> {
        let (message_id, pick) = (message_id.to_owned(), choice.into());
        self.act(move |scope, line| {
            let sent = received_by(scope, &message_id, line.from)?;
            let postback = choices::postback(&sent, &pick)?;
            let response = ChoiceResponseMessage::new(message_id, postback);
            let kind = ContactMessageTypes::ChoiceResponseMessage(response);
            line.receive(scope, &ContactMessage::new(kind))
        })
        .await
    }

    /// Sends a location, in degrees: a `location_message`. Returns its id.
    ///
    /// # Errors
    ///
    /// Those of [`says`](Self::says).
    pub async fn shares_location(
        &self,
        latitude: f64,
        longitude: f64,
    ) -> Result<String, ControlError> {
        let place = LocationMessage::new(Coordinates::new(latitude, longitude), "");
        let kind = ContactMessageTypes::LocationMessage(place);
        self.sends(ContactMessage::new(kind)).await
    }

    /// Answers a message with a text: `reply_to` names it. Returns the id of the answer.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownMessage`], also for a message to another person; [`ControlError::NotDelivered`]; and
    /// those of [`says`](Self::says).
    pub async fn replies_to(
        &self,
        message_id: &str,
        text: impl Into<String>,
    ) -> Result<String, ControlError> {
        let message_id = message_id.to_owned();
        let mut answer = text_message(text);
        answer.reply_to = Some(ReplyTo::new(message_id.clone()));
        self.act(move |scope, line| {
            received_by(scope, &message_id, line.from)?;
            line.receive(scope, &answer)
        })
        .await
    }

    /// Sends the keyword that opts out of this list, such as STOP MARKETING for `OPT_OUT_MARKETING`. Returns the id of
    /// the message.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownList`], and those of [`says`](Self::says).
    pub async fn opts_out(
        &self,
        list: impl Into<ConsentsListType>,
    ) -> Result<String, ControlError> {
        self.says(keyword("STOP", &list.into())?).await
    }

    /// Sends the keyword that opts in to this list again, such as START for `OPT_OUT_ALL`. Returns the id of the
    /// message.
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownList`], and those of [`says`](Self::says).
    pub async fn opts_in(&self, list: impl Into<ConsentsListType>) -> Result<String, ControlError> {
        self.says(keyword("START", &list.into())?).await
    }
}

fn media(url: impl Into<String>) -> ContactMessage {
    let file = MediaProperties::new(url);
    ContactMessage::new(ContactMessageTypes::MediaMessage(file))
}

fn text_message(text: impl Into<String>) -> ContactMessage {
    ContactMessage::new(ContactMessageTypes::TextMessage(TextMessage::new(text)))
}

fn keyword(verb: &str, list: &ConsentsListType) -> Result<String, ControlError> {
    match list {
        ConsentsListType::OptOutAll => Ok(verb.to_owned()),
        ConsentsListType::OptOutMarketing => Ok(format!("{verb} MARKETING")),
        ConsentsListType::OptOutNotification => Ok(format!("{verb} NOTIFICATION")),
        other => Err(ControlError::UnknownList {
            list: other.as_str().to_owned(),
        }),
    }
}
