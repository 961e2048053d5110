//! [`VerifiedEvent`] and [`SignedCallback`] as extractors of axum.

use axum_core::body::Body;
use axum_core::extract::{FromRef, FromRequest, Request};
use axum_core::response::{IntoResponse, Response};
use http::header::CONTENT_LENGTH;
use http::request::Parts;

use super::body::HeldBody;
use super::{Receiver, SignedCallback, VerifiedEvent, WebhookError};

impl<S> FromRequest<S> for VerifiedEvent
where
    S: Send + Sync,
    Receiver: FromRef<S>,
{
    type Rejection = WebhookError;

    async fn from_request(request: Request, state: &S) -> Result<Self, WebhookError> {
        let receiver = Receiver::from_ref(state);
        let (parts, body) = request.into_parts();
        receive(&receiver, &parts, body).await.inspect_err(log)
    }
}

impl<S> FromRequest<S> for SignedCallback
where
    S: Send + Sync,
    Receiver: FromRef<S>,
{
    type Rejection = WebhookError;

    async fn from_request(request: Request, state: &S) -> Result<Self, WebhookError> {
        let receiver = Receiver::from_ref(state);
        let (parts, body) = request.into_parts();
        check(&receiver, &parts, body).await.inspect_err(log)
    }
}

/// The status of the error, and nothing else.
impl IntoResponse for WebhookError {
    fn into_response(self) -> Response {
        self.status().into_response()
    }
}

async fn receive(
    receiver: &Receiver,
    parts: &Parts,
    body: Body,
) -> Result<VerifiedEvent, WebhookError> {
    let body = read(receiver, parts, body).await?;
    receiver.receive(&parts.headers, &body.bytes).await
}

async fn check(
    receiver: &Receiver,
    parts: &Parts,
    body: Body,
) -> Result<SignedCallback, WebhookError> {
    let HeldBody { bytes, held } = read(receiver, parts, body).await?;
    let callback = receiver.check(&parts.headers, bytes)?;
    Ok(callback.holding(held))
}

/// Looks at the headers first, so that a body is only read when they are plausible.
async fn read(receiver: &Receiver, parts: &Parts, body: Body) -> Result<HeldBody, WebhookError> {
    receiver.verifier.verify_headers(&parts.headers)?;
    let limit = receiver.body_limit;
    if announced(parts).is_some_and(|length| length > limit) {
        return Err(WebhookError::TooLarge { limit });
    }
    receiver.bodies.read(body, limit).await
}

/// The announced length. The bytes that follow are counted as well.
fn announced(parts: &Parts) -> Option<usize> {
    let length = parts.headers.get(CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}

/// The answer has no reason, so the log has to have it.
fn log(error: &WebhookError) {
    let status = error.status().as_u16();
    match error {
        WebhookError::AlreadyHandled | WebhookError::InProgress => {
            tracing::debug!(status, reason = %error, "callback refused");
        }
        WebhookError::EventStore(cause) => {
            tracing::error!(status, reason = %error, %cause, "callback refused");
        }
        _ => tracing::warn!(status, reason = %error, "callback refused"),
    }
}
