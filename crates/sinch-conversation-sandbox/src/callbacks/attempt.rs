//! One attempt to deliver a callback.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;

use super::{CallbackClient, bearer, describe, sign};
use crate::model::callback::Attempt;
use crate::model::redact::HIDDEN;
use crate::store::callbacks::Head;

/// The most bytes of a response that are kept.
const KEPT: usize = 4 * 1024;

/// How long the body of a response may take. It is only logged, so the limit is short.
const PATIENCE: Duration = Duration::from_secs(1);

/// Posts the callback.
pub(super) async fn post(client: &CallbackClient, callback: &Head) -> Attempt {
    let headers = sign(client, callback);
    let (status, response, problem) = match exchange(client, callback, &headers).await {
        Ok((status, response)) => (Some(status.as_u16()), Some(response), None),
        Err(problem) => (None, None, Some(problem)),
    };
    Attempt {
        at: client.store.state.clock.now(),
        status,
        problem,
        headers,
        response,
        replay: false,
    }
}

async fn exchange(
    client: &CallbackClient,
    callback: &Head,
    headers: &BTreeMap<String, String>,
) -> Result<(StatusCode, String), String> {
    let mut request = client
        .http
        .post(&callback.target)
        .header(CONTENT_TYPE, "application/json")
        .body(callback.body.clone());
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let mut token = String::new();
    if let Some(credentials) = &callback.credentials {
        token = bearer::token(client, credentials).await?;
        request = request.bearer_auth(&token);
    }
    let response = request.send().await.map_err(|error| describe(&error))?;
    let status = response.status();
    if let Some(credentials) = &callback.credentials
        && status == StatusCode::UNAUTHORIZED
    {
        client.bearers.forget(credentials);
    }
    Ok((status, read(response, &token).await))
}

/// Returns the headers of the signature, if there is a secret. Each attempt has its own nonce and timestamp.
fn sign(client: &CallbackClient, callback: &Head) -> BTreeMap<String, String> {
    if callback.secret.is_empty() {
        return BTreeMap::new();
    }
    let now = client.store.state.clock.now();
    let (nonce, timestamp) = (client.store.state.ids.next(now), now.timestamp());
    let signature = sign::sign(&callback.secret, &callback.body, &nonce, timestamp);
    let headers = [
        ("x-sinch-webhook-signature", signature),
        ("x-sinch-webhook-signature-nonce", nonce),
        ("x-sinch-webhook-signature-timestamp", timestamp.to_string()),
        (
            "x-sinch-webhook-signature-algorithm",
            sign::ALGORITHM.to_owned(),
        ),
    ];
    headers
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Reads the beginning of a response, with the token that the receiver was called with masked.
async fn read(mut response: reqwest::Response, token: &str) -> String {
    let mut body = Vec::new();
    let most = KEPT + token.len();
    let reading = async {
        while body.len() < most
            && let Ok(Some(chunk)) = response.chunk().await
        {
            body.extend_from_slice(&chunk);
        }
    };
    let _ = tokio::time::timeout(PATIENCE, reading).await;
    let mut text = String::from_utf8_lossy(&body).into_owned();
    if !token.is_empty() {
        text = text.replace(token, HIDDEN);
    }
    let mut end = KEPT.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}
