//! Templates: selects a translation and fills in its variables.

use std::collections::BTreeMap;

use rusqlite::Transaction;
use sinch_conversation_raw::types::{
    AppMessageTypes, ChannelTemplateOverride, TemplateReference, TemplateReferenceWithVersion,
    V2TemplateTranslation,
};
use sinch_conversation_raw::wire::Wire;

use super::placeholders::{self, Unfilled};
use crate::model::channels::Failure;
use crate::model::strict;
use crate::store::templates::{self, fold};
use crate::store::{StoreError, TEMPLATES};

/// The version that selects the newest of a language.
pub(crate) const LATEST: &str = "latest";

/// Why a channel gets no content.
#[derive(Debug)]
pub(crate) enum ContentError {
    /// The channel refuses the message.
    Refused(Failure),
    Store(StoreError),
}

impl From<Failure> for ContentError {
    fn from(failure: Failure) -> Self {
        Self::Refused(failure)
    }
}

impl From<StoreError> for ContentError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Returns the translation with the highest version for each language.
pub(crate) fn latest(current: &[V2TemplateTranslation]) -> Vec<&V2TemplateTranslation> {
    let mut newest: Vec<&V2TemplateTranslation> = Vec::new();
    for translation in current {
        let language = fold(&translation.language_code);
        match newest
            .iter_mut()
            .find(|found| fold(&found.language_code) == language)
        {
            None => newest.push(translation),
            Some(found) if number(found) <= number(translation) => *found = translation,
            Some(_) => {}
        }
    }
    newest
}

/// Returns the version of a translation as a number, if it is one.
pub(crate) fn number(translation: &V2TemplateTranslation) -> Option<u64> {
    translation.version.as_ref()?.parse().ok()
}

/// Returns the translation that a reference selects.
pub(super) fn find(
    tx: &Transaction<'_>,
    reference: &TemplateReferenceWithVersion,
) -> Result<V2TemplateTranslation, ContentError> {
    let id = &reference.template_id;
    let template = TEMPLATES.get(tx, id)?.ok_or_else(|| {
        Failure::new("TEMPLATE_NOT_FOUND").describe(format!("There is no template {id:?}."))
    })?;
    let language = reference
        .language_code
        .as_ref()
        .filter(|language| !language.is_empty())
        .or(template.default_translation.as_ref())
        .cloned()
        .unwrap_or_default();
    let version = &reference.version;
    let found = if version == LATEST {
        let current = templates::current(tx, id)?;
        latest(&current)
            .into_iter()
            .find(|translation| fold(&translation.language_code) == fold(&language))
            .cloned()
    } else {
        templates::translation(tx, id, &language, version)?
    };
    found.ok_or_else(|| {
        let description =
            format!("Template {id:?} has no translation {language:?} of version {version:?}.");
        Failure::new("TEMPLATE_NON_EXISTING_LANGUAGE_OR_VERSION")
            .describe(description)
            .into()
    })
}

/// Checks that every variable has a value: those that the translation lists, and those in its strings.
pub(super) fn require(
    translation: &V2TemplateTranslation,
    values: &BTreeMap<String, String>,
) -> Result<(), Failure> {
    let mut missing = placeholders::keys(&translation.kind.to_value());
    let listed = translation.variables.iter().flatten();
    missing.extend(listed.filter_map(|variable| variable.key.clone()));
    missing.retain(|key| !values.contains_key(key));
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::new("TEMPLATE_INSUFFICIENT_PARAMETERS")
        .describe(Unfilled::Missing(missing).to_string()))
}

/// Returns the message of a translation with each `${key}` in its strings replaced.
pub(super) fn fill(
    message: &AppMessageTypes,
    values: &BTreeMap<String, String>,
) -> Result<AppMessageTypes, Failure> {
    let refused = |problem: String| Failure::new("BAD_REQUEST").describe(problem);
    let filled = placeholders::fill(message.to_value(), values)
        .map_err(|unfilled| refused(unfilled.to_string()))?;
    strict::read(&filled).map_err(|error| {
        refused(format!(
            "The template does not result in a message: {error}."
        ))
    })
}

/// Returns the channel's own template that replaces a translation.
pub(super) fn overridden(
    instead: &ChannelTemplateOverride,
    values: &BTreeMap<String, String>,
) -> Option<TemplateReference> {
    let mut reference = instead.template_reference.clone()?;
    for (key, variable) in instead.parameter_mappings.iter().flatten() {
        if let Some(value) = values.get(variable) {
            reference
                .parameters
                .get_or_insert_default()
                .insert(key.clone(), value.clone());
        }
    }
    Some(reference)
}
