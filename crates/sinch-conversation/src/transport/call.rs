//! One call of an operation, with all its attempts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use http::header::{AUTHORIZATION, USER_AGENT};
use http::{HeaderValue, StatusCode};
use sinch_conversation_raw::Operation;
use tokio::time::Instant;
use tracing::Instrument;

use super::exchange::{Answer, ExchangeError, exchange};
use super::idempotency::is_repeatable;
use super::outcome::Success;
use super::watch::{AttemptWatch, CallWatch};
use super::{CallOptions, Failure, Limiter, RetryPolicy, Timeouts, trace};
use crate::auth::{Authenticator, Authorization, Mask, asks_for_new_token};
use crate::error::{
    ApiError, DecodeFailure, Error, ErrorKind, InvalidArgument, Problem, TimeLimit,
};
use crate::metrics::Hook;
use crate::region::Region;

/// In place of a timeout that is longer still.
const FAR: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

/// After waiting this long for its turn a call asks again for the token, which may have been replaced.
const LONG_WAIT: Duration = Duration::from_secs(1);

/// What all calls of a client share.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) auth: Authenticator,
    pub(crate) agent: HeaderValue,
    /// `None` when requests need not wait for a turn.
    pub(crate) limiter: Option<Limiter>,
    pub(crate) metrics: Hook,
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
    /// The operation by its published id.
    operation: &'static str,
    options: CallOptions,
    /// When the time for all attempts, and for reading the answer, is over.
    end: Instant,
    attempts: AtomicU32,
    maybe_processed: AtomicBool,
    watch: CallWatch,
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
        operation: &'static str,
        options: CallOptions,
    ) -> Self {
        let (attempts, maybe_processed) = (AtomicU32::new(0), AtomicBool::new(false));
        let end = after(options.time_limit.unwrap_or(pipeline.timeouts.call));
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
            .during(self.operation, self.attempts.load(Ordering::Relaxed))
            .in_region(self.pipeline.region)
            .maybe_processed(self.maybe_processed.load(Ordering::Relaxed))
    }

    pub(super) fn end(&self) -> Instant {
        self.end
    }

    pub(super) fn largest(&self) -> usize {
        self.pipeline.max_response_size
    }

    /// Makes the call: all its attempts, up to a complete answer.
    pub(super) async fn run(
        &self,
        client: &reqwest::Client,
        request: reqwest::Request,
        operation: &'static Operation,
    ) -> Result<Success, Error> {
        let success = tokio::time::timeout_at(self.end, self.attempts(client, request, operation))
            .instrument(self.watch.begin(operation))
            .await
            .unwrap_or_else(|_| Err(late()))
            .map_err(|error| self.describe(error))?;
        self.watch.succeeded(success.answer.status);
        Ok(success)
    }

    async fn attempts(
        &self,
        client: &reqwest::Client,
        request: reqwest::Request,
        operation: &'static Operation,
    ) -> Result<Success, Error> {
        let repeatable = self.options.duplicates_acceptable || is_repeatable(operation);
        let (mut repetition, mut renewed) = (0, false);
        let mut failed = None;
        loop {
            let Some(authorization) = self.admission().await? else {
                // There is no time left for another attempt: what happened says more than the timeout.
                return Err(failed.unwrap_or_else(late));
            };
            let mut attempt = copy(&request)?;
            let headers = attempt.headers_mut();
            headers.insert(AUTHORIZATION, authorization.header.clone());
            headers.insert(USER_AGENT, self.pipeline.agent.clone());
            let outcome = self.attempt(client, attempt, operation).await;
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
        let authorization = self.pipeline.auth.authorization().await;
        authorization.map_err(|error| Error::new(ErrorKind::Auth(error)))
    }

    /// Sends the request once and keeps account of it.
    async fn attempt(
        &self,
        client: &reqwest::Client,
        request: reqwest::Request,
        operation: &'static Operation,
    ) -> Result<Answer, ExchangeError> {
        let resend = self.attempts.fetch_add(1, Ordering::Relaxed);
        let span = trace::request_span(operation.method, operation.path, request.url(), resend);
        let watch = AttemptWatch::begin(&self.watch, operation.id, resend + 1, span.clone());
        let before = self.maybe_processed.swap(true, Ordering::Relaxed);
        let limit = self.options.attempt_limit;
        let limit = limit.unwrap_or(self.pipeline.timeouts.attempt);
        let outcome = exchange(client, request, limit, self.largest())
            .instrument(span)
            .await;
        let failure = Failure::of(&outcome);
        watch.ended(failure);
        if failure.definitely_not_processed() {
            self.maybe_processed.store(before, Ordering::Relaxed);
        }
        outcome
    }

    fn judge(
        &self,
        outcome: Result<Answer, ExchangeError>,
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
    fn broken(&self, attempt: ExchangeError) -> Error {
        let error = Error::new(match attempt.failure {
            Failure::Connect => ErrorKind::Connect,
            Failure::Timeout => ErrorKind::Timeout(TimeLimit::Attempt),
            Failure::TooLarge => ErrorKind::Decode(DecodeFailure::too_large(self.largest())),
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
        self.watch.end(self.operation, attempts);
    }
}

pub(super) fn unbuildable() -> Error {
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

/// A second copy for the next attempt. Bodies are in memory, so this does not fail for any operation.
fn copy(request: &reqwest::Request) -> Result<reqwest::Request, Error> {
    request.try_clone().ok_or_else(unbuildable)
}

/// The time in this long, which may be longer than the clock can tell.
fn after(time: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(time).unwrap_or(now + FAR)
}
