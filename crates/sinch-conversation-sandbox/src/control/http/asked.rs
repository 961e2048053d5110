//! A request whose operation is known.

use axum::body::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::form_urlencoded;

use crate::http::fault::Fault;
use crate::http::route::Params;

pub(super) struct Asked {
    params: Params,
    query: Vec<(String, String)>,
    body: Bytes,
}

impl Asked {
    pub(super) fn new(params: Params, query: Option<&str>, body: Bytes) -> Self {
        let query = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        Self {
            params,
            query: query.into_owned().collect(),
            body,
        }
    }

    /// A `{name}` of the path.
    pub(super) fn param(&self, name: &str) -> &str {
        let mut params = self.params.iter();
        params
            .find(|(found, _)| *found == name)
            .map_or("", |(_, value)| value)
    }

    /// A query parameter; an empty one counts as absent.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        let mut query = self.query.iter();
        query
            .find(|(found, value)| found == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// `after`: the number of the last item that is known already.
    pub(super) fn after(&self) -> Result<i64, Fault> {
        match self.query("after") {
            None => Ok(0),
            Some(text) => number("after", text),
        }
    }

    /// The body.
    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        let body = serde_json::from_slice(&self.body)
            .map_err(|error| Fault::invalid("", format!("the body is not valid JSON: {error}")))?;
        object(body)
    }
}

/// A whole number in a path or a query.
pub(super) fn number(name: &str, text: &str) -> Result<i64, Fault> {
    text.parse()
        .map_err(|_| Fault::invalid(name, format!("expected a whole number, found {text:?}")))
}

/// A part of a body, found at `place`.
pub(super) fn part<T: DeserializeOwned>(value: Value, place: &str) -> Result<T, Fault> {
    serde_path_to_error::deserialize(value).map_err(|error| Fault::from(error).inside(place))
}

/// What a JSON object holds.
pub(crate) fn object<T: DeserializeOwned>(value: Value) -> Result<T, Fault> {
    if !value.is_object() {
        // Serde would take a list for the fields in their order.
        return Err(Fault::invalid("", "expected a JSON object"));
    }
    Ok(serde_path_to_error::deserialize(value)?)
}
