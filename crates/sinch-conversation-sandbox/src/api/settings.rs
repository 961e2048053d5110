//! Settings of the project.

use serde_json::Value;
use sinch_conversation_raw::types::{
    ProjectSettings, ProjectSettingsContent, ProjectSettingsRequest,
};
use sinch_conversation_raw::wire::Wire;

use super::nothing;
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::engine::unified_contacts;
use crate::model::check::Violation;
use crate::store::{SETTINGS, Scope};

/// The most conflicts that an error lists.
const NAMED_CONFLICTS: usize = 20;

pub(super) fn create(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let request: ProjectSettingsRequest = call.body()?;
    if SETTINGS.get(scope.tx, scope.project())?.is_some() {
        let message = "the project already has settings, change them with PATCH";
        return Err(ApiError::already_exists(message));
    }
    save(scope, ProjectSettingsContent::default(), request)
}

pub(super) fn get(scope: &Scope<'_>) -> Result<Value, ApiError> {
    Ok(shown(scope, find(scope)?))
}

pub(super) fn update(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let request: ProjectSettingsRequest = call.body()?;
    save(scope, find(scope)?, request)
}

pub(super) fn delete(scope: &Scope<'_>) -> Result<Value, ApiError> {
    find(scope)?;
    SETTINGS.remove(scope.tx, scope.project())?;
    Ok(nothing())
}

fn find(scope: &Scope<'_>) -> Result<ProjectSettingsContent, ApiError> {
    SETTINGS
        .get(scope.tx, scope.project())?
        .ok_or_else(|| ApiError::not_found("settings of", scope.project()))
}

/// Stores what the request names.
fn save(
    scope: &Scope<'_>,
    mut content: ProjectSettingsContent,
    request: ProjectSettingsRequest,
) -> Result<Value, ApiError> {
    let wanted = request
        .contact_settings
        .and_then(|contacts| contacts.unified_contact_id_enabled);
    let enabled = &mut content
        .contact_settings
        .get_or_insert_default()
        .unified_contact_id_enabled;
    if wanted == Some(true) && *enabled != wanted {
        refuse_conflicts(scope)?;
    }
    *enabled = Some(wanted.or(*enabled).unwrap_or(false));
    SETTINGS.put(scope.tx, scope.project(), &content)?;
    Ok(shown(scope, content))
}

/// Refuses to unify contact ids while several contacts have the same number.
fn refuse_conflicts(scope: &Scope<'_>) -> Result<(), ApiError> {
    let conflicts = unified_contacts::conflicts(scope, None, NAMED_CONFLICTS)?;
    if conflicts.is_empty() {
        return Ok(());
    }
    let violation = |conflict: &crate::store::contacts::Shared| Violation {
        field: "contact_settings.unified_contact_id_enabled".to_owned(),
        description: format!(
            "{} belongs to several contacts: {}; merge or delete them first",
            conflict.identity,
            conflict.contact_ids.join(", ")
        ),
    };
    Err(ApiError::invalid_all(
        conflicts.iter().map(violation).collect(),
    ))
}

fn shown(scope: &Scope<'_>, content: ProjectSettingsContent) -> Value {
    let mut settings = ProjectSettings::default();
    settings.project_id = Some(scope.project().to_owned());
    settings.settings = Some(content);
    settings.to_value()
}
