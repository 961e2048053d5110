//! One attempt to deliver a callback.

use std::error::Error;

use reqwest::header::CONTENT_TYPE;
use reqwest::{RequestBuilder, StatusCode};

use super::{bearer, sign};
use crate::core::Core;
use crate::log::Attempt;
use crate::store::callbacks::Head;

/// Posts the callback.
pub(super) async fn post(core: &Core, callback: &Head) -> Attempt {
    let (status, problem) = match exchange(core, callback).await {
        Ok(status) => (Some(status.as_u16()), None),
        Err(problem) => (None, Some(problem)),
    };
    Attempt {
        at: core.clock.now(),
        status,
        problem,
    }
}

async fn exchange(core: &Core, callback: &Head) -> Result<StatusCode, String> {
    let request = core
        .http
        .post(&callback.target)
        .header(CONTENT_TYPE, "application/json");
    let mut request = sign(core, callback, request).body(callback.body.clone());
    if let Some(credentials) = &callback.credentials {
        request = request.bearer_auth(bearer::token(core, credentials).await?);
    }
    let response = request.send().await.map_err(|error| describe(&error))?;
    if let Some(credentials) = &callback.credentials
        && response.status() == StatusCode::UNAUTHORIZED
    {
        core.bearers.forget(credentials);
    }
    Ok(response.status())
}

/// Adds the headers of the signature when there is a secret. Each attempt has its own nonce and timestamp.
fn sign(core: &Core, callback: &Head, request: RequestBuilder) -> RequestBuilder {
    if callback.secret.is_empty() {
        return request;
    }
    let now = core.clock.now();
    let (nonce, timestamp) = (core.ids.next(now), now.timestamp());
    let signature = sign::sign(&callback.secret, &callback.body, &nonce, timestamp);
    request
        .header("x-sinch-webhook-signature", signature)
        .header("x-sinch-webhook-signature-nonce", nonce)
        .header("x-sinch-webhook-signature-timestamp", timestamp)
        .header("x-sinch-webhook-signature-algorithm", sign::ALGORITHM)
}

/// The error with its causes; without the URL, which may hold a secret.
pub(super) fn describe(error: &reqwest::Error) -> String {
    let mut text = match error {
        error if error.is_timeout() => "timed out".to_owned(),
        error if error.is_connect() => "cannot connect".to_owned(),
        error if error.is_builder() => "the URL cannot be called".to_owned(),
        _ => "the request failed".to_owned(),
    };
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
