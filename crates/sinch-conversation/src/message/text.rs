//! Plain text.

use sinch_conversation_raw::types::TextMessage;

/// Plain text.
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
