//! Templates.

use std::collections::BTreeSet;

use serde_json::Value;
use sinch_conversation_raw::types::{
    V2ListTemplatesResponse, V2ListTranslationsResponse, V2Template, V2TemplateTranslation,
};
use sinch_conversation_raw::wire::Wire;

use super::nothing;
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::engine::templates::{LATEST, latest, number};
use crate::model::check::Check;
use crate::store::templates::{self, fold};
use crate::store::{Scope, TEMPLATES};

/// The channels whose own templates can replace a translation.
const OVERRIDING: [&str; 2] = ["WHATSAPP", "KAKAOTALK"];

pub(super) fn create(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let request: V2Template = call.body()?;
    check(&request)?;
    let id = request
        .id
        .clone()
        .filter(|id| !id.is_empty())
        .unwrap_or_else(|| scope.new_id());
    if TEMPLATES.get(scope.tx, &id)?.is_some() {
        return Err(ApiError::already_exists(format!(
            "template {id} already exists"
        )));
    }
    let mut template = V2Template::default();
    template.create_time = Some(scope.timestamp());
    template.version = Some(request.version.unwrap_or(1));
    save(scope, &id, template, request)
}

pub(super) fn update(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let id = call.param("template_id");
    let mut template = find(scope, id)?;
    let request: V2Template = call.body()?;
    check(&request)?;
    if request.id.as_ref().is_some_and(|named| named != id) {
        return Err(ApiError::invalid("id", "is not the id in the path"));
    }
    let current = template.version.unwrap_or(1);
    match request.version {
        None => {
            let description = format!("has to be the current version, which is {current}");
            return Err(ApiError::invalid("version", description));
        }
        Some(version) if version != current => {
            return Err(ApiError::outdated("template", id, current));
        }
        Some(_) => template.version = Some(current.saturating_add(1)),
    }
    templates::retire(scope.tx, id)?;
    save(scope, id, template, request)
}

pub(super) fn get(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let template = find(scope, call.param("template_id"))?;
    Ok(shown(scope, template)?.to_value())
}

pub(super) fn list(scope: &Scope<'_>) -> Result<Value, ApiError> {
    let mut answer = V2ListTemplatesResponse::default();
    let templates = templates::all(scope.tx)?.into_iter();
    answer.templates = Some(
        templates
            .map(|template| shown(scope, template))
            .collect::<Result<_, _>>()?,
    );
    Ok(answer.to_value())
}

pub(super) fn delete(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let id = call.param("template_id");
    find(scope, id)?;
    TEMPLATES.remove(scope.tx, id)?;
    Ok(nothing())
}

/// Lists all translations, former versions included; `latest` selects the newest of each language.
pub(super) fn translations(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let id = call.param("template_id");
    find(scope, id)?;
    let version = call.query("translation_version");
    let mut found = if version == Some(LATEST) {
        let current = templates::current(scope.tx, id)?;
        latest(&current).into_iter().map(as_latest).collect()
    } else {
        let mut all = templates::translations(scope.tx, id)?;
        all.retain(|it| version.is_none() || it.version.as_deref() == version);
        all
    };
    if let Some(language) = call.query("language_code") {
        found.retain(|it| fold(&it.language_code) == fold(language));
    }
    let mut answer = V2ListTranslationsResponse::default();
    answer.translations = Some(found);
    Ok(answer.to_value())
}

fn find(scope: &Scope<'_>, id: &str) -> Result<V2Template, ApiError> {
    TEMPLATES
        .get(scope.tx, id)?
        .ok_or_else(|| ApiError::not_found("template", id))
}

/// Returns the template with its current translations, and the newest of each language once more as `latest`.
fn shown(scope: &Scope<'_>, mut template: V2Template) -> Result<V2Template, ApiError> {
    let id = template.id.as_deref().unwrap_or_default();
    let current = templates::current(scope.tx, id)?;
    let newest: Vec<_> = latest(&current).into_iter().map(as_latest).collect();
    template.translations = Some([current, newest].concat());
    Ok(template)
}

fn as_latest(translation: &V2TemplateTranslation) -> V2TemplateTranslation {
    let mut copy = translation.clone();
    copy.version = Some(LATEST.to_owned());
    copy
}

/// Stores the template of a request and returns the response.
fn save(
    scope: &Scope<'_>,
    id: &str,
    mut template: V2Template,
    request: V2Template,
) -> Result<Value, ApiError> {
    template.id = Some(id.to_owned());
    template.description = Some(request.description.unwrap_or_default());
    template.default_translation = request.default_translation;
    template.update_time = Some(scope.timestamp());
    TEMPLATES.put(scope.tx, id, &template)?;
    let mut kept = Vec::new();
    for translation in request.translations.into_iter().flatten() {
        kept.push(save_translation(scope, id, translation)?);
    }
    template.translations = Some(kept);
    Ok(template.to_value())
}

fn save_translation(
    scope: &Scope<'_>,
    template_id: &str,
    mut translation: V2TemplateTranslation,
) -> Result<V2TemplateTranslation, ApiError> {
    let language = translation.language_code.clone();
    let version = match translation
        .version
        .take()
        .filter(|version| !version.is_empty())
    {
        Some(version) => version,
        None => next_version(scope, template_id, &language)?,
    };
    let before = templates::translation(scope.tx, template_id, &language, &version)?;
    translation.create_time = before
        .and_then(|before| before.create_time)
        .or_else(|| Some(scope.timestamp()));
    translation.update_time = Some(scope.timestamp());
    translation.version = Some(version.clone());
    translation.variables.get_or_insert_default();
    translation
        .channel_template_overrides
        .get_or_insert_default();
    templates::put_translation(scope.tx, template_id, &version, &translation)?;
    Ok(translation)
}

/// Returns one more than the highest version that this language ever had.
fn next_version(scope: &Scope<'_>, template_id: &str, language: &str) -> Result<String, ApiError> {
    let all = templates::translations(scope.tx, template_id)?;
    let of_language = all
        .iter()
        .filter(|it| fold(&it.language_code) == fold(language));
    let highest = of_language.filter_map(number).max().unwrap_or_default();
    Ok(highest.saturating_add(1).to_string())
}

fn check(template: &V2Template) -> Result<(), ApiError> {
    let mut check = Check::default();
    let version = template.version.unwrap_or(1);
    let found = format!("expected at least 1, found {version}");
    check.that(version >= 1, "version", &found);
    check.limits(template, "");
    let translations = template.translations.as_deref().unwrap_or_default();
    let mut seen = BTreeSet::new();
    for (index, translation) in translations.iter().enumerate() {
        let field = format!("translations[{index}]");
        check_translation(&mut check, &field, translation);
        let key = (fold(&translation.language_code), &translation.version);
        if !seen.insert(key) {
            let description = "another translation has this language and version";
            check.wrong(field, description);
        }
    }
    let default = template.default_translation.as_deref().map(fold);
    check.that(
        default.is_some_and(|default| {
            translations
                .iter()
                .any(|translation| fold(&translation.language_code) == default)
        }),
        "default_translation",
        "has to be the language of one of the translations",
    );
    Ok(check.done()?)
}

fn check_translation(check: &mut Check, field: &str, translation: &V2TemplateTranslation) {
    check.that(
        !translation.language_code.is_empty(),
        &format!("{field}.language_code"),
        "is empty",
    );
    check.that(
        translation.version.as_deref() != Some(LATEST),
        &format!("{field}.version"),
        "latest is reserved for the newest version",
    );
    for (channel, instead) in translation.channel_template_overrides.iter().flatten() {
        let field = format!("{field}.channel_template_overrides.{channel}");
        if !OVERRIDING.contains(&channel.as_str()) {
            let description = format!("works only for {}", OVERRIDING.join(" and "));
            check.wrong(field, description);
        } else if instead.template_reference.is_none() {
            let description = "a template of the channel is required";
            check.wrong(format!("{field}.template_reference"), description);
        }
    }
}
