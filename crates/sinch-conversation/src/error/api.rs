//! The API's own error answers.

use std::fmt;
use std::time::Duration;

use http::{HeaderMap, StatusCode};

use super::{DetailKind, ErrorDetail, FieldViolation};

/// How much of the API's message goes into `Display`, in characters.
const SHOWN: usize = 300;

/// An error answer of the API.
///
/// The API has two body shapes, one with the fields under `error` and one with the fields at the top; both end
/// up here. An answer without a readable body (an HTML page of a gateway, more than 64 KiB, nothing at all) has an
/// empty message. Where the answer quotes the client's own credentials, these are masked.
#[derive(Clone)]
#[non_exhaustive]
pub struct ApiError {
    /// The HTTP status.
    pub status: StatusCode,
    /// The name of the error, such as `INVALID_ARGUMENT` or `NOT_FOUND`; `status` in the body.
    pub code: Option<String>,
    /// The API's explanation; empty when it gave none.
    pub message: String,
    /// Further details, for instance which fields were wrong. At most 16 KiB of them are kept.
    pub details: Vec<ErrorDetail>,
    /// How long the API asked to wait, when it did: in the header `Retry-After`, or else in a `RetryInfo` among
    /// the details.
    pub retry_after: Option<Duration>,
    /// The id under which Sinch can find the request, from the answer's headers.
    pub request_id: Option<String>,
    /// The headers. `Debug` does not show them.
    pub headers: HeaderMap,
}

impl ApiError {
    /// Returns the fields named by `google.rpc.BadRequest` details.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, .. }| {
    /// use sinch_conversation::Error;
    ///
    /// fn log(error: &Error) {
    ///     for violation in error.api().into_iter().flat_map(|api| api.field_violations()) {
    ///         println!("{}: {}", violation.field, violation.description);
    ///     }
    /// }
    /// # Ok(()) });
    /// ```
    pub fn field_violations(&self) -> impl Iterator<Item = &FieldViolation> {
        self.details
            .iter()
            .filter_map(|detail| match &detail.kind {
                DetailKind::BadRequest { violations } => Some(violations),
                _ => None,
            })
            .flatten()
    }

    /// The pause named by the first `google.rpc.RetryInfo` detail.
    pub(super) fn retry_info(&self) -> Option<Duration> {
        self.details.iter().find_map(|detail| match detail.kind {
            DetailKind::RetryInfo { delay } => Some(delay),
            _ => None,
        })
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the API answered {}", self.status.as_u16())?;
        if let Some(code) = &self.code {
            write!(f, " {code}")?;
        }
        if !self.message.is_empty() {
            write!(f, ": {}", one_line(&self.message))?;
        }
        if let Some(id) = &self.request_id {
            write!(f, " [request {id}]")?;
        }
        Ok(())
    }
}

/// The text without control characters, cut to a length that fits a log line.
pub(crate) fn one_line(text: &str) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    let mut line: String = text.chars().take(SHOWN).map(clean).collect();
    if text.chars().nth(SHOWN).is_some() {
        line.push('…');
    }
    line
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("status", &self.status)
            .field("code", &self.code)
            .field("message", &one_line(&self.message))
            .field("details", &format_args!("{} items", self.details.len()))
            .field("retry_after", &self.retry_after)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}
