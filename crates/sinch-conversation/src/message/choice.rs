//! Something to tap.

use serde_json::Value;
use sinch_conversation_raw::types::{self, ChoiceTypes, DisplayMode};
use sinch_conversation_raw::wire::Timestamp;

use super::{Location, Text};

/// Something to tap: an answer, a link, a call, a place, a calendar entry.
///
/// Used by [`Choices`](super::Choices), [`Card`](super::Card) and [`Carousel`](super::Carousel).
///
/// ```
/// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
/// use sinch_conversation::message::{Choice, Choices};
/// use sinch_conversation::recipient::whatsapp;
///
/// let answers = [
///     Choice::text("Yes").postback("coming"),
///     Choice::url("Look at the menu", "https://example.com/menu"),
///     Choice::call("Call us", "+46700000000"),
/// ];
/// app.send(Choices::new("Are you coming?", answers)).to(whatsapp("+46700000001")).await?;
/// # assert_eq!(sandbox.sent().await?.len(), 1);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub(super) body: types::Choice,
}

/// An event for the contact's calendar.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use sinch_conversation::message::{CalendarEvent, Choice, Choices};
///
/// let start = SystemTime::now() + Duration::from_secs(24 * 3600);
/// let dinner = CalendarEvent::new("Dinner", start, start + Duration::from_secs(7200)).description("Table 4");
/// let choice = Choice::calendar("Put it in my calendar", dinner, "https://example.com/dinner.ics");
/// # assert!(Choices::new("See you tomorrow", [choice]).validate().is_ok());
/// ```
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
    ///
    /// ```
    /// use sinch_conversation::message::{Choice, Choices, Location};
    ///
    /// let map = Choice::location(Location::new("Our shop", 59.33, 18.06));
    /// # assert!(Choices::new("Where we are", [map]).validate().is_ok());
    /// ```
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
    ///
    /// ```
    /// use sinch_conversation::message::{Choice, Choices};
    ///
    /// let share = Choice::share_location("Send my location", "https://example.com/where");
    /// # assert!(Choices::new("Where are you?", [share]).validate().is_ok());
    /// ```
    pub fn share_location(title: impl Into<String>, fallback_url: impl Into<String>) -> Self {
        Self::of(types::ShareLocationMessage::new(title, fallback_url))
    }

    /// Sets the data that is received when the choice is tapped. By default it is the id of the message and the text
    /// of the choice, joined by `_`.
    ///
    /// ```
    /// use serde_json::json;
    /// use sinch_conversation::message::Choice;
    ///
    /// let text = Choice::text("Yes").postback("coming");
    /// let object = Choice::text("Yes").postback(json!({"table": 4, "coming": true}));
    /// ```
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
