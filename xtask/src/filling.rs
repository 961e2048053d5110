//! Example values of types. `{now}` stands for the time and `{id}` for a new id.

use serde_json::{Map, Value, json};

use crate::{
    model::{Alternative, Field, Form, Model, Schema},
    normalise::unions::Select,
};

/// How deep objects are filled. Types that contain themselves end there.
const DEEPEST: usize = 8;

/// The values of fields by the end of their names; the first match counts.
const VALUES: [(&str, &str); 17] = [
    ("_id", "{id}"),
    ("id", "{id}"),
    ("identity", "46700000001"),
    ("phone_number", "46700000001"),
    ("url", "https://example.com/file.jpg"),
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

pub(crate) struct Filling<'a>(pub(crate) &'a Model);

impl Filling<'_> {
    pub(crate) fn value(&self, key: &str, schema: &Schema, depth: usize) -> Value {
        let schema = self.0.resolved(schema);
        if let Some(constant) = &schema.notes.constant {
            return constant.clone();
        }
        match &schema.form {
            Form::Scalar(kind, format) => scalar(key, kind, format.as_deref()),
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
            let is_deep = depth >= DEEPEST && self.has_parts(&field.schema);
            if field.is_required || !(field.schema.notes.is_deprecated || is_deep) {
                let value = self.value(&field.key, &field.schema, depth + 1);
                object.insert(field.key.clone(), value);
            }
        }
        let union = union.and_then(|name| self.0.types.get(name));
        if let Some(Form::Union(select, alternatives)) = union.map(|schema| &schema.form) {
            object.extend(self.alternative(select, alternatives, depth));
        }
        object
    }

    /// Fills the first alternative, which for messages is a text.
    fn alternative(
        &self,
        select: &Select,
        alternatives: &[Alternative],
        depth: usize,
    ) -> Map<String, Value> {
        let text = alternatives.iter().find(|it| it.mark == "text_message");
        let Some(chosen) = text.or(alternatives.first()) else {
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

    fn has_parts(&self, schema: &Schema) -> bool {
        match &self.0.resolved(schema).form {
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
