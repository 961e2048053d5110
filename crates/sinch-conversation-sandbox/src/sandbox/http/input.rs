//! A request whose operation is known.

use axum::body::Bytes;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sinch_conversation_raw::types::ConversationChannel;

use crate::api::call::{Parameters, Params};
use crate::api::error::ApiError;
use crate::store::window::{Page, Window};

/// How many items of a list there are at most, when nobody asks for another number, and when somebody does.
const LIMIT: u32 = 500;
const MOST: u32 = 1000;
/// After so many bytes of documents a list ends, too.
const BYTES: usize = 8 * 1024 * 1024;

pub(super) struct Input {
    parameters: Parameters,
    body: Bytes,
}

impl Input {
    pub(super) fn new(path: Params, query: Option<&str>, body: Bytes) -> Self {
        Self {
            parameters: Parameters::new(path, query),
            body,
        }
    }

    /// A `{name}` of the path.
    pub(super) fn param(&self, name: &str) -> &str {
        self.parameters.param(name)
    }

    /// A query parameter; an empty one counts as absent.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.parameters.query(name)
    }

    /// The part that is wanted of a list whose items have numbers. `after` is the last one that is known.
    pub(super) fn window(&self) -> Result<Window, ApiError> {
        let after = self.query("after").map(|text| number("after", text));
        Ok(Window {
            after: after.transpose()?.unwrap_or_default(),
            limit: self.limit()?,
            bytes: BYTES,
        })
    }

    /// The part that is wanted of a list in the order of ids. `after` is the last one that is known.
    pub(super) fn window_of_ids(&self) -> Result<Window<String>, ApiError> {
        Ok(Window {
            after: self.query("after").unwrap_or_default().to_owned(),
            limit: self.limit()?,
            bytes: BYTES,
        })
    }

    fn limit(&self) -> Result<u32, ApiError> {
        let Some(text) = self.query("limit") else {
            return Ok(LIMIT);
        };
        let limit = u32::try_from(number("limit", text)?).ok();
        let limit = limit.filter(|limit| (1..=MOST).contains(limit));
        limit.ok_or_else(|| {
            ApiError::invalid("limit", format!("expected 1 to {MOST}, found {text:?}"))
        })
    }

    /// The body as it came.
    pub(super) fn into_bytes(self) -> Bytes {
        self.body
    }

    /// The body.
    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        let body = serde_json::from_slice(&self.body).map_err(|error| {
            ApiError::invalid("", format!("the body is not valid JSON: {error}"))
        })?;
        object(body)
    }
}

/// A part of a list. `next` is the value of `after` for the part behind it: the key of the last item.
pub(super) fn listed<T>(
    name: &str,
    page: Page<T>,
    after: impl Into<Value>,
    key: impl Fn(&T) -> Value,
    show: impl Fn(T) -> Value,
) -> Value {
    let last = page.items.last().map(key);
    let next = last.unwrap_or_else(|| after.into());
    let items: Vec<Value> = page.items.into_iter().map(show).collect();
    json!({ name: items, "next": next, "more": page.more })
}

/// A whole number in a path or a query.
pub(super) fn number(name: &str, text: &str) -> Result<i64, ApiError> {
    text.parse()
        .map_err(|_| ApiError::invalid(name, format!("expected a whole number, found {text:?}")))
}

/// A part of a body, found at `place`.
pub(super) fn part<T: DeserializeOwned>(value: Value, place: &str) -> Result<T, ApiError> {
    serde_path_to_error::deserialize(value).map_err(|error| ApiError::from(error).inside(place))
}

/// The channel with this name, found at `place`.
pub(super) fn channel(place: &str, name: &str) -> Result<ConversationChannel, ApiError> {
    match ConversationChannel::from(name) {
        ConversationChannel::Unknown(found) => Err(ApiError::invalid(
            place,
            format!("{found:?} is not a documented channel"),
        )),
        known => Ok(known),
    }
}

/// What a JSON object holds.
pub(crate) fn object<T: DeserializeOwned>(value: Value) -> Result<T, ApiError> {
    if !value.is_object() {
        // Serde would take a list for the fields in their order.
        return Err(ApiError::invalid("", "expected a JSON object"));
    }
    Ok(serde_path_to_error::deserialize(value)?)
}
