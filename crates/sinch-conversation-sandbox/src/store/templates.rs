//! Templates and their translations.

use rusqlite::Transaction;
use sinch_conversation_raw::types::{V2Template, V2TemplateTranslation};

use super::StoreError;
use super::document::{self, run};

/// Returns all templates, oldest first.
pub(crate) fn all(tx: &Transaction<'_>) -> Result<Vec<V2Template>, StoreError> {
    document::many(tx, "SELECT doc FROM templates ORDER BY rowid", [])
}

/// Marks all translations of the template as not current.
pub(crate) fn retire(tx: &Transaction<'_>, template_id: &str) -> Result<(), StoreError> {
    run(
        tx,
        "UPDATE translations SET current = 0 WHERE template_id = ?1",
        [template_id],
    )
}

/// Adds a current translation, or replaces the one of this language and version.
pub(crate) fn put_translation(
    tx: &Transaction<'_>,
    template_id: &str,
    version: &str,
    translation: &V2TemplateTranslation,
) -> Result<(), StoreError> {
    run(tx, "INSERT INTO translations (template_id, language, version, current, doc) VALUES (?1, ?2, ?3, 1, ?4)
         ON CONFLICT (template_id, language, version) DO UPDATE SET current = 1, doc = excluded.doc", (
            template_id,
            fold(&translation.language_code),
            version,
            document::encode(translation)?,
        ))
}

/// Returns the translation of this language and version, current or not.
pub(crate) fn translation(
    tx: &Transaction<'_>,
    template_id: &str,
    language: &str,
    version: &str,
) -> Result<Option<V2TemplateTranslation>, StoreError> {
    document::one(
        tx,
        "SELECT doc FROM translations WHERE template_id = ?1 AND language = ?2 AND version = ?3",
        [template_id, &fold(language), version],
    )
}

/// Returns the current translations, in the order of insertion.
pub(crate) fn current(
    tx: &Transaction<'_>,
    template_id: &str,
) -> Result<Vec<V2TemplateTranslation>, StoreError> {
    document::many(
        tx,
        "SELECT doc FROM translations WHERE template_id = ?1 AND current = 1 ORDER BY rowid",
        [template_id],
    )
}

/// Returns all translations, in the order of insertion.
pub(crate) fn translations(
    tx: &Transaction<'_>,
    template_id: &str,
) -> Result<Vec<V2TemplateTranslation>, StoreError> {
    document::many(
        tx,
        "SELECT doc FROM translations WHERE template_id = ?1 ORDER BY rowid",
        [template_id],
    )
}

/// Normalises a language code: `en_US`, `en-us` and `en-US` are the same language.
pub(crate) fn fold(language: &str) -> String {
    language.replace('_', "-").to_ascii_lowercase()
}
