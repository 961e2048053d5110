//! Consent management, and the profiles and capabilities of recipients.

use sinch_conversation_raw::types::ConversationChannel;

use super::Sandbox;
use super::error::ControlError;
use crate::model::capability::Capability;
use crate::model::channels;
use crate::model::consents::ConsentManagement;
use crate::store::{Scope, capabilities, consents, profiles};

impl Sandbox {
    /// Sets how consents are managed for an app. Stored, so it also holds after a restart.
    ///
    /// ```no_run
    /// use sinch_conversation_sandbox::ConsentManagement;
    ///
    /// # async fn run(sandbox: sinch_conversation_sandbox::Sandbox, app_id: &str)
    /// # -> Result<(), sinch_conversation_sandbox::ControlError> {
    /// sandbox.consent_management(app_id, ConsentManagement::Primary).await?;
    /// sandbox.handset(app_id, "SMS", "46701234567").says("stop").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ControlError::UnknownApp`].
    pub async fn consent_management(
        &self,
        app_id: &str,
        mode: ConsentManagement,
    ) -> Result<(), ControlError> {
        let app_id = app_id.to_owned();
        let work = move |scope: &Scope<'_>| {
            if scope.app(&app_id)?.is_none() {
                return Err(ControlError::UnknownApp { app_id });
            }
            Ok(consents::set_mode(scope.tx, &app_id, mode)?)
        };
        self.store.write(work).await
    }

    /// Sets the name that the person with this identity has on this channel; an empty one removes it.
    ///
    /// An app reads it with `contacts:getChannelProfile`, and a contact without a name gets it when the person writes.
    /// It is stored, and holds for all apps.
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
        let identity = channels::identity(&channel.into(), identity.as_ref(), "");
        let name = name.into();
        let work = move |scope: &Scope<'_>| Ok(profiles::put(scope.tx, &identity, &name)?);
        self.store.write(work).await
    }

    /// Sets what capability queries report for a recipient on a channel. Stored, so it also holds after a restart. The
    /// identity `*` is every recipient for which nothing else is set. Sends are not affected.
    ///
    /// ```no_run
    /// use sinch_conversation_sandbox::Capability;
    ///
    /// # async fn run(sandbox: sinch_conversation_sandbox::Sandbox)
    /// # -> Result<(), sinch_conversation_sandbox::ControlError> {
    /// sandbox.set_capability("RCS", "*", Capability::full()).await?;
    /// sandbox.set_capability("RCS", "46701234567", Capability::none()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ControlError::Unavailable`].
    pub async fn set_capability(
        &self,
        channel: impl Into<ConversationChannel>,
        identity: &str,
        capability: Capability,
    ) -> Result<(), ControlError> {
        let whose = channels::identity(&channel.into(), identity, "");
        let work = move |scope: &Scope<'_>| Ok(capabilities::set(scope.tx, &whose, &capability)?);
        self.store.write(work).await
    }
}
