//! A response, complete or to be aborted by an injected fault.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;

/// How a response is aborted.
#[derive(Debug, Clone)]
pub(crate) enum Break {
    /// With a TCP reset.
    Reset,
    /// After these bytes of a response that announces more.
    Cut(Bytes),
}

/// Marks a response that goes on for as long as the client reads it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Endless;

pub(crate) struct ServerResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    broken: Option<Break>,
}

impl ServerResponse {
    /// Makes a response with a JSON body.
    pub(crate) fn json(status: StatusCode, body: String) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Self {
            status,
            headers,
            body: Bytes::from(body),
            broken: None,
        }
    }

    /// Takes a response whose body is in memory.
    pub(crate) async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        Self {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, usize::MAX).await.unwrap_or_default(),
            broken: None,
        }
    }

    /// Makes no response: the connection is reset.
    pub(crate) fn reset() -> Self {
        Self {
            body: Bytes::new(),
            broken: Some(Break::Reset),
            ..Self::json(StatusCode::OK, String::new())
        }
    }

    /// Truncates the body to its first `kept` bytes, and always by at least one.
    pub(crate) fn cut(self, kept: usize) -> Self {
        let mut body = self.body.to_vec();
        if body.len() <= kept {
            body.resize(kept + 1, b' ');
        }
        let mut sent = head(self.status, &self.headers, body.len());
        body.truncate(kept);
        sent.extend_from_slice(&body);
        Self {
            body: Bytes::from(body),
            broken: Some(Break::Cut(Bytes::from(sent))),
            ..self
        }
    }

    /// Returns the status that the client receives, if any.
    pub(crate) fn seen_status(&self) -> Option<u16> {
        match self.broken {
            Some(Break::Reset) => None,
            _ => Some(self.status.as_u16()),
        }
    }

    /// Converts it for the connection; a response to be aborted carries a [`Break`] as an extension.
    pub(crate) fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        if let Some(broken) = self.broken {
            response.extensions_mut().insert(broken);
        }
        response
    }
}

/// Returns the status line and headers as sent.
fn head(status: StatusCode, headers: &HeaderMap, length: usize) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status}\r\n").into_bytes();
    for (name, value) in headers {
        if name != CONTENT_LENGTH && name != TRANSFER_ENCODING {
            head.extend_from_slice(name.as_str().as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value.as_bytes());
            head.extend_from_slice(b"\r\n");
        }
    }
    head.extend_from_slice(format!("content-length: {length}\r\n\r\n").as_bytes());
    head
}
