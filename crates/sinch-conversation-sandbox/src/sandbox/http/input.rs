//! A request whose control has been found.

use axum::body::Bytes;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sinch_conversation_raw::types::ConversationChannel;

use crate::api::call::{Parameters, Params};
use crate::api::error::ApiError;
use crate::store::window::{Page, Window};

/// The most items in a part of a list, and the default.
const LIMIT: u32 = 500;
const MOST: u32 = 1000;
/// The most bytes of documents in a part of a list.
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

    /// Returns the value of a `{name}` in the path.
    pub(super) fn param(&self, name: &str) -> &str {
        self.parameters.param(name)
    }

    /// Returns the value of a query parameter; an empty one counts as absent.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.parameters.query(name)
    }

    /// Returns the requested part of a list with numbered items. `after` is the last item that the caller has.
    pub(super) fn window(&self) -> Result<Window, ApiError> {
        let after = self.query("after").map(|text| number("after", text));
        Ok(Window {
            after: after.transpose()?.unwrap_or_default(),
            limit: self.limit()?,
            bytes: BYTES,
        })
    }

    /// Returns the requested part of a list ordered by id. `after` is the last item that the caller has.
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

    /// Returns the raw body.
    pub(super) fn into_bytes(self) -> Bytes {
        self.body
    }

    /// Decodes the body.
    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        let body = serde_json::from_slice(&self.body).map_err(|error| {
            ApiError::invalid("", format!("the body is not valid JSON: {error}"))
        })?;
        object(body)
    }
}

/// Responds with a part of a list. `next` is the value of `after` for the next part: the key of the last item.
pub(super) async fn listing<K, T, N, E, F>(
    name: &str,
    window: Window<K>,
    read: impl FnOnce(Window<K>) -> F,
    key: impl Fn(&T) -> N,
    show: impl Fn(&T) -> Value,
) -> Result<Value, ApiError>
where
    K: Clone + Into<Value>,
    N: Into<Value>,
    F: Future<Output = Result<Page<T>, E>>,
    ApiError: From<E>,
{
    let after = window.after.clone();
    let page = read(window).await?;
    let last = page.items.last().map(|item| key(item).into());
    let next = last.unwrap_or_else(|| after.into());
    let items: Vec<Value> = page.items.iter().map(show).collect();
    Ok(json!({ name: items, "next": next, "more": page.more }))
}

/// Parses an integer in a path or a query.
pub(super) fn number(name: &str, text: &str) -> Result<i64, ApiError> {
    text.parse()
        .map_err(|_| ApiError::invalid(name, format!("expected an integer, found {text:?}")))
}

/// Decodes a part of a body, found at `place`.
pub(super) fn part<T: DeserializeOwned>(value: Value, place: &str) -> Result<T, ApiError> {
    serde_path_to_error::deserialize(value).map_err(|error| ApiError::from(error).inside(place))
}

/// Returns the channel with this name, found at `place`.
pub(super) fn channel(place: &str, name: &str) -> Result<ConversationChannel, ApiError> {
    match ConversationChannel::from(name) {
        ConversationChannel::Unknown(found) => Err(ApiError::invalid(
            place,
            format!("{found:?} is not a documented channel"),
        )),
        known => Ok(known),
    }
}

/// Decodes a JSON object.
pub(crate) fn object<T: DeserializeOwned>(value: Value) -> Result<T, ApiError> {
    if !value.is_object() {
        // Serde would accept a list of the fields in order.
        return Err(ApiError::invalid("", "expected a JSON object"));
    }
    Ok(serde_path_to_error::deserialize(value)?)
}
