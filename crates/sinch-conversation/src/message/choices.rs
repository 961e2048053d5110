//! A text with choices under it.

use sinch_conversation_raw::types::{ChoiceMessage, ChoiceMessageProperties};

use super::Text;
use super::choice::{Choice, bodies};

/// A text with up to 10 choices under it.
///
/// ```
/// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
/// use sinch_conversation::message::{Choice, Choices};
/// use sinch_conversation::recipient::whatsapp;
///
/// let question = Choices::new("Are you coming?", [Choice::text("Yes").postback("yes"), Choice::text("No")])
///     .whatsapp_footer("Tonight at eight");
/// app.send(question).to(whatsapp("+46700000001")).await?;
/// # assert_eq!(sandbox.sent().await?.len(), 1);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Choices {
    pub(super) body: ChoiceMessage,
}

impl Choices {
    /// Creates a text with choices.
    pub fn new(text: impl Into<String>, choices: impl IntoIterator<Item = Choice>) -> Self {
        let mut body = ChoiceMessage::new(bodies(choices));
        body.text_message = Some(Text::new(text).into());
        Self { body }
    }

    /// Sets the small text under the choices on WhatsApp.
    #[must_use]
    pub fn whatsapp_footer(mut self, text: impl Into<String>) -> Self {
        let mut properties = ChoiceMessageProperties::default();
        properties.whatsapp_footer = Some(text.into());
        self.body.message_properties = Some(properties);
        self
    }
}
