//! Changing the settings of the project.

use sinch_conversation_raw::types::{
    ProjectSettings, ProjectSettingsContent, ProjectSettingsRequest,
};
use sinch_conversation_raw::{OperationId, conversation};

use super::{Editable, patch};
use crate::error::Violations;
use crate::resources::Settings;
use crate::transport::PendingCall;

impl Editable for ProjectSettingsContent {
    type Body = ProjectSettingsRequest;

    const UPDATE: OperationId = OperationId::ProjectSettingsUpdateSettings;

    const SERVER_SET: &'static [&'static str] = &[];

    const UNCLEARABLE: Option<&'static str> =
        Some("the API cannot clear one setting; give a value, or delete all settings");

    fn check(_: &Self, _: &Self, _: &mut Violations) {}
}

impl Settings {
    /// Changes the settings: reads them, lets `change` work on a copy, and sends the fields that came out
    /// different (`ProjectSettings_GetSettings`, then `ProjectSettings_UpdateSettings`).
    ///
    /// This PATCH has no update mask. The API changes what is in the body, so a setting can be given another value
    /// but not be cleared; [`delete`](Settings::delete) clears all of them. What is said of lost updates under
    /// [Changing](crate::resources#changing) holds here too.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// # client.settings().create().await?;
    /// let settings = client
    ///     .settings()
    ///     .edit(|settings| {
    ///         let contacts = settings.contact_settings.get_or_insert_default();
    ///         contacts.unified_contact_id_enabled = Some(true);
    ///     })
    ///     .await?;
    /// # let contacts = settings.settings.and_then(|settings| settings.contact_settings);
    /// # assert_eq!(contacts.and_then(|contacts| contacts.unified_contact_id_enabled), Some(true));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// An error answer when the project has no settings yet: [`create`](Settings::create) them then. Unified Contact
    /// ID is refused while there are [conflicts](crate::resources::Contacts::identity_conflicts).
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument), before anything is sent, when `change` removed a
    /// field.
    pub fn edit<'a>(
        &self,
        change: impl FnOnce(&mut ProjectSettingsContent) + Send + 'a,
    ) -> PendingCall<'a, ProjectSettings> {
        let client = self.client.clone();
        PendingCall::new(move |options| async move {
            let client = client.with_options(options);
            let before = client.settings().get().with_response().await?;
            let content = before.settings.clone().unwrap_or_default();
            let request = match patch(&content, change) {
                Ok(None) => return Ok(before),
                Ok(Some(patch)) => Ok(conversation::project_settings_update_settings(
                    client.project_id(),
                    &patch.body,
                )),
                Err(error) => Err(error),
            };
            let operation = ProjectSettingsContent::UPDATE;
            client
                .try_start(operation, request, Ok)
                .with_response()
                .await
        })
    }
}
