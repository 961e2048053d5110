//! Requests of operations that are chosen when the program runs.

use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::{
    Operation, Request,
    wire::{Capture, JsonError, Mismatches, Wire},
};

/// The body of a response as it is: JSON of any form, or none.
///
/// It may hold credentials, so `Debug` does not show it.
#[derive(Clone, Default, PartialEq)]
pub struct AnyBody(pub Option<Value>);

impl Request<AnyBody> {
    /// Builds a request of an operation that is chosen when the program runs: the parameters of its path in their order,
    /// names and values of its query, and its body. None of them is checked. For code that names its operation there is
    /// a function of it.
    ///
    /// A parameter that is `.` or `..` would be a request of another operation.
    ///
    /// ```
    /// use sinch_conversation_raw::{OperationId, Request};
    ///
    /// let operation = OperationId::ConsentsGetConsents.operation();
    /// let query = [("page_size", "10")];
    /// let request = Request::dynamic(operation, &["p", "a/b", "OPT_OUT_ALL"], query, None);
    /// assert_eq!(
    ///     request.path_and_query(),
    ///     "/v1/projects/p/apps/a%2Fb/consents/OPT_OUT_ALL?page_size=10",
    /// );
    /// ```
    pub fn dynamic<'a>(
        operation: &'static Operation,
        parameters: &[&str],
        query: impl IntoIterator<Item = (&'a str, &'a str)>,
        body: Option<Bytes>,
    ) -> Self {
        let parameters: Vec<&dyn fmt::Display> = parameters
            .iter()
            .map(|text| text as &dyn fmt::Display)
            .collect();
        let request = Self::new(operation.id, &parameters);
        let query = query.into_iter();
        query
            .fold(request, |request, (name, value)| {
                request.query(name, [value])
            })
            .with_body(body)
    }

    /// Builds a request of a path that has no operation. It is sent as one of `like` would be: with its method, to its
    /// host, and retried when that may be. Path and query have to be percent-encoded.
    ///
    /// ```
    /// use sinch_conversation_raw::{OperationId, Request};
    ///
    /// let like = OperationId::AppListApps.operation();
    /// let request = Request::undocumented(like, "/v1/projects/p/stickers", None);
    /// assert_eq!(request.path_and_query(), "/v1/projects/p/stickers");
    /// ```
    pub fn undocumented(
        like: &'static Operation,
        path_and_query: impl Into<String>,
        body: Option<Bytes>,
    ) -> Self {
        Self::at(like, path_and_query.into()).with_body(body)
    }
}

impl Wire for AnyBody {
    fn read<'de, C: Capture<'de>, D: Deserializer<'de>>(
        json: D,
        into: &mut Option<Self>,
        _mismatches: &mut Mismatches,
    ) -> Result<(), D::Error> {
        *into = Some(Self(Some(Value::deserialize(json)?)));
        Ok(())
    }

    fn write<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(json)
    }

    fn from_json(text: &[u8]) -> Result<Self, JsonError> {
        match text.trim_ascii().is_empty() {
            true => Ok(Self(None)),
            false => Self::decode_json(text, &mut Mismatches::default()),
        }
    }
}

impl fmt::Debug for AnyBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AnyBody").finish_non_exhaustive()
    }
}
