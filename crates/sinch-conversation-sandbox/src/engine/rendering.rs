//! What a message becomes on the channel that it is about to be given to.

use sinch_conversation_raw::types::ConversationChannel;

use super::content::{self, Problem};
use super::transcode;
use crate::model::channels::Failure;
use crate::model::message::SentMessage;
use crate::store::Scope;
use crate::store::StoreError;

/// Writes down what the person will see, or says why the channel cannot take the message: a template that is
/// missing or lacks values, or a text that is too long.
pub(super) fn render(
    scope: &Scope<'_>,
    sent: &mut SentMessage,
    channel: &ConversationChannel,
) -> Result<Option<Failure>, StoreError> {
    sent.rendered = None;
    let content = match content::of(scope.tx, &sent.message, channel) {
        Ok(content) => content,
        Err(Problem::Refused(failure)) => return Ok(Some(failure)),
        Err(Problem::Store(error)) => return Err(error),
    };
    let shown = transcode::shown(&sent.message, channel, &content);
    sent.rendered = (shown != sent.message).then_some(shown);
    Ok(transcode::too_long(channel, &content))
}
