//! The errors of the API, as the documented error object.

use std::fmt;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{ACCEPT_ENCODING, ALLOW, CONTENT_TYPE, HeaderName, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use sinch_conversation_raw::OperationId;
use sinch_conversation_raw::wire::DecodeError;

use crate::model::check::{MOST_VIOLATIONS, Violation, summary};
use crate::store::StoreError;

/// An error response: HTTP status, the google.rpc status name, and the reason.
#[derive(Debug)]
pub(crate) struct ApiError {
    http: StatusCode,
    status: &'static str,
    message: String,
    violations: Vec<Violation>,
    /// A code of the API that is more specific than the status.
    reason: Option<&'static str>,
    header: Option<Box<(HeaderName, String)>>,
}

impl ApiError {
    pub(crate) fn new(http: StatusCode, status: &'static str, message: impl Into<String>) -> Self {
        Self {
            http,
            status,
            message: message.into(),
            violations: Vec::new(),
            reason: None,
            header: None,
        }
    }

    fn with_header(self, name: HeaderName, value: String) -> Self {
        Self {
            header: Some(Box::new((name, value))),
            ..self
        }
    }

    /// The request is invalid in one place. `field` is a path in the body, such as `recipient.contact_id`, or the name
    /// of a query parameter.
    pub(crate) fn invalid(field: impl Into<String>, description: impl Into<String>) -> Self {
        Self::invalid_all(vec![Violation::new(field, description)])
    }

    /// The request is invalid in several places; the error names the first ones.
    pub(crate) fn invalid_all(mut violations: Vec<Violation>) -> Self {
        violations.truncate(MOST_VIOLATIONS);
        let message = match violations.as_slice() {
            [violation] => format!("Invalid argument: {violation}"),
            _ => "Invalid argument".to_owned(),
        };
        Self {
            violations,
            ..Self::new(StatusCode::BAD_REQUEST, "INVALID_ARGUMENT", message)
        }
    }

    /// The request is valid but cannot be carried out, for a reason that the API has a code for.
    pub(crate) fn failed(reason: &'static str, description: &str) -> Self {
        Self {
            reason: Some(reason),
            ..Self::new(
                StatusCode::BAD_REQUEST,
                "INVALID_ARGUMENT",
                format!("{reason}: {description}"),
            )
        }
    }

    /// The resource already exists.
    pub(crate) fn already_exists(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "ALREADY_EXISTS", message)
    }

    /// The credentials are missing or wrong; `challenge` goes into `www-authenticate`.
    pub(crate) fn unauthenticated(message: impl Into<String>, challenge: String) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message)
            .with_header(WWW_AUTHENTICATE, challenge)
    }

    /// The credentials belong to another project.
    pub(crate) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "PERMISSION_DENIED", "UNAUTHORIZED")
    }

    /// The resource does not exist.
    pub(crate) fn not_found(what: &str, id: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "NOT_FOUND",
            format!("{what} {id} not found"),
        )
    }

    /// The resource has been changed since the caller read it.
    pub(crate) fn outdated(what: &str, id: &str, current: i64) -> Self {
        let message =
            format!("{what} {id} has version {current}: read it again and change that version");
        Self::new(StatusCode::CONFLICT, "ABORTED", message)
    }

    /// The path does not exist.
    pub(crate) fn no_such_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "Not Found")
    }

    /// The path was part of an earlier API.
    pub(crate) fn former_path(remedy: &str) -> Self {
        let message = format!("Not Found: {remedy}");
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
    }

    /// The path exists with other methods only.
    pub(crate) fn wrong_method(allowed: &[&'static str]) -> Self {
        let status = StatusCode::METHOD_NOT_ALLOWED;
        Self::new(status, "UNIMPLEMENTED", "Method Not Allowed")
            .with_header(ALLOW, allowed.join(", "))
    }

    /// The operation is documented, but not implemented by the sandbox.
    pub(crate) fn unimplemented(operation: OperationId) -> Self {
        let message = format!("{operation} is not implemented by the sandbox");
        Self::new(StatusCode::NOT_IMPLEMENTED, "UNIMPLEMENTED", message)
    }

    /// A limited resource is used up for now.
    pub(crate) fn exhausted(message: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "RESOURCE_EXHAUSTED", message)
    }

    /// The body is longer than the sandbox accepts.
    pub(crate) fn too_large(limit: usize) -> Self {
        let message = format!("the body is longer than {limit} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "INVALID_ARGUMENT", message)
    }

    /// The content encoding of the body is not supported.
    pub(crate) fn unknown_encoding() -> Self {
        let message = "content-encoding: expected one of gzip, deflate, identity";
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "INVALID_ARGUMENT",
            message,
        )
        .with_header(ACCEPT_ENCODING, "gzip, deflate, identity".to_owned())
    }

    /// The body did not arrive in time.
    pub(crate) fn too_slow(within: Duration) -> Self {
        let message = format!("the body did not arrive within {} ms", within.as_millis());
        Self::new(StatusCode::REQUEST_TIMEOUT, "DEADLINE_EXCEEDED", message)
    }

    /// The project exceeds its rate limit.
    pub(crate) fn too_many_requests() -> Self {
        Self::exhausted("the project exceeds its rate limit of requests per second")
    }

    /// A test has injected this error.
    pub(crate) fn injected(http: StatusCode) -> Self {
        let status = match http.as_u16() {
            400 | 413 => "INVALID_ARGUMENT",
            401 => "UNAUTHENTICATED",
            403 => "PERMISSION_DENIED",
            404 => "NOT_FOUND",
            405 | 501 => "UNIMPLEMENTED",
            408 | 504 => "DEADLINE_EXCEEDED",
            409 => "ALREADY_EXISTS",
            429 => "RESOURCE_EXHAUSTED",
            499 => "CANCELLED",
            500 => "INTERNAL",
            502 | 503 => "UNAVAILABLE",
            _ => "UNKNOWN",
        };
        Self::new(http, status, "an injected fault")
    }

    /// Puts the name of a part of the body in front of the fields.
    pub(crate) fn within(mut self, part: &str) -> Self {
        for violation in &mut self.violations {
            violation.field = match violation.field.as_str() {
                "" => part.to_owned(),
                field => format!("{part}.{field}"),
            };
        }
        self
    }

    /// Turns the error of a nested request into an invalid argument of the whole one. An internal error stays as it is.
    pub(crate) fn inside(self, place: &str) -> Self {
        if self.http.is_server_error() {
            self
        } else if self.violations.is_empty() {
            Self::invalid(place, self.message)
        } else {
            Self::invalid_all(self.within(place).violations)
        }
    }

    /// Describes the error in one line.
    pub(crate) fn summary(&self) -> String {
        if self.violations.is_empty() {
            self.message.clone()
        } else {
            summary(&self.violations)
        }
    }

    /// The sandbox itself failed.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", message)
    }

    pub(crate) fn body(&self) -> Value {
        let mut details = Vec::new();
        if !self.violations.is_empty() {
            details.push(self.bad_request());
        }
        if let Some(reason) = self.reason {
            details.push(json!({
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": reason,
                "domain": "conversation.api.sinch.com",
            }));
        }
        json!({"error": {
            "code": self.http.as_u16(),
            "message": self.message,
            "status": self.status,
            "details": details,
        }})
    }

    fn bad_request(&self) -> Value {
        let violations: Vec<Value> = self
            .violations
            .iter()
            .map(
                |violation| json!({"field": violation.field, "description": violation.description}),
            )
            .collect();
        json!({"@type": "type.googleapis.com/google.rpc.BadRequest", "field_violations": violations})
    }
}

impl From<Vec<Violation>> for ApiError {
    fn from(violations: Vec<Violation>) -> Self {
        Self::invalid_all(violations)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::internal(error.to_string())
    }
}

impl From<DecodeError> for ApiError {
    fn from(error: DecodeError) -> Self {
        Self::invalid(
            error.path(),
            format!("expected {}, found {}", error.expected(), error.found()),
        )
    }
}

impl<E: fmt::Display> From<serde_path_to_error::Error<E>> for ApiError {
    fn from(error: serde_path_to_error::Error<E>) -> Self {
        let path = error.path().to_string();
        let path = if path == "." { "" } else { &path };
        Self::invalid(path, error.inner().to_string())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body().to_string()));
        *response.status_mut() = self.http;
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some((name, value)) = self.header.map(|header| *header)
            && let Ok(value) = HeaderValue::from_str(&value)
        {
            response.headers_mut().insert(name, value);
        }
        response
    }
}
