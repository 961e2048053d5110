//! `POST /oauth2/token`: access tokens for client credentials. Errors have the form of OAuth, not of the API.

use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::Server;
use super::incoming::Incoming;
use crate::api::error::ApiError;
use crate::server::access::{Key, basic_key};
use crate::server::request_log::OpenRequest;
use crate::server::response::ServerResponse;

/// The path of the token endpoint.
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

    fn into_answer(self) -> ServerResponse {
        let mut answer = respond(self.http, &error_body(self.error, &self.description));
        if self.http == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static(r#"Basic realm="sinch""#);
            answer.headers.insert(WWW_AUTHENTICATE, challenge);
        }
        answer
    }
}

/// Responds to a token request. If the headers decide the response, the body is not read.
pub(crate) async fn answer(
    server: &Server,
    incoming: &mut Incoming,
    entry: &mut OpenRequest<'_>,
) -> Result<ServerResponse, ApiError> {
    let key = match check_head(server, &incoming.parts) {
        Ok(key) => key,
        Err(refusal) => return Ok(refusal.into_answer()),
    };
    let received = incoming.read(&server.bodies).await?;
    entry.received(&received.bytes);
    Ok(match issue(server, key, &received.bytes) {
        Ok(token) => respond(StatusCode::OK, &token),
        Err(refusal) => refusal.into_answer(),
    })
}

fn error_body(error: &str, description: &str) -> Value {
    json!({
        "error": error,
        "error_description": description,
        "error_verbose": description,
    })
}

/// Returns the error object for an injected status.
pub(crate) fn injected_body(status: StatusCode) -> Value {
    let error = match status.as_u16() {
        401 => "invalid_client",
        403 => "access_denied",
        429 | 503 => "temporarily_unavailable",
        400..=499 => "invalid_request",
        _ => "server_error",
    };
    error_body(error, "an injected fault")
}

/// Checks the headers. Returns the key, if they hold it.
fn check_head(server: &Server, parts: &Parts) -> Result<Option<Key>, Refusal> {
    if !server.rate_limits.admits_token() {
        return Err(Refusal::new(
            StatusCode::TOO_MANY_REQUESTS,
            "temporarily_unavailable",
            "too many token requests",
        ));
    }
    if parts.method != Method::POST {
        return Err(Refusal::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "invalid_request",
            "the method has to be POST",
        ));
    }
    check_content_type(&parts.headers)?;
    let Some(value) = parts.headers.get(AUTHORIZATION) else {
        return Ok(None);
    };
    let key = basic_key(value.to_str().unwrap_or_default())
        .ok_or_else(|| Refusal::client("the Authorization header has no Basic credentials"))?;
    check_key(server, &key)?;
    Ok(Some(key))
}

fn check_key(server: &Server, key: &Key) -> Result<(), Refusal> {
    if server.access.accepts(key) {
        Ok(())
    } else {
        Err(Refusal::client("unknown key id or wrong key secret"))
    }
}

fn issue(server: &Server, key: Option<Key>, body: &[u8]) -> Result<Value, Refusal> {
    let form: Form = form_urlencoded::parse(body).into_owned().collect();
    match field(&form, "grant_type") {
        Some("client_credentials") => {}
        Some(other) => {
            let description =
                format!("grant_type {other:?} is not supported: use client_credentials");
            return Err(Refusal::new(
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                description,
            ));
        }
        None => return Err(Refusal::request("the form parameter grant_type is missing")),
    }
    let key = match key {
        Some(key) => key,
        None => key_in(&form)?,
    };
    check_key(server, &key)?;
    Ok(json!({
        "access_token": server.access.issue(&key.id),
        "expires_in": server.access.lifetime_seconds(),
        "scope": "",
        "token_type": "bearer",
    }))
}

type Form = Vec<(String, String)>;

fn check_content_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(());
    }
    Err(Refusal::request(
        "the body has to be application/x-www-form-urlencoded",
    ))
}

fn field<'a>(form: &'a Form, name: &str) -> Option<&'a str> {
    form.iter()
        .find(|(found, _)| found == name)
        .map(|(_, value)| value.as_str())
}

fn key_in(form: &Form) -> Result<Key, Refusal> {
    let id = field(form, "client_id")
        .ok_or_else(|| Refusal::client("the request has no client credentials"))?;
    let secret = field(form, "client_secret").unwrap_or_default();
    Ok(Key {
        id: id.to_owned(),
        secret: secret.to_owned(),
    })
}

fn respond(status: StatusCode, body: &Value) -> ServerResponse {
    let mut answer = ServerResponse::json(status, body.to_string());
    answer.headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/json;charset=UTF-8"),
    );
    answer
        .headers
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
