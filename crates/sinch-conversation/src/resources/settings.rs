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
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// # client.settings().create().await?;
    /// let settings = client.settings().get().await?;
    /// println!("{:?}", settings.settings);
    /// # assert!(settings.settings.is_some());
    /// # Ok(()) });
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
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// let stored = client.settings().create().unified_contact_id(true).await?;
    /// # let contacts = stored.settings.and_then(|settings| settings.contact_settings);
    /// # assert_eq!(contacts.and_then(|contacts| contacts.unified_contact_id_enabled), Some(true));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// The API's error when the project has settings already; [`edit`](Self::edit) changes them.
    pub fn create(&self) -> CreateSettings {
        CreateSettings {
            client: self.client.clone(),
            request: ProjectSettingsRequest::default(),
        }
    }

    /// Deletes all settings of the project (`ProjectSettings_DeleteSettings`).
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// # client.settings().create().await?;
    /// client.settings().delete().await?;
    /// # assert!(client.settings().get().await.is_err());
    /// # Ok(()) });
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
///
/// ```
/// # doctest::run(async |doctest::Setup { client, .. }| {
/// let create = client.settings().create().with(|request| {
///     request.contact_settings.get_or_insert_default().unified_contact_id_enabled = Some(true);
/// });
/// let stored = create.with_response().await?;
/// println!("{}: {:?}", stored.status, stored.settings);
/// # let contacts = stored.into_value().settings.and_then(|settings| settings.contact_settings);
/// # assert_eq!(contacts.and_then(|contacts| contacts.unified_contact_id_enabled), Some(true));
/// # Ok(()) });
/// ```
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
