//! What the programs of this crate have in common: the answer to a message.

use sinch_conversation::message::Text;
use sinch_conversation::webhook::{Event, EventKind};
use sinch_conversation::{Client, Error};

/// Thanks for a message, and ignores everything else.
pub async fn answer(client: Client, event: Event) -> Result<(), Error> {
    if let EventKind::Inbound(message) = event.kind() {
        client.reply_to(message, Text::new("Thank you")).await?;
    }
    Ok(())
}
