//! Refuses requests from pages of other origins, under foreign host names, and, beyond this machine, without a key.

use axum::http::header::{CONTENT_TYPE, HOST, HeaderName, ORIGIN, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Version};

use super::Server;
use crate::api::error::ApiError;
use crate::callbacks::AGENT;
use crate::core::addresses::Addresses;
use crate::server::access::Scheme;
use crate::server::incoming::Incoming;

/// Checks every request. A page cannot set `Origin`, `Host` or `User-Agent`.
pub(crate) fn check(addresses: &Addresses, parts: &Parts) -> Result<(), ApiError> {
    let host = host(parts)?;
    let agent = text(&parts.headers, USER_AGENT).unwrap_or_default();
    if agent.split('/').next() == AGENT.split('/').next() {
        return Err(foreign(
            "this is a callback from a sandbox: the target of its webhook must not be a sandbox",
        ));
    }
    let Some(host) = host else { return Ok(()) };
    let name = without_port(host);
    if !addresses.has_host(name) {
        return Err(foreign(format!(
            "the host {name:?} is neither an IP address nor localhost: allow it with --allow-host {name}"
        )));
    }
    match text(&parts.headers, ORIGIN) {
        Some(origin) if !is_same(origin, host) && !addresses.has_public_origin(origin) => {
            Err(foreign(format!(
                "requests from the page {origin:?} are not accepted"
            )))
        }
        _ => Ok(()),
    }
}

/// Checks the key of a request for the page or the controls, if they need one.
pub(crate) fn check_key(server: &Server, parts: &Parts) -> Result<(), ApiError> {
    if !server.controls_need_key {
        return Ok(());
    }
    let known = server.access.check(&parts.headers, Scheme::BasicOrBearer);
    known.map_err(|_| {
        // Makes a browser ask its user for the key.
        let challenge = r#"Basic realm="sinch-conversation-sandbox", charset="UTF-8""#;
        ApiError::unauthenticated(
            "the controls require a key of this sandbox",
            challenge.to_owned(),
        )
    })
}

/// Refuses a body that is not declared to be JSON, such as a form of a foreign page.
pub(crate) fn check_content_type(incoming: &Incoming) -> Result<(), ApiError> {
    let declared = text(&incoming.parts.headers, CONTENT_TYPE).unwrap_or_default();
    let media_type = declared.split(';').next().unwrap_or_default().trim();
    if !incoming.has_body() || media_type.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(ApiError::invalid(
        "content-type",
        format!("expected application/json, found {declared:?}"),
    ))
}

/// Returns the requested host, which only HTTP/1.0 may omit. The request line takes precedence over the header.
fn host(parts: &Parts) -> Result<Option<&str>, ApiError> {
    let mut hosts = parts.headers.get_all(HOST).into_iter();
    let first = hosts.next();
    if hosts.next().is_some() {
        return Err(ApiError::invalid(
            "host",
            "the header is there more than once",
        ));
    }
    if first.is_none() && parts.version >= Version::HTTP_11 {
        return Err(ApiError::invalid("host", "the header is missing"));
    }
    let header = first.map(|value| value.to_str().unwrap_or_default());
    Ok(parts.uri.authority().map(|it| it.as_str()).or(header))
}

fn foreign(message: impl Into<String>) -> ApiError {
    ApiError::new(StatusCode::FORBIDDEN, "PERMISSION_DENIED", message)
}

/// Returns a header; one that is not text counts as unknown.
fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers
        .get(name)
        .map(|value| value.to_str().unwrap_or_default())
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn is_same(origin: &str, host: &str) -> bool {
    origin
        .strip_prefix("http://")
        .is_some_and(|authority| authority.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_no_part_of_the_name() {
        for (host, name) in [
            ("localhost", "localhost"),
            ("localhost:80", "localhost"),
            ("[::1]:8080", "[::1]"),
            ("[::1]", "[::1]"),
            (":80", ""),
            ("a:b", "a:b"),
        ] {
            assert_eq!(without_port(host), name);
        }
    }

    #[test]
    fn an_origin_is_the_same_with_host_and_port() {
        assert!(is_same("http://127.0.0.1:8080", "127.0.0.1:8080"));
        for origin in [
            "null",
            "",
            "http://127.0.0.1",
            "http://127.0.0.1:8081",
            "https://127.0.0.1:8080",
        ] {
            assert!(!is_same(origin, "127.0.0.1:8080"), "{origin}");
        }
    }
}
