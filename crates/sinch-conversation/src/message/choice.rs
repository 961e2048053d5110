//! Something to tap.

use serde_json::Value;
use sinch_conversation_raw::types::{self, ChoiceTypes, DisplayMode};
use sinch_conversation_raw::wire::Timestamp;

use super::{Location, Text};

/// Something to tap: an answer, a link, a call, a place, a calendar entry.
///
/// Used by [`Choices`](super::Choices), [`Card`](super::Card) and [`Carousel`](super::Carousel).
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub(super) body: types::Choice,
}

/// An event for the contact's calendar.
#[derive(Clone, Debug, PartialEq)]
pub struct CalendarEvent {
    title: String,
    start: Timestamp,
    end: Timestamp,
    description: Option<String>,
}

impl Choice {
    fn of(kind: impl Into<ChoiceTypes>) -> Self {
        Self {
            body: types::Choice::new(kind),
        }
    }

    /// Creates an answer. A tap is received as a
    /// [`MessageContent::Choice`](crate::webhook::MessageContent::Choice).
    pub fn text(text: impl Into<String>) -> Self {
        Self::of(types::TextMessage::from(Text::new(text)))
    }

    /// Creates a link.
    pub fn url(title: impl Into<String>, url: impl Into<String>) -> Self {
        Self::of(types::UrlMessage::new(title, url))
    }

    /// Creates a call to a phone number in E.164 form, with the plus sign.
    pub fn call(title: impl Into<String>, phone_number: impl Into<String>) -> Self {
        Self::of(types::CallMessage::new(phone_number, title))
    }

    /// Creates a place on a map.
    pub fn location(location: Location) -> Self {
        Self::of(types::LocationMessage::from(location))
    }

    /// Creates an entry for the calendar. Channels without this kind show the link.
    pub fn calendar(
        title: impl Into<String>,
        event: CalendarEvent,
        fallback_url: impl Into<String>,
    ) -> Self {
        let mut body =
            types::CalendarMessage::new(title, event.start, event.end, event.title, fallback_url);
        body.event_description = event.description;
        Self::of(body)
    }

    /// Creates a request for the contact's location. Channels without this kind show the link.
    pub fn share_location(title: impl Into<String>, fallback_url: impl Into<String>) -> Self {
        Self::of(types::ShareLocationMessage::new(title, fallback_url))
    }

    /// Sets the data that is received when the choice is tapped. By default it is the id of the message and the text
    /// of the choice, joined by `_`.
    #[must_use]
    pub fn postback(mut self, data: impl Into<Value>) -> Self {
        self.body.postback_data = Some(data.into());
        self
    }

    /// Keeps the choice on the screen after newer messages. RCS only, and not for the choices of a whole carousel.
    #[must_use]
    pub fn persistent(mut self) -> Self {
        self.body.display_mode = Some(DisplayMode::Persistent);
        self
    }
}

impl CalendarEvent {
    /// Creates an event from `start` to `end`.
    pub fn new(
        title: impl Into<String>,
        start: impl Into<Timestamp>,
        end: impl Into<Timestamp>,
    ) -> Self {
        Self {
            title: title.into(),
            start: start.into(),
            end: end.into(),
            description: None,
        }
    }

    /// Adds details.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }
}

/// The published type of each choice.
pub(super) fn bodies(choices: impl IntoIterator<Item = Choice>) -> Vec<types::Choice> {
    choices.into_iter().map(|choice| choice.body).collect()
}
