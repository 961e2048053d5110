//! Cards side by side.

use sinch_conversation_raw::types::CarouselMessage;

use super::Card;
use super::choice::{Choice, bodies};

/// Up to 10 cards side by side, and up to 3 choices for all of them.
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
