//! Cards side by side.

use sinch_conversation_raw::types::CarouselMessage;

use super::Card;
use super::choice::{Choice, bodies};

/// Up to 10 cards side by side, and up to 3 choices for all of them.
///
/// ```
/// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
/// use sinch_conversation::message::{Card, Carousel, Choice, Media};
/// use sinch_conversation::recipient::whatsapp;
///
/// let dishes = [("Soup", "soup.jpg"), ("Pasta", "pasta.jpg")].map(|(name, picture)| {
///     Card::new(name)
///         .media(Media::new(format!("https://example.com/{picture}")))
///         .choices([Choice::text("Order").postback(name)])
/// });
/// let menu = Carousel::new(dishes).choices([Choice::call("Call us", "+46700000000")]);
/// app.send(menu).to(whatsapp("+46700000001")).await?;
/// # assert_eq!(sandbox.sent().await?.len(), 1);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Carousel {
    pub(super) body: CarouselMessage,
}

impl Carousel {
    /// Creates a carousel of cards, in their order.
    pub fn new(cards: impl IntoIterator<Item = Card>) -> Self {
        Self {
            body: CarouselMessage::new(cards.into_iter().map(|card| card.body).collect()),
        }
    }

    /// Sets the choices that belong to the carousel as a whole.
    #[must_use]
    pub fn choices(mut self, choices: impl IntoIterator<Item = Choice>) -> Self {
        self.body.choices = Some(bodies(choices));
        self
    }
}
