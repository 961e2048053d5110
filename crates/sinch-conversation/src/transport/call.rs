//! One call of an operation, with all its attempts.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Method, StatusCode};
use reqwest::Url;
use sinch_conversation_raw::wire::Wire;
use sinch_conversation_raw::{self as raw, Operation};
use tokio::time::Instant;
use tracing::Instrument;

use super::decode::decode;
use super::exchange::{send, within};
use super::response::Response;
use super::watch::{AttemptWatch, CallWatch};
use super::{
    AttemptError, AttemptRequest, AttemptResponse, CallOptions, Chain, Failure, Limiter,
    RetryPolicy, Timeouts, trace,
};
use crate::auth::{Authenticator, Authorization, Mask, asks_for_new_token};
use crate::client::Connections;
use crate::error::{
    ApiError, DecodeFailure, Error, ErrorKind, InvalidArgument, Problem, TimeLimit,
};
use crate::metrics::Hook;
use crate::region::{Endpoints, Region};

/// In place of a timeout that is longer still.
const FAR: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

/// After waiting this long for its turn a call asks again for the token, which may have been replaced.
const LONG_WAIT: Duration = Duration::from_secs(1);

/// What all calls of a client share.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) connections: Connections,
    pub(crate) endpoints: Endpoints,
    pub(crate) auth: Authenticator,
    pub(crate) agent: HeaderValue,
    /// `None` when requests need not wait for a turn.
    pub(crate) limiter: Option<Limiter>,
    pub(crate) metrics: Hook,
    pub(crate) middlewares: Chain,
    pub(crate) retry: RetryPolicy,
    pub(crate) timeouts: Timeouts,
    /// The most that is read of a success, in bytes.
    pub(crate) max_response_size: usize,
    /// For the hint of a 404; `None` with custom endpoints.
    pub(crate) region: Option<Region>,
}

/// One call under way.
#[derive(Debug)]
pub(crate) struct Call {
    pipeline: Arc<Pipeline>,
    operation: &'static Operation,
    options: CallOptions,
    /// When the time for all attempts, and for reading the answer, is over.
    end: Instant,
    attempts: AtomicU32,
    maybe_processed: AtomicBool,
    watch: CallWatch,
}

/// A success, and the credentials that it may repeat.
#[derive(Debug)]
struct Success {
    answer: AttemptResponse,
    mask: Mask,
}

/// What every attempt sends.
struct Message {
    method: Method,
    url: Url,
    body: Option<Bytes>,
}

/// What is to be done after an attempt.
enum RetryDecision {
    Done(Success),
    NewToken,
    Retry(Duration, Error),
    GiveUp(Error),
}

impl Call {
    pub(crate) fn new(
        pipeline: Arc<Pipeline>,
        operation: &'static Operation,
        options: CallOptions,
    ) -> Self {
        let (attempts, maybe_processed) = (AtomicU32::new(0), AtomicBool::new(false));
        let end = after(options.timeout.unwrap_or(pipeline.timeouts.call));
        let watch = CallWatch::new(pipeline.metrics.clone());
        Self {
            pipeline,
            operation,
            options,
            end,
            attempts,
            maybe_processed,
            watch,
        }
    }

    /// Adds to an error which call it belongs to.
    pub(crate) fn describe(&self, error: Error) -> Error {
        self.watch.failed(&error);
        error
            .during(
                self.operation.id.as_str(),
                self.attempts.load(Ordering::Relaxed),
            )
            .in_region(self.pipeline.region)
            .maybe_processed(self.maybe_processed.load(Ordering::Relaxed))
    }

    /// Makes the call and returns the answer, decoded, in the form that callers get.
    pub(crate) async fn send<R, T>(
        &self,
        request: raw::Request<R>,
        read: impl FnOnce(R) -> Result<T, Error>,
    ) -> Result<Response<T>, Error>
    where
        R: Wire + Send + 'static,
    {
        let message = self.message(request.path_and_query(), request.body());
        let Success { answer, mask } = self.run(message).await?;
        let decoded = decode(answer.body, self.pipeline.max_response_size, self.end).await;
        let value = decoded
            .and_then(read)
            .map_err(|error| self.describe(error.masked(&mask)))?;
        Ok(Response::new(value, answer.status, answer.headers))
    }

    /// Makes the call with a path of any kind and without a body.
    #[cfg(test)]
    pub(super) async fn try_out(&self, path: &str) -> Result<(), Error> {
        self.run(self.message(path, None)).await.map(|_| ())
    }

    fn message(&self, path_and_query: &str, body: Option<&Bytes>) -> Option<Message> {
        let base = self.pipeline.endpoints.of(self.operation.document)?;
        let mut url = base.with(path_and_query)?;
        self.options.query.add_to(&mut url);
        Some(Message {
            method: self.operation.method.parse().ok()?,
            url,
            body: body.map(|body| self.options.body_fields.add_to(body)),
        })
    }

    /// Makes all attempts, up to a complete answer. Whatever is waited for ends when the time of the call does.
    async fn run(&self, message: Option<Message>) -> Result<Success, Error> {
        let Some(message) = message else {
            return Err(self.describe(unbuildable()));
        };
        let attempts = pin!(self.attempts(&message));
        let success = attempts
            .instrument(self.watch.begin(self.operation))
            .await
            .map_err(|error| self.describe(error))?;
        self.watch.succeeded(success.answer.status);
        Ok(success)
    }

    async fn attempts(&self, message: &Message) -> Result<Success, Error> {
        let repeatable = self.options.allow_duplicates || self.operation.idempotent;
        let (mut repetition, mut renewed) = (0, false);
        let mut failed = None;
        loop {
            let Some(authorization) = self.admission().await? else {
                // There is no time left for another attempt: what happened says more than the timeout.
                return Err(failed.unwrap_or_else(late));
            };
            let request = self.authorized(message, &authorization);
            let outcome = self.attempt(request).await?;
            let mask = Mask::of(&authorization.header);
            let renewable = || !renewed && self.pipeline.auth.refused(&authorization);
            match self.judge(outcome, mask, repeatable, repetition, renewable) {
                RetryDecision::Done(success) => return Ok(success),
                RetryDecision::GiveUp(error) => return Err(error),
                RetryDecision::NewToken => renewed = true,
                // As above.
                RetryDecision::Retry(pause, error) if after(pause) >= self.end => {
                    return Err(error);
                }
                RetryDecision::Retry(pause, error) => {
                    tracing::debug!(pause_ms = pause.as_millis(), "retrying");
                    tokio::time::sleep(pause).await;
                    repetition += 1;
                    failed = Some(error);
                }
            }
        }
    }

    /// The request of one attempt. Its body is shared by all of them.
    fn authorized(&self, message: &Message, authorization: &Authorization) -> reqwest::Request {
        let mut request = reqwest::Request::new(message.method.clone(), message.url.clone());
        let json = HeaderValue::from_static("application/json");
        let headers = request.headers_mut();
        // First, so that none of them takes the place of one of the client's.
        self.options.headers.add_to(headers);
        headers.insert(ACCEPT, json.clone());
        headers.insert(AUTHORIZATION, authorization.header.clone());
        headers.insert(USER_AGENT, self.pipeline.agent.clone());
        if let Some(body) = &message.body {
            headers.insert(CONTENT_TYPE, json);
            *request.body_mut() = Some(body.clone().into());
        }
        request
    }

    /// Waits until a request may go out and for its authorization. `None` when its turn would come too late.
    ///
    /// The token comes first: callers that wait for it would otherwise use up their turns, and then go out all
    /// at once.
    async fn admission(&self) -> Result<Option<Authorization>, Error> {
        let authorization = self.authorization().await?;
        let Some(limiter) = &self.pipeline.limiter else {
            return Ok(Some(authorization));
        };
        let Some(wait) = limiter.turn(self.end).await else {
            return Ok(None);
        };
        if wait < LONG_WAIT {
            return Ok(Some(authorization));
        }
        tracing::debug!(wait_ms = wait.as_millis(), "waited for a turn");
        self.authorization().await.map(Some)
    }

    async fn authorization(&self) -> Result<Authorization, Error> {
        let authorization = pin!(self.pipeline.auth.authorization());
        let authorization = tokio::time::timeout_at(self.end, authorization).await;
        let authorization = authorization.map_err(|_| late())?;
        authorization.map_err(|error| Error::new(ErrorKind::Auth(error)))
    }

    /// Sends the request once and keeps account of it. An error when the time of the call is over before that of the
    /// attempt.
    async fn attempt(
        &self,
        request: reqwest::Request,
    ) -> Result<Result<AttemptResponse, AttemptError>, Error> {
        let resend = self.attempts.fetch_add(1, Ordering::Relaxed);
        let operation = self.operation;
        let span = trace::request_span(operation.method, operation.path, request.url(), resend);
        let watch =
            AttemptWatch::begin(&self.watch, operation.id.as_str(), resend + 1, span.clone());
        let before = self.maybe_processed.swap(true, Ordering::Relaxed);
        let limit = self.options.attempt_timeout;
        let end = after(limit.unwrap_or(self.pipeline.timeouts.attempt));
        let exchange = within(end.min(self.end), self.exchange(request, resend + 1));
        let outcome = pin!(exchange).instrument(span).await;
        let failure = Failure::of(&outcome);
        if failure == Failure::Timeout && self.end < end && Instant::now() >= self.end {
            return Err(late());
        }
        watch.ended(failure);
        if failure.definitely_not_processed() {
            self.maybe_processed.store(before, Ordering::Relaxed);
        }
        Ok(outcome)
    }

    /// Sends the request through the middlewares, if there are any.
    async fn exchange(
        &self,
        request: reqwest::Request,
        number: u32,
    ) -> Result<AttemptResponse, AttemptError> {
        let http = self.pipeline.connections.to(request.url().as_str());
        let largest = self.pipeline.max_response_size;
        let middlewares = &self.pipeline.middlewares;
        if middlewares.is_empty() {
            return send(http, request, largest).await;
        }
        let request = AttemptRequest::new(self.operation, number, request);
        middlewares.run(http, request, largest).await
    }

    fn judge(
        &self,
        outcome: Result<AttemptResponse, AttemptError>,
        mask: Mask,
        repeatable: bool,
        repetition: u32,
        renewable: impl FnOnce() -> bool,
    ) -> RetryDecision {
        let (failure, error, wait) = match outcome {
            Ok(mut answer) => {
                mask.headers(&mut answer.headers);
                if answer.status.is_success() {
                    return RetryDecision::Done(Success { answer, mask });
                }
                let api = ApiError::read(&answer, &mask);
                let expired = answer.status == StatusCode::UNAUTHORIZED;
                if expired && asks_for_new_token(&answer.headers, &api.message) && renewable() {
                    return RetryDecision::NewToken;
                }
                let wait = api.retry_after;
                (Failure::Status(answer.status), refused(api), wait)
            }
            Err(error) => (error.failure, self.broken(error), None),
        };
        let retry = self.options.retry.as_ref().unwrap_or(&self.pipeline.retry);
        match retry
            .pause(repetition, wait)
            .filter(|_| failure.may_be_repeated(repeatable))
        {
            Some(pause) => RetryDecision::Retry(pause, error),
            None => RetryDecision::GiveUp(error),
        }
    }

    /// The error for an attempt without a complete answer.
    fn broken(&self, attempt: AttemptError) -> Error {
        let error = Error::new(match attempt.failure {
            Failure::Connect => ErrorKind::Connect,
            Failure::Timeout => ErrorKind::Timeout(TimeLimit::Attempt),
            Failure::TooLarge => {
                ErrorKind::Decode(DecodeFailure::too_large(self.pipeline.max_response_size))
            }
            Failure::Middleware { .. } => ErrorKind::Middleware,
            Failure::Disconnected | Failure::Status(_) => ErrorKind::Disconnected,
        });
        match attempt.source {
            Some(source) => error.caused_by(source),
            None => error,
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let attempts = *self.attempts.get_mut();
        self.watch.end(self.operation.id.as_str(), attempts);
    }
}

fn unbuildable() -> Error {
    let expected = "made of parts that fit a request";
    InvalidArgument::one("request", Problem::Malformed { expected }).into()
}

pub(super) fn late() -> Error {
    Error::new(ErrorKind::Timeout(TimeLimit::Call))
}

/// The error for an answer that is not a success.
fn refused(api: ApiError) -> Error {
    Error::new(match api.status {
        StatusCode::TOO_MANY_REQUESTS => ErrorKind::RateLimited {
            retry_after: api.retry_after,
            api,
        },
        _ => ErrorKind::Api(api),
    })
}

/// The time in this long, which may be longer than the clock can tell.
pub(crate) fn after(time: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(time).unwrap_or(now + FAR)
}
