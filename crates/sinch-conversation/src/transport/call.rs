//! One call of an operation, with all its attempts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use http::StatusCode;
use http::header::AUTHORIZATION;
use sinch_conversation_raw::wire::{JsonObject, Wire};
use sinch_conversation_raw::{
    self as raw, Operation, ResponseValue, Transport, TransportError, TransportFuture,
};
use tokio::time::Instant;
use tracing::Instrument;

use super::exchange::{Answer, Lost, exchange};
use super::idempotency::is_repeatable;
use super::{Failure, RetryPolicy, Timeouts, retry_after};
use crate::auth::{Authenticator, asks_for_new_token};
use crate::error::{
    ApiError, DecodeFailure, Error, ErrorKind, InvalidArgument, Problem, TimeLimit,
};
use crate::region::Region;

/// In place of a time limit that is longer still.
const FAR: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

/// What all calls of a client share.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) auth: Authenticator,
    pub(crate) retry: RetryPolicy,
    pub(crate) timeouts: Timeouts,
    /// For the hint of a 404; `None` with custom endpoints.
    pub(crate) region: Option<Region>,
}

/// What a caller may choose for one call.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallOptions {
    /// Repeat a send also when the first one may have gone out.
    pub(crate) duplicates_acceptable: bool,
    /// Replaces the client's limit for a whole call.
    pub(crate) time_limit: Option<Duration>,
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
        Self {
            pipeline,
            operation,
            options,
            attempts,
            maybe_processed,
        }
    }

    /// Adds to an error which call it belongs to.
    pub(crate) fn describe(&self, error: Error) -> Error {
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

    /// As [`finish`](Self::finish), for an answer that says nothing.
    pub(crate) fn finish_empty<E>(
        &self,
        result: Result<ResponseValue<()>, raw::Error<E>>,
    ) -> Result<(), Error> {
        match result {
            Ok(_) => Ok(()),
            Err(error) => Err(self.describe(translate::<JsonObject, E>(error))),
        }
    }

    async fn run(
        &self,
        client: &reqwest::Client,
        request: reqwest::Request,
        operation: &'static Operation,
    ) -> Result<reqwest::Response, Error> {
        let span = tracing::debug_span!(
            "sinch_call",
            operation = operation.id,
            method = operation.method
        );
        let limit = self.options.time_limit;
        let end = after(limit.unwrap_or(self.pipeline.timeouts.call));
        let late = Error::new(ErrorKind::Timeout(TimeLimit::Call));
        tokio::time::timeout_at(end, self.attempts(client, request, operation, end))
            .instrument(span)
            .await
            .unwrap_or(Err(late))
            .map_err(|error| self.describe(error))
    }

    async fn attempts(
        &self,
        client: &reqwest::Client,
        request: reqwest::Request,
        operation: &'static Operation,
        end: Instant,
    ) -> Result<reqwest::Response, Error> {
        let repeatable = self.options.duplicates_acceptable || is_repeatable(operation);
        let (mut repetition, mut renewed) = (0, false);
        loop {
            let ticket = self
                .pipeline
                .auth
                .ticket()
                .await
                .map_err(|error| Error::new(ErrorKind::Auth(error)))?;
            let mut attempt = copy(&request)?;
            attempt
                .headers_mut()
                .insert(AUTHORIZATION, ticket.header.clone());
            let outcome = self.attempt(client, attempt).await;
            let renewable = || !renewed && self.pipeline.auth.refused(&ticket);
            match self.judge(outcome, repeatable, repetition, renewable) {
                Verdict::Done(answer) => return Ok(response(answer)),
                Verdict::GiveUp(error) => return Err(error),
                Verdict::NewToken => renewed = true,
                // There is no time left for another attempt: what happened says more than the time limit.
                Verdict::Repeat(pause, error) if after(pause) >= end => {
                    return Err(error);
                }
                Verdict::Repeat(pause, _) => {
                    tracing::debug!(pause_ms = pause.as_millis(), "repeating");
                    tokio::time::sleep(pause).await;
                    repetition += 1;
                }
            }
        }
    }

    /// Sends the request once and keeps account of it.
    async fn attempt(
        &self,
        client: &reqwest::Client,
        request: reqwest::Request,
    ) -> Result<Answer, Lost> {
        let number = self.attempts.fetch_add(1, Ordering::Relaxed) + 1;
        let before = self.maybe_processed.swap(true, Ordering::Relaxed);
        let outcome = exchange(client, request, self.pipeline.timeouts.attempt).await;
        let failure = match &outcome {
            Ok(answer) => {
                tracing::debug!(
                    attempt = number,
                    status = answer.status.as_u16(),
                    "answered"
                );
                Failure::Status(answer.status)
            }
            Err(lost) => {
                tracing::debug!(attempt = number, failure = ?lost.failure, "not answered");
                lost.failure
            }
        };
        if failure.surely_not_processed() {
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
                let wait = retry_after(&answer.headers, SystemTime::now());
                (Failure::Status(answer.status), refused(api, wait), wait)
            }
            Err(lost) => (lost.failure, broken(lost), None),
        };
        match self
            .pipeline
            .retry
            .pause(repetition, wait)
            .filter(|_| failure.may_be_repeated(repeatable))
        {
            Some(pause) => Verdict::Repeat(pause, error),
            None => Verdict::GiveUp(error),
        }
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

/// The error for an answer that is not a success.
fn refused(api: ApiError, retry_after: Option<Duration>) -> Error {
    Error::new(match api.status {
        StatusCode::TOO_MANY_REQUESTS => ErrorKind::RateLimited { retry_after, api },
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
