//! Example values of types. `{now}` stands for the time and `{id}` for a new id.

use serde_json::{Map, Value, json};

use crate::{
    model::{Alternative, Field, Form, Model, Schema},
    normalise::unions::Select,
};

/// How deep objects are filled. Types that contain themselves end there.
const DEEPEST: usize = 8;

/// The values of fields by the end of their names; the first match counts.
const VALUES: [(&str, &str); 20] = [
    ("_id", "{id}"),
    ("id", "{id}"),
    ("identity", "46700000001"),
    ("identification", "46700000001"),
    ("phone_number", "46700000001"),
    ("url", "https://example.com/file.jpg"),
    ("target", "https://example.com/callbacks"),
    ("default_translation", "EN"),
    ("language", "EN"),
    ("language_code", "EN"),
    ("country_code", "SE"),
    ("currency", "EUR"),
    ("email", "ada@example.com"),
    ("display_name", "Ada"),
    ("name", "Ada"),
    ("text", "Is my table ready?"),
    ("title", "A table"),
    ("description", "what the channel said"),
    ("metadata", ""),
    ("time", "{now}"),
];

/// Who sends the JSON.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Side {
    /// The server: every field that is not deprecated.
    Callback,
    /// The client: what is required, with `{{key}}` for ids, which are variables.
    Request,
}

/// The alternatives that are chosen where they are allowed: a text, and from a contact.
const PREFERRED: [&str; 2] = ["text_message", "contact_message"];

/// The optional fields that requests have.
const USEFUL: [&str; 9] = [
    "app_event",
    "batch_id",
    "channel",
    "consent_type",
    "contact_ids",
    "default_translation",
    "display_name",
    "processing_mode",
    "translations",
];

pub(crate) struct Filling<'a> {
    pub(crate) model: &'a Model,
    pub(crate) side: Side,
}

impl Filling<'_> {
    pub(crate) fn value(&self, key: &str, schema: &Schema, depth: usize) -> Value {
        let schema = self.model.resolved(schema);
        if let Some(constant) = &schema.notes.constant {
            return constant.clone();
        }
        match &schema.form {
            Form::Scalar(kind, format) => match self.variable(key) {
                Some(variable) if kind == "string" => variable,
                _ => scalar(key, kind, format.as_deref()),
            },
            Form::Enum(values) => known(values),
            Form::List(items) => json!([self.value(key, items, depth)]),
            Form::Object(fields, union) => self.object(fields, union.as_deref(), depth).into(),
            Form::Union(select, alternatives) => {
                self.alternative(select, alternatives, depth).into()
            }
            // The keys are those of the channel.
            Form::Map(_) | Form::Anything | Form::Named(_) => json!({}),
        }
    }

    fn object(&self, fields: &[Field], union: Option<&str>, depth: usize) -> Map<String, Value> {
        let mut object = Map::new();
        for field in fields {
            if self.is_filled(field, depth) {
                let value = self.value(&field.key, &field.schema, depth + 1);
                object.insert(field.key.clone(), value);
            }
        }
        let union = union.and_then(|name| self.model.types.get(name));
        if let Some(Form::Union(select, alternatives)) = union.map(|schema| &schema.form) {
            object.extend(self.alternative(select, alternatives, depth));
        }
        object
    }

    fn is_filled(&self, field: &Field, depth: usize) -> bool {
        let notes = &field.schema.notes;
        match self.side {
            Side::Callback => {
                let is_deep = depth >= DEEPEST && self.has_parts(&field.schema);
                field.is_required || !(notes.is_deprecated || is_deep)
            }
            Side::Request => {
                !notes.is_read_only && (field.is_required || USEFUL.contains(&field.key.as_str()))
            }
        }
    }

    /// Fills a preferred alternative, or the first one.
    fn alternative(
        &self,
        select: &Select,
        alternatives: &[Alternative],
        depth: usize,
    ) -> Map<String, Value> {
        let mut known = alternatives
            .iter()
            .filter(|it| PREFERRED.contains(&it.mark.as_str()));
        let Some(chosen) = known.next().or(alternatives.first()) else {
            return Map::new();
        };
        let content = match depth > DEEPEST {
            true => json!({}),
            false => self.value(&chosen.mark, &chosen.schema, depth + 1),
        };
        match (select, content) {
            (Select::Key, Value::Object(whole)) if chosen.is_whole => whole,
            (Select::Key, content) => Map::from_iter([(chosen.mark.clone(), content)]),
            (Select::Tag { property }, Value::Object(mut whole)) => {
                whole.insert(property.clone(), json!(chosen.mark));
                whole
            }
            (Select::Tag { property }, _) => {
                Map::from_iter([(property.clone(), json!(chosen.mark))])
            }
            (
                Select::Sibling {
                    property,
                    content: key,
                },
                content,
            ) => Map::from_iter([
                (property.clone(), json!(chosen.mark)),
                (key.clone(), content),
            ]),
        }
    }

    /// Returns the variable for an id in a request, or for the ids of a list.
    fn variable(&self, key: &str) -> Option<Value> {
        let one = key.strip_suffix('s').unwrap_or(key);
        let is_id = self.side == Side::Request && one.ends_with("_id");
        is_id.then(|| json!(format!("{{{{{one}}}}}")))
    }

    fn has_parts(&self, schema: &Schema) -> bool {
        match &self.model.resolved(schema).form {
            Form::List(items) => self.has_parts(items),
            Form::Object(..) | Form::Union(..) | Form::Map(_) => true,
            _ => false,
        }
    }
}

fn scalar(key: &str, kind: &str, format: Option<&str>) -> Value {
    match (kind, format) {
        ("string", Some("date-time")) => json!("{now}"),
        ("string", _) => {
            let known = VALUES.iter().find(|(end, _)| key.ends_with(end));
            json!(known.map_or("any", |(_, value)| value))
        }
        ("boolean", _) => json!(false),
        ("integer", _) => json!(1),
        ("number", _) => json!(0.5),
        _ => json!({}),
    }
}

/// Returns the first value that says something.
fn known(values: &[String]) -> Value {
    let says = |value: &&String| !value.contains("UNSPECIFIED") && !value.contains("UNKNOWN");
    json!(values.iter().find(says).or(values.first()))
}
