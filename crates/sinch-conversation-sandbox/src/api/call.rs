//! A request whose operation is known: its parameters and its body, before and after it was checked.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sinch_conversation_raw::Operation;
use sinch_conversation_raw::wire::Wire;
use url::form_urlencoded;

use crate::api::error::ApiError;
use crate::model::strict;

/// Values of the `{name}`s of a path, percent-decoded.
pub(crate) type Params = Vec<(&'static str, String)>;

/// The parameters of a request.
pub(crate) struct Parameters {
    path: Params,
    /// Names and values, in order.
    pub(crate) query: Vec<(String, String)>,
}

impl Parameters {
    pub(crate) fn new(path: Params, query: Option<&str>) -> Self {
        let query = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        Self {
            path,
            query: query.into_owned().collect(),
        }
    }

    /// A `{name}` of the path.
    pub(crate) fn param(&self, name: &str) -> &str {
        let found = self.path.iter().find(|(found, _)| *found == name);
        found.map_or("", |(_, value)| value)
    }

    /// A query parameter; an empty one counts as absent.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(found, _)| found == name);
        let value = found.map(|(_, value)| value.as_str());
        value.filter(|value| !value.is_empty())
    }
}

/// A request for an operation.
pub(crate) struct Request<Body> {
    pub(crate) operation: &'static Operation,
    pub(crate) parameters: Parameters,
    pub(crate) body: Body,
}

/// A request that was checked against the contract: names and values are in the form of the documents.
pub(crate) type Call = Request<Checked>;

/// A body that was checked.
#[derive(Default)]
pub(crate) struct Checked {
    /// Without fields that are `null`, which count as absent.
    pub(crate) body: Value,
    /// With them, where `null` clears a field: in a PATCH.
    pub(crate) patch: Option<Value>,
}

impl<Body> Request<Body> {
    /// The same request with its body read.
    pub(crate) fn with_body<Other>(self, body: Other) -> Request<Other> {
        Request {
            operation: self.operation,
            parameters: self.parameters,
            body,
        }
    }

    /// A `{name}` of the path.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.parameters.param(name)
    }

    /// A query parameter; an empty one counts as absent.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.parameters.query(name)
    }
}

/// Parses a boolean query parameter.
pub(crate) fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "1" => Some(true),
        "false" | "f" | "0" => Some(false),
        _ => None,
    }
}

impl Call {
    /// A query parameter that is a whole number.
    pub(crate) fn query_number(&self, name: &str) -> Result<Option<i64>, ApiError> {
        self.query_as(name, "a whole number", |value| value.parse().ok())
    }

    /// A query parameter that is `true` or `false`.
    pub(crate) fn query_flag(&self, name: &str) -> Result<Option<bool>, ApiError> {
        self.query_as(name, "true or false", flag)
    }

    /// A query parameter that is a date and time.
    pub(crate) fn query_time(&self, name: &str) -> Result<Option<DateTime<Utc>>, ApiError> {
        self.query_as(name, "a date and time of RFC 3339", |value| {
            DateTime::parse_from_rfc3339(value)
                .ok()
                .map(|time| time.with_timezone(&Utc))
        })
    }

    /// A query parameter that is one of a few words.
    pub(crate) fn query_word(
        &self,
        name: &str,
        words: &[&'static str],
    ) -> Result<Option<&'static str>, ApiError> {
        let expected = format!("one of {}", words.join(", "));
        self.query_as(name, &expected, |value| {
            words.iter().find(|word| **word == value).copied()
        })
    }

    /// A query parameter that is a list, separated by commas or given more than once.
    pub(crate) fn query_list(&self, name: &str) -> Option<Vec<&str>> {
        let given = self
            .parameters
            .query
            .iter()
            .filter(|(found, _)| found == name);
        let items: Vec<&str> = given
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .collect();
        (!items.is_empty()).then_some(items)
    }

    fn query_as<T>(
        &self,
        name: &str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ApiError> {
        let Some(value) = self.query(name) else {
            return Ok(None);
        };
        match parse(value) {
            Some(parsed) => Ok(Some(parsed)),
            None => Err(ApiError::invalid(
                name,
                format!("expected {expected}, found {value:?}"),
            )),
        }
    }

    /// The body as the type that the document gives it.
    pub(crate) fn body<T: Wire>(&self) -> Result<T, ApiError> {
        Ok(strict::read(&self.body.body)?)
    }

    /// The body as a JSON object.
    pub(crate) fn json(&self) -> Result<&Map<String, Value>, ApiError> {
        object(&self.body.body)
    }

    /// The body as a change of a document, in which `null` clears a field.
    pub(crate) fn patch(&self) -> Result<&Map<String, Value>, ApiError> {
        object(self.body.patch.as_ref().unwrap_or(&self.body.body))
    }
}

fn object(body: &Value) -> Result<&Map<String, Value>, ApiError> {
    body.as_object()
        .ok_or_else(|| ApiError::invalid("", "the body has to be a JSON object"))
}
