//! One call of an operation, with all its attempts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use http::header::{AUTHORIZATION, USER_AGENT};
use http::{HeaderValue, StatusCode};
use serde_json::Value;
use sinch_conversation_raw::wire::Wire;
use sinch_conversation_raw::{
    self as raw, Operation, ResponseValue, Transport, TransportError, TransportFuture,
};
use tokio::time::Instant;
use tracing::Instrument;

use super::exchange::{Answer, Lost, exchange};
use super::idempotency::is_repeatable;
use super::watch::{AttemptWatch, CallWatch};
use super::{CallOptions, Failure, Limiter, RetryPolicy, Timeouts, trace};
use crate::auth::{Authenticator, Ticket, asks_for_new_token};
use crate::error::{
    ApiError, DecodeFailure, Error, ErrorKind, InvalidArgument, Problem, TimeLimit,
};
use crate::metrics::Hook;
use crate::region::Region;

/// In place of a time limit that is longer still.
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
    attempts: AtomicU32,
    maybe_processed: AtomicBool,
    watch: CallWatch,
}

/// What is to be done after an attempt.
enum Verdict {
    Done(Answer),
    NewToken,
    Repeat(Duration, Error),
    GiveUp(Error),
}

impl Call {
    pub(crate) fn new(
        pipeline: Arc<Pipeline>,
        operation: &'static str,
        options: CallOptions,
    ) -> Self {
        let (attempts, maybe_processed) = (AtomicU32::new(0), AtomicBool::new(false));
        let watch = CallWatch::new(pipeline.metrics.clone());
        Self {
            pipeline,
            operation,
            options,
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

    /// What the generated function gave, as a value of the API or an error of this crate.
    pub(crate) fn finish<T: Wire, E>(
        &self,
        result: Result<ResponseValue<T>, raw::Error<E>>,
    ) -> Result<T, Error> {
        match result {
            Ok(value) => Ok(value.into_inner()),
            Err(error) => Err(self.describe(translate::<T, E>(error))),
        }
    }

    /// As [`finish`](Self::finish), for an operation whose success says all there is: its body is not read.
    pub(crate) fn done<T, E>(
        &self,
        result: Result<ResponseValue<T>, raw::Error<E>>,
    ) -> Result<(), Error> {
        match result {
            Ok(_) | Err(raw::Error::InvalidResponsePayload(..)) => Ok(()),
            Err(error) => Err(self.describe(translate::<Value, E>(error))),
        }
    }

    async fn run(
        &self,
        client: &reqwest::Client,
        request: reqwest::Request,
        operation: &'static Operation,
    ) -> Result<reqwest::Response, Error> {
        let limit = self.options.time_limit;
        let end = after(limit.unwrap_or(self.pipeline.timeouts.call));
        let answer = tokio::time::timeout_at(end, self.attempts(client, request, operation, end))
            .instrument(self.watch.begin(operation))
            .await
            .unwrap_or_else(|_| Err(late()))
            .map_err(|error| self.describe(error))?;
        self.watch.succeeded(answer.status);
        Ok(response(answer))
    }

    async fn attempts(
        &self,
        client: &reqwest::Client,
        request: reqwest::Request,
        operation: &'static Operation,
        end: Instant,
    ) -> Result<Answer, Error> {
        let repeatable = self.options.duplicates_acceptable || is_repeatable(operation);
        let (mut repetition, mut renewed) = (0, false);
        let mut failed = None;
        loop {
            let Some(ticket) = self.admission(end).await? else {
                // There is no time left for another attempt: what happened says more than the time limit.
                return Err(failed.unwrap_or_else(late));
            };
            let mut attempt = copy(&request)?;
            let headers = attempt.headers_mut();
            headers.insert(AUTHORIZATION, ticket.header.clone());
            headers.insert(USER_AGENT, self.pipeline.agent.clone());
            let outcome = self.attempt(client, attempt, operation).await;
            let renewable = || !renewed && self.pipeline.auth.refused(&ticket);
            match self.judge(outcome, repeatable, repetition, renewable) {
                Verdict::Done(answer) => return Ok(answer),
                Verdict::GiveUp(error) => return Err(error),
                Verdict::NewToken => renewed = true,
                // As above.
                Verdict::Repeat(pause, error) if after(pause) >= end => {
                    return Err(error);
                }
                Verdict::Repeat(pause, error) => {
                    tracing::debug!(pause_ms = pause.as_millis(), "repeating");
                    tokio::time::sleep(pause).await;
                    repetition += 1;
                    failed = Some(error);
                }
            }
        }
    }

    /// Waits until a request may go out and for what it has to carry. `None` when its turn would come after `end`.
    ///
    /// The token comes first: callers who wait for it would otherwise use up their turns, and then go out all
    /// at once.
    async fn admission(&self, end: Instant) -> Result<Option<Ticket>, Error> {
        let ticket = self.ticket().await?;
        let Some(limiter) = &self.pipeline.limiter else {
            return Ok(Some(ticket));
        };
        let Some(wait) = limiter.turn(end).await else {
            return Ok(None);
        };
        if wait < LONG_WAIT {
            return Ok(Some(ticket));
        }
        tracing::debug!(wait_ms = wait.as_millis(), "waited for a turn");
        self.ticket().await.map(Some)
    }

    async fn ticket(&self) -> Result<Ticket, Error> {
        let ticket = self.pipeline.auth.ticket().await;
        ticket.map_err(|error| Error::new(ErrorKind::Auth(error)))
    }

    /// Sends the request once and keeps account of it.
    async fn attempt(
        &self,
        client: &reqwest::Client,
        request: reqwest::Request,
        operation: &'static Operation,
    ) -> Result<Answer, Lost> {
        let resend = self.attempts.fetch_add(1, Ordering::Relaxed);
        let span = trace::request_span(operation.method, operation.path, request.url(), resend);
        let watch = AttemptWatch::begin(&self.watch, operation.id, resend + 1, span.clone());
        let before = self.maybe_processed.swap(true, Ordering::Relaxed);
        let limit = self.options.attempt_limit;
        let limit = limit.unwrap_or(self.pipeline.timeouts.attempt);
        let outcome = exchange(client, request, limit).instrument(span).await;
        let failure = Failure::of(&outcome);
        watch.ended(failure);
        if failure.definitely_not_processed() {
            self.maybe_processed.store(before, Ordering::Relaxed);
        }
        outcome
    }

    fn judge(
        &self,
        outcome: Result<Answer, Lost>,
        repeatable: bool,
        repetition: u32,
        renewable: impl FnOnce() -> bool,
    ) -> Verdict {
        let (failure, error, wait) = match outcome {
            Ok(answer) if answer.status.is_success() => return Verdict::Done(answer),
            Ok(answer) => {
                let api = ApiError::read(answer.status, &answer.headers, &answer.body);
                let expired = answer.status == StatusCode::UNAUTHORIZED;
                if expired && asks_for_new_token(&answer.headers, &api.message) && renewable() {
                    return Verdict::NewToken;
                }
                let wait = api.retry_after;
                (Failure::Status(answer.status), refused(api), wait)
            }
            Err(lost) => (lost.failure, broken(lost), None),
        };
        let retry = self.options.retry.as_ref().unwrap_or(&self.pipeline.retry);
        match retry
            .pause(repetition, wait)
            .filter(|_| failure.may_be_repeated(repeatable))
        {
            Some(pause) => Verdict::Repeat(pause, error),
            None => Verdict::GiveUp(error),
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let attempts = *self.attempts.get_mut();
        self.watch.end(self.operation, attempts);
    }
}

impl Transport for Call {
    fn execute<'a>(
        &'a self,
        client: &'a reqwest::Client,
        request: reqwest::Request,
        operation: &'static Operation,
    ) -> TransportFuture<'a> {
        Box::pin(async move {
            self.run(client, request, operation)
                .await
                .map_err(TransportError::from)
        })
    }
}

/// The error for what a generated function could not do.
fn translate<T: Wire, E>(mut error: raw::Error<E>) -> Error {
    if let Some(own) =
        raw::take_transport_error(&mut error).and_then(|own| own.downcast::<Error>().ok())
    {
        return *own;
    }
    match error {
        raw::Error::InvalidResponsePayload(body, _) => {
            Error::new(ErrorKind::Decode(DecodeFailure::of::<T>(&body)))
        }
        // The transport answers with whole successes only. What is left is a request that could not be built.
        _ => unbuildable(),
    }
}

fn unbuildable() -> Error {
    let expected = "made of parts that fit a request";
    InvalidArgument::one("request", Problem::Malformed { expected }).into()
}

fn late() -> Error {
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

/// The error for an attempt without a complete answer.
fn broken(lost: Lost) -> Error {
    let error = Error::new(match lost.failure {
        Failure::Connect => ErrorKind::Connect,
        Failure::Timeout => ErrorKind::Timeout(TimeLimit::Attempt),
        Failure::TooLarge => ErrorKind::Decode(DecodeFailure::too_large()),
        Failure::Disconnected | Failure::Status(_) => ErrorKind::Disconnected,
    });
    match lost.source {
        Some(source) => error.caused_by(source),
        None => error,
    }
}

/// A second copy for the next attempt. Bodies are in memory, so this does not fail for any operation.
fn copy(request: &reqwest::Request) -> Result<reqwest::Request, Error> {
    request.try_clone().ok_or_else(unbuildable)
}

/// The moment after a time that may be longer than the clock can tell.
fn after(time: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(time).unwrap_or(now + FAR)
}

/// The answer in the form that the generated code reads.
fn response(answer: Answer) -> reqwest::Response {
    let mut response = http::Response::new(answer.body);
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response.into()
}
