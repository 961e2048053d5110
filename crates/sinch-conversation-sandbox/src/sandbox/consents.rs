//! The switch for consent management, which the API itself does not have.

use crate::core::Core;
use crate::model::consents::ConsentManagement;
use crate::sandbox::Sandbox;
use crate::sandbox::error::ControlError;
use crate::store::{apps, consents};

pub(crate) async fn manage(
    core: &Core,
    app_id: String,
    mode: ConsentManagement,
) -> Result<(), ControlError> {
    let work = move |tx: &rusqlite::Transaction<'_>| {
        if apps::get(tx, &app_id)?.is_none() {
            return Err(ControlError::UnknownApp { app_id });
        }
        Ok(consents::set_mode(tx, &app_id, mode)?)
    };
    core.store.write(work).await
}

impl Sandbox {
    /// Sets how consents are managed for an app, from now on and after a restart.
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
        manage(&self.core, app_id.to_owned(), mode).await
    }
}
