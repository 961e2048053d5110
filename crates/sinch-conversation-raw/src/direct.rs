//! Sends requests with nothing but `reqwest`.

use std::fmt;

use reqwest::{
    StatusCode,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap},
};

use crate::{
    Request,
    types::ApiError,
    wire::{JsonError, Wire},
};

/// A successful response.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Response<T> {
    /// Status code.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// The decoded body.
    pub body: T,
}

/// Sends each request once, unchanged, to one host.
///
/// Credentials can be default headers of the `reqwest::Client`.
#[derive(Debug, Clone)]
pub struct Direct {
    http: reqwest::Client,
    host: String,
}

/// Why [`Direct`] returns no response of the documented form.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// No complete response arrived.
    Http(reqwest::Error),
    /// The API returned an error.
    Api {
        /// Status code.
        status: StatusCode,
        /// Headers.
        headers: Box<HeaderMap>,
        /// The body; empty if it is not of the documented form.
        error: Box<ApiError>,
    },
    /// The body of a successful response does not have the documented form.
    Decode(JsonError),
}

impl Direct {
    /// Creates a sender for a host such as `https://eu.conversation.api.sinch.com`.
    pub fn new(http: reqwest::Client, host: impl Into<String>) -> Self {
        Self {
            http,
            host: host.into(),
        }
    }

    /// Sends a request and decodes the response.
    ///
    /// # Errors
    /// When there is no response, or an error response, or one of another form.
    pub async fn send<R: Wire>(&self, request: Request<R>) -> Result<Response<R>, Error> {
        let url = format!("{}{}", self.host, request.path_and_query());
        let method = request.operation().method.parse().unwrap_or_default();
        let mut http = self
            .http
            .request(method, url)
            .header(ACCEPT, "application/json");
        if let Some(body) = request.body() {
            http = http
                .header(CONTENT_TYPE, "application/json")
                .body(body.clone());
        }
        let mut answer = http.send().await?;
        let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
        let body = answer.bytes().await?;
        if !status.is_success() {
            return Err(Error::Api {
                status,
                headers: Box::new(headers),
                error: Box::new(ApiError::from_json(&body).unwrap_or_default()),
            });
        }
        Ok(Response {
            status,
            headers,
            body: request.decode(&body).map_err(Error::Decode)?,
        })
    }
}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(error) => error.fmt(f),
            Self::Api { status, .. } => write!(f, "the API responded with {status}"),
            Self::Decode(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Http(error) => error.source(),
            Self::Api { .. } => None,
            Self::Decode(error) => Some(error),
        }
    }
}
