//! The parameters of a request: strings that represent numbers, words and times.

use axum::body::Bytes;
use jsonschema::Validator;
use serde_json::Value;

use super::proto_json::{given_twice, is_camel_case_of};
use super::violations;
use crate::api::call::{Request, flag};
use crate::model::check::Violation;

/// A parameter of an operation.
pub(super) struct Parameter {
    name: String,
    in_path: bool,
    required: bool,
    stands_for: ParameterType,
    /// `None` where any string is valid.
    validator: Option<Validator>,
}

/// The type that a parameter's string represents.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ParameterType {
    Text,
    WholeNumber,
    Number,
    Flag,
}

/// Returns whether any string is valid, as for most ids.
pub(super) fn takes_anything(published: &Value) -> bool {
    let schema = published.get("schema").and_then(Value::as_object);
    schema.is_some_and(|schema| {
        schema.len() == 1 && schema.get("type") == Some(&Value::from("string"))
    })
}

impl Parameter {
    pub(super) fn new(published: &Value, document: &Value, validator: Option<Validator>) -> Self {
        let text = |key: &str| published.get(key).and_then(Value::as_str);
        Self {
            name: text("name").unwrap_or_default().to_owned(),
            in_path: text("in") == Some("path"),
            required: published.get("required") == Some(&Value::Bool(true)),
            stands_for: published
                .get("schema")
                .map_or(ParameterType::Text, |schema| {
                    ParameterType::of(schema, document)
                }),
            validator,
        }
    }

    #[cfg(test)]
    pub(super) fn is_in_path(&self) -> bool {
        self.in_path
    }

    fn check(&self, document: &Value, request: &Request<Bytes>) -> Vec<Violation> {
        let given = if self.in_path {
            Some(request.param(&self.name))
        } else {
            request.query(&self.name)
        };
        let Some(text) = given else {
            let missing = self
                .required
                .then(|| Violation::new(&self.name, "is required"));
            return missing.into_iter().collect();
        };
        let Some(value) = self.stands_for.read(text) else {
            let description = format!(
                "expected {}, found {}",
                self.stands_for.expected(),
                violations::quoted(text)
            );
            return vec![Violation::new(&self.name, description)];
        };
        let validators = self.validator.iter();
        let errors = validators.flat_map(|validator| validator.iter_errors(&value));
        violations::of(document, errors)
            .map(|violation| Violation::new(&self.name, violation.description))
            .collect()
    }
}

impl ParameterType {
    fn of(schema: &Value, document: &Value) -> Self {
        let named = schema.get("$ref").and_then(Value::as_str);
        let target = named
            .and_then(|name| name.strip_prefix('#'))
            .and_then(|pointer| document.pointer(pointer));
        match target.unwrap_or(schema).get("type").and_then(Value::as_str) {
            Some("integer") => Self::WholeNumber,
            Some("number") => Self::Number,
            Some("boolean") => Self::Flag,
            _ => Self::Text,
        }
    }

    fn read(self, text: &str) -> Option<Value> {
        match self {
            Self::Text => Some(Value::from(text)),
            Self::WholeNumber => text.parse::<i64>().ok().map(Value::from),
            Self::Number => text.parse::<f64>().ok().map(Value::from),
            Self::Flag => flag(text).map(Value::from),
        }
    }

    fn expected(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::WholeNumber => "an integer",
            Self::Number => "a number",
            Self::Flag => "true or false",
        }
    }
}

/// Renames camelCase query parameters to their documented names. Returns a violation for each that is given in both
/// forms.
pub(super) fn rename(parameters: &[Parameter], query: &mut [(String, String)]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for parameter in parameters.iter().filter(|parameter| !parameter.in_path) {
        let name = &parameter.name;
        let documented = query.iter().any(|(given, _)| given == name);
        let mut others = query
            .iter_mut()
            .filter(|(given, _)| given != name && is_camel_case_of(given, name))
            .peekable();
        if let Some((given, _)) = others.peek().filter(|_| documented) {
            violations.push(given_twice(name, given));
        }
        others.for_each(|(given, _)| given.clone_from(name));
    }
    violations
}

/// Returns the violations of a request's parameters.
pub(super) fn check(
    document: &Value,
    parameters: &[Parameter],
    request: &Request<Bytes>,
) -> Vec<Violation> {
    parameters
        .iter()
        .flat_map(|parameter| parameter.check(document, request))
        .collect()
}
