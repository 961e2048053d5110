//! The response to a send.

use sinch_conversation_raw::types::SendMessageResponse;
use sinch_conversation_raw::wire::{JsonObject, Timestamp};

use super::stored::id_of;
use crate::error::Error;
use crate::id::MessageId;

/// A message that the API has accepted. It is not delivered yet: receipts report its status.
///
/// ```
/// # doctest::run(async |doctest::Setup { client, app, .. }| {
/// use sinch_conversation::message::Text;
/// use sinch_conversation::recipient::sms;
///
/// let sent = app.send(Text::new("Your table is ready")).to(sms("+46700000001")).await?;
/// let stored = client.messages().get(&sent).await?;
/// # assert_eq!(stored.id(), &sent.message_id);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sent {
    /// The id of the message, also found in its receipts.
    pub message_id: MessageId,
    /// When the API accepted it.
    pub accepted_time: Option<Timestamp>,
    /// Fields of the response that this crate does not model, and those that were `null`.
    pub extra: JsonObject,
}

impl Sent {
    /// Reads the id of a response.
    pub(super) fn read(answer: SendMessageResponse) -> Result<Self, Error> {
        Ok(Self {
            message_id: id_of(
                answer.message_id.as_ref(),
                || "message_id".to_owned(),
                &answer,
            )?,
            accepted_time: answer.accepted_time,
            extra: answer.extra,
        })
    }
}

impl From<&Sent> for MessageId {
    fn from(sent: &Sent) -> Self {
        sent.message_id.clone()
    }
}
