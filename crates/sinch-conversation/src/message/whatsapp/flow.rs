//! A WhatsApp Flow: a form of several screens in the chat.

use serde_json::Value;
use sinch_conversation_raw::types::{
    FlowChannelSpecificMessage, FlowChannelSpecificMessageFlowActionPayload,
};

use super::frame::framed;
use super::{FlowAction, FlowMode};

/// A WhatsApp Flow: a form of several screens in the chat, opened by a button. What the contact fills in is received as a
/// [`MessageContent::Form`](crate::webhook::MessageContent::Form).
///
/// ```
/// use sinch_conversation::message::whatsapp::Flow;
///
/// let flow = Flow::new("4711", "Book a table").text("When do you come?").screen("TABLES").input("seats", 4);
/// assert!(flow.validate().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    pub(in crate::message) body: FlowChannelSpecificMessage,
}

framed!(Flow);

impl Flow {
    /// Creates a flow by its id and the text of its button: at most 20 characters, no emoji.
    pub fn new(id: impl Into<String>, button: impl Into<String>) -> Self {
        Self {
            body: FlowChannelSpecificMessage::new(id, button),
        }
    }

    /// Sets a token that identifies this use of the flow.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.body.flow_token = Some(token.into());
        self
    }

    /// Sets whether the flow is a draft or published, the default.
    #[must_use]
    pub fn mode(mut self, mode: FlowMode) -> Self {
        self.body.flow_mode = Some(mode);
        self
    }

    /// Sets what the button does: navigate, the default, or exchange data.
    #[must_use]
    pub fn action(mut self, action: FlowAction) -> Self {
        self.body.flow_action = Some(action);
        self
    }

    /// Sets the screen that opens first. It has to be an entry screen of the flow.
    #[must_use]
    pub fn screen(mut self, id: impl Into<String>) -> Self {
        self.payload().screen = Some(id.into());
        self
    }

    /// Passes a value to the screen that opens first.
    #[must_use]
    pub fn input(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let data = self.payload().data.get_or_insert_default();
        data.insert(name.into(), value.into());
        self
    }

    fn payload(&mut self) -> &mut FlowChannelSpecificMessageFlowActionPayload {
        self.body.flow_action_payload.get_or_insert_default()
    }
}
