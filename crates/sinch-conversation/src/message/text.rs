//! Plain text.

use sinch_conversation_raw::types::TextMessage;

/// Plain text.
///
/// ```
/// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
/// use sinch_conversation::message::Text;
/// use sinch_conversation::recipient::sms;
///
/// app.send(Text::new("Your table is ready")).to(sms("+46700000001")).await?;
/// # assert_eq!(sandbox.sent().await?.len(), 1);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    pub(super) body: TextMessage,
}

impl Text {
    /// Creates a text. Each channel has its own limit; SMS splits long text into parts.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            body: TextMessage::new(text),
        }
    }
}
