//! `POST /oauth2/token`: access tokens for client credentials. Errors have the shape of OAuth, not of the API.

use axum::body::{Body, Bytes};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::access::{Key, basic_key};
use crate::core::Core;

/// Path of the token endpoint.
pub(crate) const PATH: &str = "/oauth2/token";

struct Refusal {
    http: StatusCode,
    error: &'static str,
    description: String,
}

impl Refusal {
    fn new(http: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self {
            http,
            error,
            description: description.into(),
        }
    }

    fn request(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    fn client(description: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_client", description)
    }
}

/// Answers a request for a token.
pub(crate) fn answer(core: &Core, method: &Method, headers: &HeaderMap, body: &Bytes) -> Response {
    match issue(core, method, headers, body) {
        Ok(token) => respond(StatusCode::OK, &token),
        Err(refusal) => {
            let body = error_body(refusal.error, &refusal.description);
            let mut response = respond(refusal.http, &body);
            if refusal.http == StatusCode::UNAUTHORIZED {
                let challenge = HeaderValue::from_static(r#"Basic realm="sinch""#);
                response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
            }
            response
        }
    }
}

fn error_body(error: &str, description: &str) -> Value {
    json!({
        "error": error,
        "error_description": description,
        "error_verbose": description,
    })
}

/// The error object of a status that a test wants instead of an answer.
pub(crate) fn injected_body(status: StatusCode) -> Value {
    let error = match status.as_u16() {
        401 => "invalid_client",
        403 => "access_denied",
        429 | 503 => "temporarily_unavailable",
        400..=499 => "invalid_request",
        _ => "server_error",
    };
    error_body(error, "a fault that was injected")
}

fn issue(
    core: &Core,
    method: &Method,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Value, Refusal> {
    if !core.pace.admits_token() {
        return Err(Refusal::new(
            StatusCode::TOO_MANY_REQUESTS,
            "temporarily_unavailable",
            "too many requests for tokens",
        ));
    }
    if method != Method::POST {
        return Err(Refusal::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "invalid_request",
            "the method has to be POST",
        ));
    }
    let form = read_form(headers, body)?;
    match field(&form, "grant_type") {
        Some("client_credentials") => {}
        Some(other) => {
            let description =
                format!("grant_type {other:?} is not supported, use client_credentials");
            return Err(Refusal::new(
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                description,
            ));
        }
        None => return Err(Refusal::request("the form parameter grant_type is missing")),
    }
    let key = find_key(headers, &form)?;
    if !core.access.knows(&key) {
        return Err(Refusal::client("unknown key id or wrong key secret"));
    }
    let now = core.clock.now();
    Ok(json!({
        "access_token": core.access.issue(&key.id, core.ids.next(now), now),
        "expires_in": core.access.lifetime_seconds(),
        "scope": "",
        "token_type": "bearer",
    }))
}

type Form = Vec<(String, String)>;

fn read_form(headers: &HeaderMap, body: &Bytes) -> Result<Form, Refusal> {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Refusal::request(
            "the body has to be application/x-www-form-urlencoded",
        ));
    }
    Ok(form_urlencoded::parse(body).into_owned().collect())
}

fn field<'a>(form: &'a Form, name: &str) -> Option<&'a str> {
    form.iter()
        .find(|(found, _)| found == name)
        .map(|(_, value)| value.as_str())
}

fn find_key(headers: &HeaderMap, form: &Form) -> Result<Key, Refusal> {
    if let Some(value) = headers.get(AUTHORIZATION) {
        return basic_key(value.to_str().unwrap_or_default())
            .ok_or_else(|| Refusal::client("the Authorization header holds no Basic credentials"));
    }
    let id = field(form, "client_id")
        .ok_or_else(|| Refusal::client("no client credentials in the request"))?;
    let secret = field(form, "client_secret").unwrap_or_default();
    Ok(Key {
        id: id.to_owned(),
        secret: secret.to_owned(),
    })
}

fn respond(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/json;charset=UTF-8"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
