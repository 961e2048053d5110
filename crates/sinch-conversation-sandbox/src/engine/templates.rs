//! Templates: which translation is meant, and what it says with its variables filled in.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Transaction;
use serde_json::Value;
use sinch_conversation_raw::types::{
    AppMessageTypes, ChannelTemplateOverride, TemplateReference, TemplateReferenceWithVersion,
    V2TemplateTranslation,
};
use sinch_conversation_raw::wire::Wire;

use super::channels::Failure;
use super::content::Problem;
use crate::store::templates::{self, fold};

/// The version that stands for the newest of a language.
pub(crate) const LATEST: &str = "latest";

/// The most bytes that the texts of a filled template may have: values can multiply what a template holds.
const LARGEST: usize = 1024 * 1024;

/// The most characters of a list of missing variables.
const LONGEST_LIST: usize = 300;

/// Of the current translations, for each language the one with the highest version.
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

/// The version of a translation as a number; most are.
pub(crate) fn number(translation: &V2TemplateTranslation) -> Option<u64> {
    translation.version.as_ref()?.parse().ok()
}

/// The translation that a reference means.
pub(super) fn find(
    tx: &Transaction<'_>,
    reference: &TemplateReferenceWithVersion,
) -> Result<V2TemplateTranslation, Problem> {
    let id = &reference.template_id;
    let template = templates::get(tx, id)?.ok_or_else(|| {
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

/// Every variable needs a value: those that the translation lists, and those that stand in its texts.
pub(super) fn require(
    translation: &V2TemplateTranslation,
    values: &BTreeMap<String, String>,
) -> Result<(), Failure> {
    let mut needed: BTreeSet<String> = translation
        .variables
        .iter()
        .flatten()
        .filter_map(|variable| variable.key.clone())
        .collect();
    each_text(&mut translation.kind.to_value(), &mut |text| {
        needed.extend(pieces(text).filter_map(Piece::into_key));
    });
    needed.retain(|key| !values.contains_key(key));
    if needed.is_empty() {
        return Ok(());
    }
    let missing = Vec::from_iter(needed).join(", ");
    let missing: String = missing.chars().take(LONGEST_LIST).collect();
    let description = format!("These variables have no value: {missing}.");
    Err(Failure::new("TEMPLATE_INSUFFICIENT_PARAMETERS").describe(description))
}

/// The message of a translation with `${key}` replaced in all of its texts.
pub(super) fn fill(
    message: &AppMessageTypes,
    values: &BTreeMap<String, String>,
) -> Result<AppMessageTypes, Failure> {
    let mut json = message.to_value();
    let mut length = 0_usize;
    each_text(&mut json, &mut |text| {
        let lengths = pieces(text).map(|piece| piece.filled(values).len());
        length = lengths.fold(length, usize::saturating_add);
        if length <= LARGEST {
            *text = pieces(text).map(|piece| piece.filled(values)).collect();
        }
    });
    if length > LARGEST {
        let description = format!("The filled template has more than {LARGEST} bytes.");
        return Err(Failure::new("BAD_REQUEST").describe(description));
    }
    AppMessageTypes::from_value(json).map_err(|error| {
        Failure::new("BAD_REQUEST").describe(format!("The template gives no message: {error}."))
    })
}

/// The template of the channel itself that stands in for a translation.
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

fn each_text(value: &mut Value, work: &mut impl FnMut(&mut String)) {
    match value {
        Value::String(text) => work(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, work)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|member| each_text(member, work)),
        _ => {}
    }
}

/// A part of a text with variables.
enum Piece<'a> {
    Text(&'a str),
    Variable { key: &'a str, written: &'a str },
}

impl<'a> Piece<'a> {
    /// A variable without a value stays as it is written.
    fn filled(self, values: &'a BTreeMap<String, String>) -> &'a str {
        match self {
            Self::Text(text) => text,
            Self::Variable { key, written } => values.get(key).map_or(written, String::as_str),
        }
    }

    fn into_key(self) -> Option<String> {
        match self {
            Self::Text(_) => None,
            Self::Variable { key, .. } => Some(key.to_owned()),
        }
    }
}

fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let start = rest.find("${").unwrap_or(rest.len());
        if start > 0 {
            let (text, behind) = rest.split_at(start);
            rest = behind;
            return Some(Piece::Text(text));
        }
        let Some(end) = rest.find('}') else {
            return Some(Piece::Text(std::mem::take(&mut rest)));
        };
        let (written, behind) = rest.split_at(end + 1);
        rest = behind;
        let key = written
            .strip_prefix("${")
            .and_then(|key| key.strip_suffix('}'));
        Some(Piece::Variable {
            key: key.unwrap_or_default(),
            written,
        })
    })
}
