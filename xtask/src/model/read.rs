//! Builds the model from the tree of the normalised documents. It cannot fail, since the normaliser has checked the
//! tree.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Alternative, Body, Field, Form, Model, Notes, Operation, Parameter, Schema};
use crate::{
    document::walk::{self, referenced},
    normalise::unions::{Holds, Union},
};

impl Model {
    /// Reads the normalised documents.
    pub fn read(normalised: &Value) -> Self {
        let mut operations = Vec::new();
        for (document, paths) in members(normalised.get("paths")) {
            for (path, item) in members(Some(paths)) {
                let methods = members(Some(item)).filter(|(method, _)| walk::is_method(method));
                operations.extend(methods.map(|(method, published)| Operation {
                    document: document.clone(),
                    method: method.to_uppercase(),
                    path: path.clone(),
                    ..operation(published, item.get("parameters"))
                }));
            }
        }
        Self {
            operations,
            types: members(normalised.pointer("/components/schemas"))
                .map(|(name, published)| (name.clone(), Schema::read(published)))
                .collect(),
        }
    }
}

fn members(object: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    object.and_then(Value::as_object).into_iter().flatten()
}

fn items(list: Option<&Value>) -> impl Iterator<Item = &Value> {
    list.and_then(Value::as_array).into_iter().flatten()
}

fn text(published: &Value, key: &str) -> String {
    let found = published.get(key).and_then(Value::as_str);
    found.unwrap_or_default().to_owned()
}

fn texts(list: Option<&Value>) -> Vec<String> {
    items(list)
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn is_true(published: &Value, key: &str) -> bool {
    published.get(key) == Some(&Value::Bool(true))
}

fn operation(published: &Value, shared: Option<&Value>) -> Operation {
    let own = published.get("parameters");
    let content = |holder: &Value| {
        let schema = holder.pointer("/content/application~1json/schema");
        schema.map(Schema::read)
    };
    let statuses = members(published.get("x-statuses"));
    let statuses = statuses.map(|(status, body)| (status.clone(), text(body, "body")));
    let answer = members(published.get("responses")).find(|(status, _)| status.starts_with('2'));
    Operation {
        document: String::new(),
        id: text(published, "operationId"),
        method: String::new(),
        path: String::new(),
        summary: text(published, "summary"),
        description: text(published, "description"),
        is_deprecated: is_true(published, "deprecated"),
        parameters: items(shared).chain(items(own)).map(parameter).collect(),
        body: published.get("requestBody").map(|body| Body {
            is_required: is_true(body, "required"),
            schema: content(body).unwrap_or_else(Schema::anything),
            required: texts(body.get("x-required")),
        }),
        answer: answer.and_then(|(_, response)| content(response)),
        statuses: statuses.collect::<BTreeMap<_, _>>(),
        security: published.get("security").cloned(),
        callbacks: published.get("callbacks").cloned(),
    }
}

fn parameter(published: &Value) -> Parameter {
    let schema = published.get("schema");
    Parameter {
        name: text(published, "name"),
        place: text(published, "in"),
        description: text(published, "description"),
        is_required: is_true(published, "required"),
        is_deprecated: is_true(published, "deprecated"),
        schema: schema.map_or_else(Schema::anything, Schema::read),
    }
}

impl Schema {
    fn anything() -> Self {
        Self {
            form: Form::Anything,
            notes: Notes::default(),
        }
    }

    fn read(published: &Value) -> Self {
        Self {
            form: form(published),
            notes: Notes {
                is_nullable: is_true(published, "nullable"),
                is_deprecated: is_true(published, "deprecated"),
                is_read_only: is_true(published, "readOnly"),
                is_open: is_true(published, "x-open"),
                is_write_only: is_true(published, "writeOnly"),
                default: published.get("x-default").cloned(),
                constant: published.get("x-const").cloned(),
                limits: members(published.get("x-limits"))
                    .map(|(key, limit)| (key.clone(), limit.clone()))
                    .collect::<Map<_, _>>(),
            },
        }
    }

    fn boxed(published: Option<&Value>) -> Box<Self> {
        Box::new(published.map_or_else(Self::anything, Self::read))
    }
}

fn form(published: &Value) -> Form {
    if let Some(name) = referenced(published) {
        return Form::Named(name.to_owned());
    }
    if let Some(union) = Union::of(published) {
        let alternatives = union.alternatives.into_iter().map(|it| Alternative {
            schema: Schema::read(it.holds.schema()),
            is_whole: matches!(it.holds, Holds::Whole(_)),
            variant: it.variant,
            mark: it.mark,
        });
        return Form::Union(union.select, alternatives.collect());
    }
    if published.get("enum").is_some() {
        return Form::Enum(texts(published.get("enum")));
    }
    match published.get("type").and_then(Value::as_str) {
        Some("array") => Form::List(Schema::boxed(published.get("items"))),
        Some("object") => object(published),
        Some(kind) => Form::Scalar(
            kind.to_owned(),
            published
                .get("format")
                .and_then(Value::as_str)
                .map(str::to_owned),
        ),
        None => Form::Anything,
    }
}

fn object(published: &Value) -> Form {
    let union = published.get("x-alternatives").and_then(referenced);
    match published.get("additionalProperties") {
        Some(values @ Value::Object(_)) if published.get("properties").is_none() => {
            return Form::Map(Schema::boxed(Some(values)));
        }
        _ => {}
    }
    let required = texts(published.get("required"));
    let fields = members(published.get("properties")).map(|(key, property)| Field {
        key: key.clone(),
        is_required: required.contains(key),
        schema: Schema::read(property),
    });
    Form::Object(fields.collect(), union.map(str::to_owned))
}
