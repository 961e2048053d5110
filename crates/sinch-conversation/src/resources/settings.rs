//! The settings of the project itself.

use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types::{ProjectSettings, ProjectSettingsRequest};

use super::awaitable::awaitable;
use crate::client::Client;
use crate::transport::PendingCall;

/// The settings of a project, in one region. Made by [`Client::settings`].
#[derive(Clone, Debug)]
pub struct Settings {
    pub(crate) client: Client,
}

impl Settings {
    /// Gets the settings (`ProjectSettings_GetSettings`).
    ///
    /// ```no_run
    /// # async fn example(client: sinch_conversation::Client) -> Result<(), sinch_conversation::Error> {
    /// let settings = client.settings().get().await?;
    /// println!("{:?}", settings.settings);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The API does not document its response while nothing is stored; expect an error.
    pub fn get(&self) -> PendingCall<'static, ProjectSettings> {
        let request = conversation::project_settings_get_settings(self.client.project_id());
        self.client.start(request, Ok)
    }

    /// Creates the first settings of the project (`ProjectSettings_CreateSettings`). Await it to create them.
    ///
    /// ```no_run
    /// # async fn example(client: sinch_conversation::Client) -> Result<(), sinch_conversation::Error> {
    /// client.settings().create().unified_contact_id(true).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn create(&self) -> CreateSettings {
        CreateSettings {
            client: self.client.clone(),
            request: ProjectSettingsRequest::default(),
        }
    }

    /// Deletes all settings of the project (`ProjectSettings_DeleteSettings`).
    ///
    /// ```no_run
    /// # async fn example(client: sinch_conversation::Client) -> Result<(), sinch_conversation::Error> {
    /// client.settings().delete().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of every call; none of its own.
    pub fn delete(&self) -> PendingCall<'static, ()> {
        let request = conversation::project_settings_delete_settings(self.client.project_id());
        self.client.start(request, Ok)
    }
}

/// Settings that are about to be created. Await it to create them.
#[derive(Clone, Debug)]
#[must_use = "nothing is created until it is awaited"]
pub struct CreateSettings {
    client: Client,
    request: ProjectSettingsRequest,
}

impl CreateSettings {
    /// Counts one number on SMS, MMS and RCS as one contact. A project that has contacts must be free of
    /// [conflicts](super::Contacts::identity_conflicts).
    pub fn unified_contact_id(mut self, enabled: bool) -> Self {
        let contacts = self.request.contact_settings.get_or_insert_default();
        contacts.unified_contact_id_enabled = Some(enabled);
        self
    }

    /// Changes the request itself, for what has no method here.
    pub fn with(mut self, change: impl FnOnce(&mut ProjectSettingsRequest)) -> Self {
        change(&mut self.request);
        self
    }

    fn create(self) -> PendingCall<'static, ProjectSettings> {
        let request =
            conversation::project_settings_create_settings(self.client.project_id(), &self.request);
        self.client.start(request, Ok)
    }
}

awaitable!(CreateSettings => ProjectSettings, create);
