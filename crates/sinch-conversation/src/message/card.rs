//! A card: a title, a text, a picture and choices.

use sinch_conversation_raw::types::{CardHeight, CardMessage, CardMessageProperties};

use super::Media;
use super::choice::{Choice, bodies};

/// A title with a text, a picture or a video, and up to 10 choices.
///
/// ```
/// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
/// use sinch_conversation::message::{Card, Choice, Media};
/// use sinch_conversation::recipient::whatsapp;
/// use sinch_conversation::types::CardHeight;
///
/// let dish = Card::new("Today")
///     .description("Pasta with sage")
///     .media(Media::new("https://example.com/pasta.jpg"))
///     .height(CardHeight::Medium)
///     .choices([Choice::text("Order").postback("order-pasta"), Choice::text("Another day")]);
/// app.send(dish).to(whatsapp("+46700000001")).await?;
/// # assert_eq!(sandbox.sent().await?.len(), 1);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Card {
    pub(super) body: CardMessage,
}

impl Card {
    /// Creates a card with a title. For a card without one, use `Card::default()`.
    pub fn new(title: impl Into<String>) -> Self {
        let mut body = CardMessage::default();
        body.title = Some(title.into());
        Self { body }
    }

    /// Sets the text under the title.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.body.description = Some(text.into());
        self
    }

    /// Sets the picture or the video.
    #[must_use]
    pub fn media(mut self, media: Media) -> Self {
        self.body.media_message = Some(media.into());
        self
    }

    /// Sets how tall the card is.
    #[must_use]
    pub fn height(mut self, height: CardHeight) -> Self {
        self.body.height = Some(height);
        self
    }

    /// Sets the choices.
    #[must_use]
    pub fn choices(mut self, choices: impl IntoIterator<Item = Choice>) -> Self {
        self.body.choices = Some(bodies(choices));
        self
    }

    /// Sets the header on WhatsApp of a card without a picture.
    #[must_use]
    pub fn whatsapp_header(mut self, text: impl Into<String>) -> Self {
        let mut properties = CardMessageProperties::default();
        properties.whatsapp_header = Some(text.into());
        self.body.message_properties = Some(properties);
        self
    }
}
