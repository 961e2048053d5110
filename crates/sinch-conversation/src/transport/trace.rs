//! Spans in the terms of OpenTelemetry's conventions for HTTP clients.
//!
//! `url.full` and the query are left out, though the conventions want them: they hold ids and addresses of
//! people. The template of the path says which operation it was.

use http::StatusCode;
use reqwest::Url;
use sinch_conversation_raw::Operation;
use tracing::Span;
use tracing::field::Empty;

use super::Failure;
use crate::metrics::ErrorType;

/// The span of a call with all its attempts.
pub(super) fn call_span(operation: &Operation) -> Span {
    tracing::info_span!(
        "sinch_call",
        otel.name = operation.id.as_str(),
        otel.kind = "internal",
        otel.status_code = Empty,
        operation = operation.id.as_str(),
        attempts = Empty,
        error.type = Empty,
    )
}

/// Notes in the span of a call how it ended.
pub(super) fn end_call(span: &Span, attempts: u32, error: Option<ErrorType>) {
    span.record("attempts", attempts);
    fail(span, error);
}

/// The span of one request: `resend` is 0 for the first of a call.
pub(crate) fn request_span(
    method: &'static str,
    template: &'static str,
    url: &Url,
    resend: u32,
) -> Span {
    let span = tracing::info_span!(
        "http_request",
        otel.name = %format_args!("{method} {template}"),
        otel.kind = "client",
        otel.status_code = Empty,
        http.request.method = method,
        http.request.resend_count = Empty,
        http.response.status_code = Empty,
        server.address = url.host_str().unwrap_or_default(),
        server.port = url.port_or_known_default(),
        url.scheme = url.scheme(),
        url.template = template,
        error.type = Empty,
    );
    if resend > 0 {
        span.record("http.request.resend_count", resend);
    }
    span
}

/// Notes in the span of a request how it ended.
pub(crate) fn end_request(span: &Span, status: Option<StatusCode>, error: Option<ErrorType>) {
    if let Some(status) = status {
        span.record("http.response.status_code", status.as_u16());
    }
    fail(span, error);
}

fn fail(span: &Span, error: Option<ErrorType>) {
    if let Some(error) = error {
        span.record("error.type", tracing::field::display(error));
        span.record("otel.status_code", "ERROR");
    }
}

/// How a request ended, as spans and metrics report it.
pub(crate) fn completion(end: Failure) -> (Option<StatusCode>, Option<ErrorType>) {
    match end {
        Failure::Status(status) if status.is_success() => (Some(status), None),
        Failure::Status(status) => (Some(status), Some(ErrorType::Status(status))),
        Failure::Connect => (None, Some(ErrorType::Connect)),
        Failure::Disconnected => (None, Some(ErrorType::Disconnected)),
        Failure::Timeout => (None, Some(ErrorType::Timeout)),
        Failure::TooLarge => (None, Some(ErrorType::Decode)),
        Failure::Middleware { .. } => (None, Some(ErrorType::Middleware)),
    }
}
