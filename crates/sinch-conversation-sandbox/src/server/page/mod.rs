//! The page at `/`, which shows what happens in the sandbox. Its files are part of the program; it loads nothing from
//! elsewhere.

mod files;

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::api::error::ApiError;
use files::File;

/// Scripts and styles come from the sandbox only, and text never becomes markup. Pictures in messages are elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: http:; \
    connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

/// Returns whether a path belongs to the page.
pub(crate) fn serves(path: &str) -> bool {
    path == "/" || path.starts_with(files::FOLDER)
}

/// Responds to a request for a file of the page.
pub(crate) fn answer(parts: &Parts) -> Response {
    match find(parts) {
        Ok(file) => send(file, &parts.headers),
        Err(error) => error.into_response(),
    }
}

fn find(parts: &Parts) -> Result<&'static File, ApiError> {
    if !matches!(parts.method, Method::GET | Method::HEAD) {
        return Err(ApiError::wrong_method(&["GET", "HEAD"]));
    }
    files::find(parts.uri.path()).ok_or_else(ApiError::no_such_path)
}

/// Sends a file. A browser revalidates its copy each time, so that a newer program shows its own files.
fn send(file: &'static File, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(Sha256::digest(file.text)));
    let known = headers
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let body = if known { "" } else { file.text };
    let mut response = Response::new(Body::from(body));
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let fields = response.headers_mut();
    fields.insert(CONTENT_TYPE, HeaderValue::from_static(file.content_type()));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        fields.insert(ETAG, tag);
    }
    for (name, value) in [
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ] {
        fields.insert(name, HeaderValue::from_static(value));
    }
    response
}
