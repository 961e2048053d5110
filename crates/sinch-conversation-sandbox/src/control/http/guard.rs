//! Keeps out pages of other origins that are open in a browser on this machine. A page cannot set `Origin` or `Host`,
//! and cannot send JSON elsewhere without being asked for its origin first.

use std::net::IpAddr;

use axum::http::header::{CONTENT_TYPE, HOST, HeaderName, ORIGIN};
use axum::http::{HeaderMap, StatusCode};

use crate::http::fault::Fault;
use crate::http::incoming::Incoming;

/// Refuses requests under a name that anybody may have given this machine, and those that a foreign page makes.
pub(crate) fn check_origin(headers: &HeaderMap) -> Result<(), Fault> {
    let host = text(headers, HOST).unwrap_or_default();
    if !is_local(host) {
        return Err(foreign(format!(
            "the host {host:?} is neither an IP address nor localhost"
        )));
    }
    match text(headers, ORIGIN) {
        Some(origin) if !is_same(origin, host) => Err(foreign(format!(
            "requests from the page {origin:?} are not accepted"
        ))),
        _ => Ok(()),
    }
}

/// Refuses a body that is not declared to be JSON, as forms of foreign pages are.
pub(super) fn check_content_type(incoming: &Incoming) -> Result<(), Fault> {
    let declared = text(&incoming.parts.headers, CONTENT_TYPE).unwrap_or_default();
    let media_type = declared.split(';').next().unwrap_or_default().trim();
    if !incoming.has_body() || media_type.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Fault::invalid(
        "content-type",
        format!("expected application/json, found {declared:?}"),
    ))
}

fn foreign(message: String) -> Fault {
    Fault::new(StatusCode::FORBIDDEN, "PERMISSION_DENIED", message)
}

/// The header; one that is no text is like none that fits.
fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers
        .get(name)
        .map(|value| value.to_str().unwrap_or_default())
}

fn is_local(host: &str) -> bool {
    let name = without_port(host);
    let lower = name.to_ascii_lowercase();
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    lower == "localhost" || lower.ends_with(".localhost") || bare.parse::<IpAddr>().is_ok()
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
    fn tells_local_names_from_others() {
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "sandbox.localhost:1",
            "127.0.0.1:8080",
            "192.168.0.7",
            "[::1]:8080",
            "[::1]",
        ] {
            assert!(is_local(host), "{host}");
        }
        for host in [
            "",
            "example.com",
            "127.0.0.1.example.com:80",
            "localhost.example.com",
            "notlocalhost",
            ":80",
        ] {
            assert!(!is_local(host), "{host}");
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
