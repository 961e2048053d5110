//! One access token, and the request that gets it.

use std::time::{Duration, SystemTime};

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::Instant;
use tracing::Instrument;

use super::mask::Mask;
use super::{KeySource, sensitive};
use crate::error::{AuthError, AuthProblem};
use crate::transport::exchange::{SMALL_BODY, exchange};
use crate::transport::{
    AttemptError, AttemptResponse, Failure, RetryPolicy, after, retry_after, trace,
};

/// The form that asks for a token. No scope is asked for.
const FORM: &str = "grant_type=client_credentials";

/// Where tokens are asked for, at the token host.
const PATH: &str = "/oauth2/token";

/// How long a token is used when the host does not say, in a form that can be read, how long it is valid.
const UNSTATED_LIFE: Duration = Duration::from_secs(300);

/// Longer lives are cut to this, which keeps the arithmetic of times in bounds.
const LONGEST_LIFE: Duration = Duration::from_secs(30 * 24 * 3600);

/// A token is renewed this long before its end, or after four fifths of its life when that is later.
const LEAD: Duration = Duration::from_secs(60);

/// An access token.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) header: HeaderValue,
    renew_at: Instant,
    end: Instant,
}

/// How much of a token's life is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freshness {
    Fresh,
    /// Still valid, and to be renewed.
    Aging,
    Expired,
}

impl Token {
    fn new(header: HeaderValue, life: Duration, now: Instant) -> Self {
        let life = life.min(LONGEST_LIFE);
        Self {
            header,
            renew_at: now + life - LEAD.min(life / 5),
            end: now + life,
        }
    }

    pub(super) fn freshness(&self, now: Instant) -> Freshness {
        if now >= self.end {
            Freshness::Expired
        } else if now >= self.renew_at {
            Freshness::Aging
        } else {
            Freshness::Fresh
        }
    }
}

/// Where tokens come from.
#[derive(Debug)]
pub(crate) struct TokenSource {
    pub(crate) http: reqwest::Client,
    /// The token host, without the path.
    pub(crate) host: String,
    pub(crate) keys: KeySource,
    pub(crate) agent: HeaderValue,
    pub(crate) retry: RetryPolicy,
    /// The limit of one attempt.
    pub(crate) attempt: Duration,
}

impl TokenSource {
    /// Asks for a token. When the key is refused and the provider has another one, that one is tried, once.
    pub(super) async fn fetch(&self) -> Result<Token, AuthError> {
        let key = self.keys.key().await?;
        let mut result = self.exchange_key(&key).await;
        if is_wrong_key(&result) {
            if let Some(other) = self.keys.instead_of(&key).await? {
                result = self.exchange_key(&other).await;
            }
            if is_wrong_key(&result) {
                self.keys.forget();
            }
        }
        result
    }

    /// Exchanges a key for a token. Getting one twice does no harm, so every transient failure is retried.
    async fn exchange_key(&self, key: &HeaderValue) -> Result<Token, AuthError> {
        let mut retry = 0;
        loop {
            let asked = Instant::now();
            let request = self.request(key)?;
            let (failure, error, wait) = match self.attempt(request, retry).await {
                Ok(answer) if answer.status.is_success() => return read(&answer, asked),
                Ok(answer) => {
                    let wait = retry_after(&answer.headers, SystemTime::now());
                    let error = refusal(&answer, wait, &Mask::of(key));
                    (Failure::Status(answer.status), error, wait)
                }
                Err(error) => (error.failure, broken(error), None),
            };
            tracing::debug!(attempt = retry + 1, ?failure, "no access token");
            let pause = self
                .retry
                .pause(retry, wait)
                .filter(|_| failure.may_be_retried(true));
            let Some(pause) = pause else {
                return Err(error);
            };
            tokio::time::sleep(pause).await;
            retry += 1;
        }
    }

    async fn attempt(
        &self,
        request: reqwest::Request,
        resend: u32,
    ) -> Result<AttemptResponse, AttemptError> {
        let span = trace::request_span("POST", PATH, request.url(), resend);
        let result = exchange(&self.http, request, after(self.attempt), SMALL_BODY)
            .instrument(span.clone())
            .await;
        let (status, error) = trace::completion(Failure::of(&result));
        trace::end_request(&span, status, error);
        result
    }

    fn request(&self, key: &HeaderValue) -> Result<reqwest::Request, AuthError> {
        self.http
            .post(format!("{}{PATH}", self.host))
            .header(AUTHORIZATION, key.clone())
            .header(USER_AGENT, self.agent.clone())
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(FORM)
            .build()
            .map_err(|_| AuthError::new(AuthProblem::Unreachable))
    }
}

fn is_wrong_key(result: &Result<Token, AuthError>) -> bool {
    matches!(result, Err(error) if error.problem == AuthProblem::InvalidClient)
}

/// The error for an attempt without a complete response.
fn broken(attempt: AttemptError) -> AuthError {
    let error = AuthError::new(match attempt.failure {
        Failure::TooLarge => AuthProblem::UnexpectedAnswer,
        _ => AuthProblem::Unreachable,
    });
    match attempt.source {
        Some(source) => error.caused_by(source),
        None => error,
    }
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    #[serde(default)]
    expires_in: Value,
}

fn read(answer: &AttemptResponse, asked: Instant) -> Result<Token, AuthError> {
    let granted = serde_json::from_slice::<Granted>(&answer.body).ok();
    let header = granted
        .as_ref()
        .filter(|granted| !granted.access_token.is_empty())
        .and_then(bearer);
    let Some((granted, header)) = granted.as_ref().zip(header) else {
        return Err(AuthError {
            status: Some(answer.status),
            ..AuthError::new(AuthProblem::UnexpectedAnswer)
        });
    };
    let life = life(&granted.expires_in).unwrap_or(UNSTATED_LIFE);
    tracing::debug!(life = life.as_secs(), "new access token");
    Ok(Token::new(header, life, asked))
}

/// The life of a token, in seconds. Hosts write it as a number of any form, or as text. A negative one is none.
fn life(stated: &Value) -> Option<Duration> {
    let seconds = match stated {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse::<f64>().ok()?,
        _ => return None,
    };
    Duration::try_from_secs_f64(seconds.clamp(0.0, LONGEST_LIFE.as_secs_f64())).ok()
}

fn bearer(granted: &Granted) -> Option<HeaderValue> {
    sensitive(&format!("Bearer {}", granted.access_token))
}

#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    error: Option<String>,
}

fn refusal(answer: &AttemptResponse, wait: Option<Duration>, mask: &Mask) -> AuthError {
    let body: Refusal = serde_json::from_slice(&answer.body).unwrap_or_default();
    let code = body.error.filter(|code| is_code(code));
    let problem = match (answer.status, code.as_deref()) {
        (StatusCode::TOO_MANY_REQUESTS, _) => AuthProblem::RateLimited { retry_after: wait },
        (status, _) if Failure::Status(status).is_transient() => AuthProblem::Unreachable,
        (StatusCode::UNAUTHORIZED, _) | (_, Some("invalid_client")) => AuthProblem::InvalidClient,
        _ => AuthProblem::Refused,
    };
    AuthError {
        status: Some(answer.status),
        code: code.map(|code| mask.text(&code).into_owned()),
        ..AuthError::new(problem)
    }
}

/// Whether the text is an OAuth2 error code, which may be shown, and not something longer.
fn is_code(text: &str) -> bool {
    text.len() <= 64 && text.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    fn answer(status: u16, body: &str) -> AttemptResponse {
        AttemptResponse {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: body.to_owned().into(),
        }
    }

    /// For a key with the secret `the_secret`.
    fn mask() -> Mask {
        Mask::of(&crate::auth::basic_header("key", "the_secret").unwrap())
    }

    fn token(life: u64, now: Instant) -> Token {
        Token::new(
            HeaderValue::from_static("Bearer t"),
            Duration::from_secs(life),
            now,
        )
    }

    #[test]
    fn a_long_token_is_renewed_a_minute_before_its_end() {
        let now = Instant::now();
        let token = token(3600, now);
        for (after, expected) in [
            (0, Freshness::Fresh),
            (3539, Freshness::Fresh),
            (3540, Freshness::Aging),
            (3599, Freshness::Aging),
            (3600, Freshness::Expired),
        ] {
            assert_eq!(
                token.freshness(now + Duration::from_secs(after)),
                expected,
                "{after}"
            );
        }
    }

    #[test]
    fn a_short_token_is_renewed_after_four_fifths_of_its_life() {
        let now = Instant::now();
        assert_eq!(
            token(100, now).freshness(now + Duration::from_secs(79)),
            Freshness::Fresh
        );
        assert_eq!(
            token(100, now).freshness(now + Duration::from_secs(80)),
            Freshness::Aging
        );
        assert_eq!(token(0, now).freshness(now), Freshness::Expired);
        assert_eq!(token(u64::MAX, now).freshness(now), Freshness::Fresh);
    }

    #[test]
    fn answers_without_a_usable_token_are_refused() {
        for body in [
            "",
            "<html>",
            "{}",
            r#"{"access_token": ""}"#,
            r#"{"access_token": "a\nb"}"#,
            "[]",
        ] {
            let error = read(&answer(200, body), Instant::now()).unwrap_err();
            assert_eq!(error.problem, AuthProblem::UnexpectedAnswer, "{body}");
        }
        let token = read(
            &answer(200, r#"{"access_token": "abc", "expires_in": 3599}"#),
            Instant::now(),
        )
        .unwrap();
        assert_eq!(token.header, "Bearer abc");
        assert!(token.header.is_sensitive());
    }

    #[test]
    fn refusals_are_told_apart() {
        let cases = [
            (
                401,
                r#"{"error": "invalid_client"}"#,
                AuthProblem::InvalidClient,
            ),
            (
                400,
                r#"{"error": "invalid_client"}"#,
                AuthProblem::InvalidClient,
            ),
            (401, "", AuthProblem::InvalidClient),
            (400, r#"{"error": "invalid_request"}"#, AuthProblem::Refused),
            (404, "", AuthProblem::Refused),
            (429, "", AuthProblem::RateLimited { retry_after: None }),
            (502, "<html>", AuthProblem::Unreachable),
            (408, "", AuthProblem::Unreachable),
            (501, "", AuthProblem::Refused),
        ];
        for (status, body, problem) in cases {
            let error = refusal(&answer(status, body), None, &mask());
            assert_eq!(error.problem, problem, "{status} {body}");
        }
        let code = |body| refusal(&answer(400, body), None, &mask()).code;
        assert_eq!(code(r#"{"error": "key abc SECRET"}"#), None);
        assert_eq!(
            code(r#"{"error": "the_secret"}"#).as_deref(),
            Some("[masked]")
        );
    }
}
