//! A request whose operation is known: its parameters and its body, before and after it was checked.

use axum::body::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sinch_conversation_raw::Operation;
use sinch_conversation_raw::wire::Wire;
use url::form_urlencoded;

use crate::api::error::Fault;
use crate::model::strict;

/// A request for an operation, as it came.
pub(crate) struct Request {
    pub(crate) operation: &'static Operation,
    params: Params,
    pub(crate) query: Query,
    pub(crate) body: Bytes,
}

/// A request that was checked against the contract: names and values are in the form of the documents.
pub(crate) struct Call {
    pub(crate) operation: &'static Operation,
    params: Params,
    query: Query,
    body: Checked,
}

/// A body that was checked.
#[derive(Default)]
pub(crate) struct Checked {
    /// Without fields that are `null`, which count as absent.
    pub(crate) body: Value,
    /// With them, where `null` clears a field: in a PATCH.
    pub(crate) patch: Option<Value>,
}

/// Values of the `{name}`s of a path, percent-decoded.
pub(crate) type Params = Vec<(&'static str, String)>;

/// The names and values of a query, in order.
type Query = Vec<(String, String)>;

impl Request {
    pub(crate) fn new(
        operation: &'static Operation,
        params: Params,
        query: Option<&str>,
        body: Bytes,
    ) -> Self {
        let query = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
        Self {
            operation,
            params,
            query,
            body,
        }
    }

    /// The same request with its body read.
    pub(crate) fn with_body(self, body: Checked) -> Call {
        Call {
            operation: self.operation,
            params: self.params,
            query: self.query,
            body,
        }
    }

    /// A `{name}` of the path.
    pub(crate) fn param(&self, name: &str) -> &str {
        param(&self.params, name)
    }

    /// A query parameter; an empty one counts as absent.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        query(&self.query, name)
    }
}

fn param<'a>(params: &'a Params, name: &str) -> &'a str {
    params
        .iter()
        .find(|(found, _)| *found == name)
        .map_or("", |(_, value)| value)
}

fn query<'a>(query: &'a Query, name: &str) -> Option<&'a str> {
    let value = query
        .iter()
        .find(|(found, _)| found == name)
        .map(|(_, value)| value.as_str());
    value.filter(|value| !value.is_empty())
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
    /// A `{name}` of the path.
    pub(crate) fn param(&self, name: &str) -> &str {
        param(&self.params, name)
    }

    /// A query parameter; an empty one counts as absent.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        query(&self.query, name)
    }

    /// A query parameter that is a whole number.
    pub(crate) fn query_number(&self, name: &str) -> Result<Option<i64>, Fault> {
        self.query_as(name, "a whole number", |value| value.parse().ok())
    }

    /// A query parameter that is `true` or `false`.
    pub(crate) fn query_flag(&self, name: &str) -> Result<Option<bool>, Fault> {
        self.query_as(name, "true or false", flag)
    }

    /// A query parameter that is a date and time.
    pub(crate) fn query_time(&self, name: &str) -> Result<Option<DateTime<Utc>>, Fault> {
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
    ) -> Result<Option<&'static str>, Fault> {
        let expected = format!("one of {}", words.join(", "));
        self.query_as(name, &expected, |value| {
            words.iter().find(|word| **word == value).copied()
        })
    }

    /// A query parameter that is a list, separated by commas or given more than once.
    pub(crate) fn query_list(&self, name: &str) -> Option<Vec<&str>> {
        let given = self.query.iter().filter(|(found, _)| found == name);
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
    ) -> Result<Option<T>, Fault> {
        let Some(value) = self.query(name) else {
            return Ok(None);
        };
        match parse(value) {
            Some(parsed) => Ok(Some(parsed)),
            None => Err(Fault::invalid(
                name,
                format!("expected {expected}, found {value:?}"),
            )),
        }
    }

    /// The body as the type that the document gives it.
    pub(crate) fn body<T: Wire>(&self) -> Result<T, Fault> {
        Ok(strict::read(&self.body.body)?)
    }

    /// The body as a JSON object.
    pub(crate) fn json(&self) -> Result<&Map<String, Value>, Fault> {
        object(&self.body.body)
    }

    /// The body as a change of a document, in which `null` clears a field.
    pub(crate) fn patch(&self) -> Result<&Map<String, Value>, Fault> {
        object(self.body.patch.as_ref().unwrap_or(&self.body.body))
    }
}

fn object(body: &Value) -> Result<&Map<String, Value>, Fault> {
    body.as_object()
        .ok_or_else(|| Fault::invalid("", "the body has to be a JSON object"))
}
