//! Tokens for callback targets that are protected by OAuth2 client credentials.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::RequestBuilder;
use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;
use sinch_conversation_raw::types::{ClientCredentials, ClientCredentialsTokenRequestType};
use url::form_urlencoded;

use super::{CallbackClient, describe};
use crate::core::clock::later;

/// The lifetimes that a token may have, in seconds.
const LIFETIME: std::ops::RangeInclusive<i64> = 30..=3600;

/// The most bytes of a token endpoint's response that are read.
const ANSWER_LIMIT: usize = 64 * 1024;

/// Valid tokens, by client and endpoint.
#[derive(Default)]
pub(crate) struct Bearers(Mutex<HashMap<String, Bearer>>);

#[derive(Clone)]
struct Bearer {
    token: String,
    until: DateTime<Utc>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    expires_in: i64,
}

impl Bearers {
    /// Forgets a token that the target has refused.
    pub(super) fn forget(&self, credentials: &ClientCredentials) {
        self.tokens().remove(&key(credentials));
    }

    /// Forgets all tokens.
    pub(crate) fn clear(&self) {
        self.tokens().clear();
    }

    fn tokens(&self) -> MutexGuard<'_, HashMap<String, Bearer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(credentials: &ClientCredentials) -> String {
    let scope = credentials.scope.as_deref().unwrap_or_default();
    let secret = credentials.client_secret.expose();
    [&credentials.endpoint, &credentials.client_id, secret, scope].join("\n")
}

/// Returns a token for a target, cached while it is valid. The error says what went wrong.
pub(super) async fn token(
    client: &CallbackClient,
    credentials: &ClientCredentials,
) -> Result<String, String> {
    let now = client.store.state.clock.now();
    let known = client
        .bearers
        .tokens()
        .get(&key(credentials))
        .filter(|known| now < known.until)
        .cloned();
    if let Some(known) = known {
        return Ok(known.token);
    }
    let answer = fetch(client, credentials)
        .await
        .map_err(|problem| format!("no token for the target: {problem}"))?;
    // The lifetime comes from another server and may be any number.
    let lifetime = Duration::from_secs(u64::try_from(answer.expires_in).unwrap_or(0));
    let until = later(now, lifetime);
    let bearer = Bearer {
        token: answer.access_token.clone(),
        until,
    };
    client.bearers.tokens().insert(key(credentials), bearer);
    Ok(answer.access_token)
}

async fn fetch(
    client: &CallbackClient,
    credentials: &ClientCredentials,
) -> Result<TokenAnswer, String> {
    let response = request(client, credentials)
        .send()
        .await
        .map_err(|error| describe(&error))?;
    if !response.status().is_success() {
        return Err(format!(
            "its token endpoint responded with {}",
            response.status().as_u16()
        ));
    }
    read(response).await
}

fn request(client: &CallbackClient, credentials: &ClientCredentials) -> RequestBuilder {
    let secret = credentials.client_secret.expose();
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "client_credentials");
    for (name, value) in [
        ("scope", &credentials.scope),
        ("response_type", &credentials.response_type),
    ] {
        if let Some(value) = value.as_ref().filter(|value| !value.is_empty()) {
            form.append_pair(name, value);
        }
    }
    let mut request = client
        .http
        .post(&credentials.endpoint)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    if credentials.token_request_type == Some(ClientCredentialsTokenRequestType::Form) {
        form.append_pair("client_id", &credentials.client_id);
        form.append_pair("client_secret", secret);
    } else {
        request = request.basic_auth(&credentials.client_id, Some(secret));
    }
    request.body(form.finish())
}

async fn read(mut response: reqwest::Response) -> Result<TokenAnswer, String> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| describe(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_LIMIT {
            return Err("the response of its token endpoint is too long".to_owned());
        }
    }
    let answer: TokenAnswer = serde_json::from_slice(&body).map_err(|_| {
        "its token endpoint returned no JSON with access_token and expires_in".to_owned()
    })?;
    if LIFETIME.contains(&answer.expires_in) {
        Ok(answer)
    } else {
        Err(format!(
            "expires_in is {}, expected 30 to 3600",
            answer.expires_in
        ))
    }
}
