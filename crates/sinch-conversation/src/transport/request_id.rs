//! The id by which Sinch can find a request.

use http::HeaderMap;

/// Headers in which gateways name a request, the most usual first.
const NAMES: [&str; 3] = ["x-request-id", "request-id", "x-correlation-id"];

/// The longest request id, in bytes. A longer one is no id.
const LONGEST: usize = 128;

/// The id in the headers of an answer.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    NAMES
        .iter()
        .filter_map(|name| headers.get(*name)?.to_str().ok())
        .find(|id| !id.is_empty() && id.len() <= LONGEST)
}
