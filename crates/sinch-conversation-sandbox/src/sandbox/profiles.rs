//! What a test says about the people behind the channels.

use sinch_conversation_raw::types::ConversationChannel;

use crate::core::Core;
use crate::engine::people;
use crate::sandbox::Sandbox;
use crate::sandbox::error::ControlError;
use crate::store::profiles;

pub(crate) async fn set(
    core: &Core,
    channel: &ConversationChannel,
    identity: &str,
    name: String,
) -> Result<(), ControlError> {
    let identity = people::identity(channel, identity, "");
    let work = move |tx: &rusqlite::Transaction<'_>| profiles::put(tx, &identity, &name);
    Ok(core.store.write(work).await?)
}

impl Sandbox {
    /// The person with this identity on this channel goes by this name there; without one, with an empty name.
    ///
    /// An app reads it with `contacts:getChannelProfile`, and a contact without a name gets it when the person
    /// writes. It is stored like everything else, and holds for all apps.
    ///
    /// ```no_run
    /// # async fn run(sandbox: sinch_conversation_sandbox::Sandbox, app_id: &str)
    /// # -> Result<(), sinch_conversation_sandbox::ControlError> {
    /// sandbox.set_profile("WHATSAPP", "46701234567", "Åsa").await?;
    /// sandbox.handset(app_id, "WHATSAPP", "46701234567").says("Two at eight, please").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ControlError::Unavailable`].
    pub async fn set_profile(
        &self,
        channel: impl Into<ConversationChannel>,
        identity: impl AsRef<str>,
        name: impl Into<String>,
    ) -> Result<(), ControlError> {
        set(&self.core, &channel.into(), identity.as_ref(), name.into()).await
    }
}
