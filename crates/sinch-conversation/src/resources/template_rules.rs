//! Checks of a template before it is stored.

use sinch_conversation_raw::types::{V2Template, V2TemplateTranslation};

use crate::error::{Error, Violations};
use crate::id::TemplateId;
use crate::message::rules;

/// The version under which the API shows the newest translation of a language once more.
const LATEST: &str = "latest";

/// Checks a template that is to be stored.
pub(super) fn check(template: &V2Template, violations: &mut Violations) {
    let translations = template.translations.as_deref().unwrap_or_default();
    if translations.is_empty() {
        violations.missing("translations", "give at least one translation");
    }
    let default = template.default_translation.as_deref();
    if default.is_none_or(|code| translations.iter().all(|one| one.language_code != code)) {
        let expected = "the language code of one of the translations";
        violations.malformed("default_translation", expected);
    }
    violations.limits(template, "");
    for (index, translation) in translations.iter().enumerate() {
        let at = format!("translations[{index}].");
        rules::kind(&translation.kind, &at, violations);
    }
}

/// Checks a template that is to replace a stored one, and returns the id of that one.
pub(super) fn replaceable(template: &V2Template) -> Result<TemplateId, Error> {
    let mut violations = Violations::default();
    let id = violations.absorb(TemplateId::new(template.id.clone().unwrap_or_default()));
    if template.version.is_none() {
        violations.missing("version", "give the version that is stored");
    }
    check(template, &mut violations);
    match id {
        Some(id) => violations.finish().map(|()| id).map_err(Error::from),
        None => Err(violations.into()),
    }
}

/// The translations without those that the API only shows, which have no version of their own.
pub(super) fn without_copies(
    translations: Vec<V2TemplateTranslation>,
) -> Vec<V2TemplateTranslation> {
    let is_copy = |one: &V2TemplateTranslation| {
        let is_latest = one.version.as_deref() == Some(LATEST);
        let twin = |other: &V2TemplateTranslation| {
            other.version.as_deref() != Some(LATEST) && content(other) == content(one)
        };
        is_latest && translations.iter().any(twin)
    };
    let kept = translations.iter().filter(|one| !is_copy(one));
    kept.cloned().collect()
}

/// The content of a translation, without its version and times.
fn content(translation: &V2TemplateTranslation) -> V2TemplateTranslation {
    let mut content = translation.clone();
    content.version = None;
    content.create_time = None;
    content.update_time = None;
    content
}
