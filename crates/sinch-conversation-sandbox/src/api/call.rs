//! A request whose operation has been found: its parameters and its body, before and after the check.

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

    /// Returns the value of a `{name}` in the path.
    pub(crate) fn param(&self, name: &str) -> &str {
        let found = self.path.iter().find(|(found, _)| *found == name);
        found.map_or("", |(_, value)| value)
    }

    /// Returns the value of a query parameter; an empty one counts as absent.
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

/// A request that was checked against the contract: names and values are as in the documents.
pub(crate) type Call = Request<Checked>;

/// A body that was checked.
#[derive(Default)]
pub(crate) struct Checked {
    /// Without members that are `null`, which count as absent.
    pub(crate) body: Value,
    /// With members that are `null`, which clear a field; in a PATCH only.
    pub(crate) patch: Option<Value>,
}

impl<Body> Request<Body> {
    /// Replaces the body.
    pub(crate) fn with_body<Other>(self, body: Other) -> Request<Other> {
        Request {
            operation: self.operation,
            parameters: self.parameters,
            body,
        }
    }

    /// Returns the value of a `{name}` in the path.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.parameters.param(name)
    }

    /// Returns the value of a query parameter; an empty one counts as absent.
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
    /// Parses a query parameter that is an integer.
    pub(crate) fn query_number(&self, name: &str) -> Result<Option<i64>, ApiError> {
        self.query_as(name, "an integer", |value| value.parse().ok())
    }

    /// Parses a query parameter that is `true` or `false`.
    pub(crate) fn query_flag(&self, name: &str) -> Result<Option<bool>, ApiError> {
        self.query_as(name, "true or false", flag)
    }

    /// Parses a query parameter that is a date and time.
    pub(crate) fn query_time(&self, name: &str) -> Result<Option<DateTime<Utc>>, ApiError> {
        self.query_as(name, "an RFC 3339 date and time", |value| {
            DateTime::parse_from_rfc3339(value)
                .ok()
                .map(|time| time.with_timezone(&Utc))
        })
    }

    /// Returns a query parameter that has to be one of `words`.
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

    /// Splits a query parameter that is a list: comma-separated, or repeated.
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

    /// Decodes the body as the type that the document defines for it.
    pub(crate) fn body<T: Wire>(&self) -> Result<T, ApiError> {
        Ok(strict::read(&self.body.body)?)
    }

    /// Returns the body as a JSON object.
    pub(crate) fn json(&self) -> Result<&Map<String, Value>, ApiError> {
        object(&self.body.body)
    }

    /// Returns the body as a change of a document, in which `null` clears a field.
    pub(crate) fn patch(&self) -> Result<&Map<String, Value>, ApiError> {
        object(self.body.patch.as_ref().unwrap_or(&self.body.body))
    }
}

fn object(body: &Value) -> Result<&Map<String, Value>, ApiError> {
    body.as_object()
        .ok_or_else(|| ApiError::invalid("", "the body has to be a JSON object"))
}
