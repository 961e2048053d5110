//! From an error answer to [`ApiError`], whatever shape its body has.

use std::time::SystemTime;

use serde_json::Value;

use super::{ApiError, ErrorDetail};
use crate::auth::mask::Mask;
use crate::transport::{AttemptResponse, request_id, retry_after};

/// How much of the details is kept, in bytes as they were sent. Errors may be kept by the thousand.
const DETAILS: usize = 16 << 10;

impl ApiError {
    /// Reads an error response, without the credentials that it may contain; those in its headers are masked already.
    /// Never fails: what cannot be read is left empty.
    pub(crate) fn read(answer: &AttemptResponse, mask: &Mask) -> Self {
        let mut error = Self {
            status: answer.status,
            code: None,
            message: String::new(),
            details: Vec::new(),
            retry_after: None,
            request_id: request_id(&answer.headers).map(str::to_owned),
            headers: answer.headers.clone(),
        };
        let mut body = serde_json::from_slice(&answer.body).unwrap_or_default();
        mask.json(&mut body);
        match body {
            Value::Object(mut fields) => match fields.remove("error") {
                Some(Value::Object(nested)) => error.fill(nested),
                // A gateway puts plain text, or an OAuth2 code, where the API has an object.
                Some(Value::String(text)) if !fields.contains_key("message") => {
                    error.message = text
                }
                _ => error.fill(fields),
            },
            Value::String(text) => error.message = text,
            _ => {}
        }
        let wait = retry_after(&answer.headers, SystemTime::now());
        error.retry_after = wait.or_else(|| error.retry_info());
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
            self.details = within(DETAILS, details).map(ErrorDetail::read).collect();
        }
    }
}

/// The details from the first on that are together not longer than the limit.
fn within(limit: usize, details: Vec<Value>) -> impl Iterator<Item = Value> {
    let mut length = 0;
    details.into_iter().take_while(move |detail| {
        length += detail.to_string().len();
        length <= limit
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::{HeaderMap, HeaderValue, StatusCode};
    use serde_json::json;

    use super::*;

    fn read(body: &str) -> ApiError {
        read_all(&HeaderMap::new(), body.as_bytes())
    }

    fn read_all(headers: &HeaderMap, body: &[u8]) -> ApiError {
        let answer = AttemptResponse {
            status: StatusCode::BAD_REQUEST,
            headers: headers.clone(),
            body: body.to_owned().into(),
        };
        ApiError::read(
            &answer,
            &Mask::of(&HeaderValue::from_static("Bearer t0ken")),
        )
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
        assert_eq!(read_all(&HeaderMap::new(), &[0xff, 0xfe]).message, "");
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
        let wait = |headers: &HeaderMap| read_all(headers, body.to_string().as_bytes()).retry_after;
        let mut headers = HeaderMap::new();
        assert_eq!(wait(&headers), Some(Duration::from_secs(7)));
        headers.insert("retry-after", "3".parse().unwrap());
        assert_eq!(wait(&headers), Some(Duration::from_secs(3)));
        headers.insert("retry-after", "soon".parse().unwrap());
        assert_eq!(wait(&headers), Some(Duration::from_secs(7)));
    }

    #[test]
    fn details_are_kept_up_to_a_limit() {
        let detail = json!({"note": "x".repeat(1000)});
        let body = |count| json!({"error": {"details": vec![&detail; count]}}).to_string();
        assert_eq!(read(&body(10)).details.len(), 10);
        assert_eq!(read(&body(50)).details.len(), 16);
    }

    #[test]
    fn the_token_is_masked_wherever_it_comes_back() {
        let body = json!({"status": "t0ken", "message": "no, t0ken", "details": [{"t0ken": 1}]});
        let error = read(&body.to_string());
        assert_eq!(
            (error.code.as_deref(), error.message.as_str()),
            (Some("[masked]"), "no, [masked]")
        );
        assert_eq!(error.details[0].raw, json!({"[masked]": 1}));
    }

    #[test]
    fn request_id_comes_from_the_headers() {
        let mut headers = HeaderMap::new();
        headers.insert("request-id", "r-2".parse().unwrap());
        headers.insert("x-request-id", "r-1".parse().unwrap());
        let error = read_all(&headers, b"");
        assert_eq!(error.request_id.as_deref(), Some("r-1"));
        headers.insert("x-request-id", "x".repeat(1000).parse().unwrap());
        assert_eq!(read_all(&headers, b"").request_id.as_deref(), Some("r-2"));
    }
}
