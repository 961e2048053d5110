//! Plain text.

use sinch_conversation_raw::types::TextMessage;

/// Plain text.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    pub(super) body: TextMessage,
}

impl Text {
    /// A text. Each channel has a limit of its own; SMS splits long text into parts.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            body: TextMessage::new(text),
        }
    }
}
