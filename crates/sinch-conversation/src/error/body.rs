//! From an error answer to [`ApiError`], whatever shape its body has.

use std::time::SystemTime;

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::{ApiError, ErrorDetail};
use crate::transport::retry_after;

/// Headers in which gateways name a request, the most usual first.
const REQUEST_ID: [&str; 3] = ["x-request-id", "request-id", "x-correlation-id"];

/// The longest request id that is kept, in bytes. Longer ones are no ids.
const LONGEST_ID: usize = 128;

impl ApiError {
    /// Reads an error answer. Never fails: what cannot be read is left empty.
    pub(crate) fn read(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let mut error = Self {
            status,
            code: None,
            message: String::new(),
            details: Vec::new(),
            retry_after: None,
            request_id: request_id(headers),
        };
        match serde_json::from_slice(body) {
            Ok(Value::Object(mut fields)) => match fields.remove("error") {
                Some(Value::Object(nested)) => error.fill(nested),
                // A gateway puts plain text, or an OAuth2 code, where the API has an object.
                Some(Value::String(text)) if !fields.contains_key("message") => {
                    error.message = text
                }
                _ => error.fill(fields),
            },
            Ok(Value::String(text)) => error.message = text,
            _ => {}
        }
        error.retry_after = retry_after(headers, SystemTime::now()).or_else(|| error.retry_info());
        error
    }

    fn fill(&mut self, mut fields: serde_json::Map<String, Value>) {
        if let Some(Value::String(code)) = fields.remove("status") {
            self.code = Some(code);
        }
        if let Some(Value::String(message)) = fields.remove("message") {
            self.message = message;
        }
        if let Some(Value::Array(details)) = fields.remove("details") {
            self.details = details.into_iter().map(ErrorDetail::read).collect();
        }
    }
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    REQUEST_ID
        .iter()
        .filter_map(|name| headers.get(*name)?.to_str().ok())
        .find(|id| !id.is_empty() && id.len() <= LONGEST_ID)
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    fn read(body: &str) -> ApiError {
        ApiError::read(StatusCode::BAD_REQUEST, &HeaderMap::new(), body.as_bytes())
    }

    #[test]
    fn nested_shape() {
        let body = json!({"error": {"code": 400, "message": "bad", "status": "INVALID_ARGUMENT", "details": [
            {"@type": "type.googleapis.com/google.rpc.BadRequest",
             "field_violations": [{"field": "app_id", "description": "not a ULID"}]}]}});
        let error = read(&body.to_string());
        assert_eq!(error.code.as_deref(), Some("INVALID_ARGUMENT"));
        assert_eq!(error.message, "bad");
        let violations: Vec<_> = error
            .field_violations()
            .map(|violation| (violation.field.as_str(), violation.description.as_str()))
            .collect();
        assert_eq!(violations, [("app_id", "not a ULID")]);
    }

    #[test]
    fn flat_shape() {
        let error =
            read(r#"{"code": 403, "message": "no", "status": "PERMISSION_DENIED", "details": []}"#);
        assert_eq!(
            (error.code.as_deref(), error.message.as_str()),
            (Some("PERMISSION_DENIED"), "no")
        );
    }

    #[test]
    fn flat_shape_beside_a_text_under_error() {
        let error = read(
            r#"{"error": "malformed", "message": "Invalid argument", "status": "INVALID_ARGUMENT"}"#,
        );
        assert_eq!(
            (error.code.as_deref(), error.message.as_str()),
            (Some("INVALID_ARGUMENT"), "Invalid argument")
        );
    }

    #[test]
    fn text_under_error() {
        assert_eq!(
            read(r#"{"error": "token expired"}"#).message,
            "token expired"
        );
    }

    #[test]
    fn unreadable_bodies_leave_the_fields_empty() {
        for body in [
            "",
            "<html><body>Bad gateway</body></html>",
            "{\"error\": {\"mess",
            "[]",
            "null",
            "7",
            "{}",
        ] {
            let error = read(body);
            assert_eq!(
                (error.code, error.message.as_str(), error.details.len()),
                (None, "", 0),
                "{body}"
            );
        }
        assert_eq!(
            ApiError::read(StatusCode::OK, &HeaderMap::new(), &[0xff, 0xfe]).message,
            ""
        );
    }

    #[test]
    fn wrong_types_of_single_fields_are_skipped() {
        let error =
            read(r#"{"error": {"code": "x", "message": 7, "status": null, "details": {}}}"#);
        assert_eq!((error.code, error.message.as_str()), (None, ""));
    }

    #[test]
    fn the_header_says_how_long_to_wait_and_else_the_details_do() {
        let body = json!({"error": {"details": [1,
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retry_delay": "7s"}]}});
        let wait = |headers: &HeaderMap| {
            ApiError::read(
                StatusCode::SERVICE_UNAVAILABLE,
                headers,
                body.to_string().as_bytes(),
            )
            .retry_after
        };
        let mut headers = HeaderMap::new();
        assert_eq!(wait(&headers), Some(Duration::from_secs(7)));
        headers.insert("retry-after", "3".parse().unwrap());
        assert_eq!(wait(&headers), Some(Duration::from_secs(3)));
        headers.insert("retry-after", "soon".parse().unwrap());
        assert_eq!(wait(&headers), Some(Duration::from_secs(7)));
    }

    #[test]
    fn request_id_comes_from_the_headers() {
        let mut headers = HeaderMap::new();
        headers.insert("request-id", "r-2".parse().unwrap());
        headers.insert("x-request-id", "r-1".parse().unwrap());
        let error = ApiError::read(StatusCode::NOT_FOUND, &headers, b"");
        assert_eq!(error.request_id.as_deref(), Some("r-1"));
        headers.insert("x-request-id", "x".repeat(1000).parse().unwrap());
        assert_eq!(
            ApiError::read(StatusCode::NOT_FOUND, &headers, b"")
                .request_id
                .as_deref(),
            Some("r-2")
        );
    }
}
