//! One call of an operation, with all its attempts.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use sinch_conversation_raw::wire::Wire;
use sinch_conversation_raw::{self as raw, Operation};
use tokio::time::Instant;
use tracing::Instrument;

use super::decode::decode;
use super::exchange::{send, within};
use super::request::RequestTemplate;
use super::response::Response;
use super::watch::{AttemptWatch, CallWatch};
use super::{
    AttemptError, AttemptRequest, AttemptResponse, CallOptions, Chain, Failure, Limiter,
    RetryPolicy, Timeouts, trace,
};
use crate::auth::mask::Mask;
use crate::auth::{Authenticator, Authorization, asks_for_new_token};
use crate::client::Connections;
use crate::endpoints::Endpoints;
use crate::error::{
    ApiError, DecodeFailure, Error, ErrorKind, InvalidArgument, Problem, TimeLimit,
};
use crate::metrics::Hook;
use crate::region::Region;

/// In place of a longer time limit: 31 years.
const FAR: Duration = Duration::from_secs(1_000_000_000);

/// After waiting this long for a permit a call asks again for the token, which may have been replaced.
const LONG_WAIT: Duration = Duration::from_secs(1);

/// What all calls of a client share.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) connections: Connections,
    pub(crate) endpoints: Endpoints,
    pub(crate) auth: Authenticator,
    pub(crate) agent: HeaderValue,
    /// `None` when there is no rate limit.
    pub(crate) limiter: Option<Limiter>,
    pub(crate) metrics: Hook,
    pub(crate) middlewares: Chain,
    pub(crate) retry: RetryPolicy,
    pub(crate) timeouts: Timeouts,
    /// The most that is read of a success, in bytes.
    pub(crate) max_response_size: usize,
    /// As it was set; `None` when every endpoint was given by address.
    pub(crate) region: Option<Region>,
}

/// One call under way.
#[derive(Debug)]
pub(crate) struct Call {
    pipeline: Arc<Pipeline>,
    operation: &'static Operation,
    options: CallOptions,
    /// When the time limit of the call passes, for all attempts and for reading the response.
    end: Instant,
    attempts: AtomicU32,
    maybe_processed: AtomicBool,
    watch: CallWatch,
}

/// A success, and the credentials that it may contain.
#[derive(Debug)]
struct Success {
    response: AttemptResponse,
    mask: Mask,
}

/// What to do after an attempt.
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

    /// Adds to an error which call it belongs to, and records it.
    pub(crate) fn describe(&self, error: Error) -> Error {
        self.watch.failed(&error);
        error
            .during(
                self.operation.id.as_str(),
                self.attempts.load(Ordering::Relaxed),
            )
            .maybe_processed(self.maybe_processed.load(Ordering::Relaxed))
    }

    /// Makes the call, and returns the response decoded and as `read` turns it for the caller.
    pub(crate) async fn send<R, T>(
        &self,
        request: raw::Request<R>,
        read: impl FnOnce(R) -> Result<T, Error>,
    ) -> Result<Response<T>, Error>
    where
        R: Wire + Send + 'static,
    {
        let template = self.template(request.path_and_query(), request.body());
        let Success { response, mask } = self.run(template).await?;
        let decoded = decode(response.body, self.pipeline.max_response_size, self.end).await;
        let value = decoded
            .and_then(read)
            .map_err(|error| self.describe(error.masked(&mask)))?;
        Ok(Response::new(value, response.status, response.headers))
    }

    fn template(&self, path_and_query: &str, body: Option<&Bytes>) -> Option<RequestTemplate<'_>> {
        let base = self.pipeline.endpoints.of(self.operation.document)?;
        let url = base.with(path_and_query)?;
        RequestTemplate::new(self.operation, url, body, &self.options)
    }

    /// Makes all attempts, up to a complete response. Every wait ends with the time limit of the call.
    async fn run(&self, template: Option<RequestTemplate<'_>>) -> Result<Success, Error> {
        let Some(template) = template else {
            return Err(self.describe(unbuildable()));
        };
        let attempts = pin!(self.attempts(&template));
        let success = attempts
            .instrument(self.watch.begin(self.operation))
            .await
            .map_err(|error| self.describe(self.locate(error, &template)))?;
        self.watch.succeeded(success.response.status);
        Ok(success)
    }

    /// Adds to a 404 the region in which the API looked for an app or template.
    fn locate(&self, error: Error, template: &RequestTemplate<'_>) -> Error {
        if !error.is_not_found() || !template.names_app_or_template() {
            return error;
        }
        let base = self.pipeline.endpoints.of(self.operation.document);
        let region = base.and_then(|base| base.region);
        error.in_region(region.map(Region::as_str))
    }

    async fn attempts(&self, template: &RequestTemplate<'_>) -> Result<Success, Error> {
        let repeatable = self.options.allow_duplicates || self.operation.idempotent;
        let (mut retry, mut renewed) = (0, false);
        let mut failed = None;
        loop {
            let Some(authorization) = self.admission().await? else {
                // There is no time left for another attempt: what happened says more than the timeout.
                return Err(failed.unwrap_or_else(Error::call_timeout));
            };
            let request = template.authorized(&self.pipeline.agent, &authorization);
            let result = self.attempt(request).await?;
            let mask = Mask::of(&authorization.header);
            let renewable = || !renewed && self.pipeline.auth.refused(&authorization);
            match self.decide(result, mask, repeatable, retry, renewable) {
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
                    retry += 1;
                    failed = Some(error);
                }
            }
        }
    }

    /// Waits for a permit and for the authorization of a request. `None` when the permit would come too late.
    ///
    /// The token comes first: callers that wait for it would otherwise use up their permits, and then go out all at the
    /// same time.
    async fn admission(&self) -> Result<Option<Authorization>, Error> {
        let authorization = self.authorization().await?;
        let Some(limiter) = &self.pipeline.limiter else {
            return Ok(Some(authorization));
        };
        let Some(wait) = limiter.permit(self.end).await else {
            return Ok(None);
        };
        if wait < LONG_WAIT {
            return Ok(Some(authorization));
        }
        tracing::debug!(wait_ms = wait.as_millis(), "waited for a permit");
        self.authorization().await.map(Some)
    }

    async fn authorization(&self) -> Result<Authorization, Error> {
        let authorization = pin!(self.pipeline.auth.authorization());
        let authorization = tokio::time::timeout_at(self.end, authorization).await;
        let authorization = authorization.map_err(|_| Error::call_timeout())?;
        authorization.map_err(|error| Error::new(ErrorKind::Auth(error)))
    }

    /// Sends the request once and records it. An error when the time limit of the call passes before that of the attempt.
    async fn attempt(
        &self,
        request: reqwest::Request,
    ) -> Result<Result<AttemptResponse, AttemptError>, Error> {
        let resend = self.attempts.fetch_add(1, Ordering::Relaxed);
        let operation = self.operation;
        let span = trace::request_span(operation.method, operation.path, request.url(), resend);
        let server = self.pipeline.endpoints.of(operation.document);
        let watch = AttemptWatch::begin(&self.watch, operation, server, resend + 1, span.clone());
        let before = self.maybe_processed.swap(true, Ordering::Relaxed);
        let limit = self.options.attempt_timeout;
        let end = after(limit.unwrap_or(self.pipeline.timeouts.attempt));
        let exchange = within(end.min(self.end), self.exchange(request, resend + 1));
        let result = pin!(exchange).instrument(span).await;
        let failure = Failure::of(&result);
        if failure == Failure::Timeout && self.end < end && Instant::now() >= self.end {
            return Err(Error::call_timeout());
        }
        watch.ended(failure);
        if failure.definitely_not_processed() {
            self.maybe_processed.store(before, Ordering::Relaxed);
        }
        Ok(result)
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

    fn decide(
        &self,
        result: Result<AttemptResponse, AttemptError>,
        mask: Mask,
        repeatable: bool,
        retry: u32,
        renewable: impl FnOnce() -> bool,
    ) -> RetryDecision {
        let (failure, error, wait) = match result {
            Ok(mut response) => {
                mask.headers(&mut response.headers);
                if response.status.is_success() {
                    return RetryDecision::Done(Success { response, mask });
                }
                let api = ApiError::read(&response, &mask);
                let expired = response.status == StatusCode::UNAUTHORIZED;
                if expired && asks_for_new_token(&response.headers, &api.message) && renewable() {
                    return RetryDecision::NewToken;
                }
                let wait = api.retry_after;
                (Failure::Status(response.status), refused(api), wait)
            }
            Err(error) => (error.failure, self.broken(error), None),
        };
        let policy = self.options.retry.as_ref().unwrap_or(&self.pipeline.retry);
        match policy
            .pause(retry, wait)
            .filter(|_| failure.may_be_retried(repeatable))
        {
            Some(pause) => RetryDecision::Retry(pause, error),
            None => RetryDecision::GiveUp(error),
        }
    }

    /// The error for an attempt without a complete response.
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

/// The error for a response that is not a success.
fn refused(api: ApiError) -> Error {
    Error::new(match api.status {
        StatusCode::TOO_MANY_REQUESTS => ErrorKind::RateLimited {
            retry_after: api.retry_after,
            api,
        },
        _ => ErrorKind::Api(api),
    })
}

/// The time after this duration, which may be longer than the clock can hold.
pub(crate) fn after(time: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(time).unwrap_or(now + FAR)
}
