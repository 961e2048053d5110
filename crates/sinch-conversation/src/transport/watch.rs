//! Who is told what became of attempts and calls: spans and the hook for metrics.

use std::sync::{Mutex, OnceLock, PoisonError};

use http::StatusCode;
use sinch_conversation_raw::Operation;
use tokio::time::Instant;
use tracing::Span;

use super::{Failure, trace};
use crate::error::Error;
use crate::metrics::{ErrorType, FinishedAttempt, FinishedCall, Hook};

/// How something ended, as far as it did.
#[derive(Clone, Copy, Debug)]
struct Outcome {
    status: Option<StatusCode>,
    error: Option<ErrorType>,
}

/// What holds when the future is dropped before the end.
const CANCELLED: Outcome = Outcome {
    status: None,
    error: Some(ErrorType::Cancelled),
};

/// Watches a call. Says nothing about one that did not begin.
#[derive(Debug)]
pub(super) struct CallWatch {
    hook: Hook,
    begun: OnceLock<(Instant, Span)>,
    outcome: Mutex<Outcome>,
}

impl CallWatch {
    pub(super) fn new(hook: Hook) -> Self {
        Self {
            hook,
            begun: OnceLock::new(),
            outcome: Mutex::new(CANCELLED),
        }
    }

    /// Begins, and gives the span of the call.
    pub(super) fn begin(&self, operation: &Operation) -> Span {
        let begin = || (Instant::now(), trace::call_span(operation));
        self.begun.get_or_init(begin).1.clone()
    }

    pub(super) fn succeeded(&self, status: StatusCode) {
        self.set(|outcome| {
            *outcome = Outcome {
                status: Some(status),
                error: None,
            };
        });
    }

    pub(super) fn failed(&self, error: &Error) {
        self.set(|outcome| {
            // An answer that could not be read keeps its status.
            outcome.status = error.status().or(outcome.status);
            outcome.error = Some(ErrorType::of(error));
        });
    }

    fn set(&self, change: impl FnOnce(&mut Outcome)) {
        change(&mut self.outcome.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Tells the end. To be called once.
    pub(super) fn end(&mut self, operation: &'static str, attempts: u32) {
        let outcome = *self
            .outcome
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some((begun, span)) = self.begun.get() {
            trace::end_call(span, attempts, outcome.error);
            self.hook.call(&FinishedCall {
                operation,
                attempts,
                status: outcome.status,
                error_type: outcome.error,
                duration: begun.elapsed(),
            });
        }
    }
}

/// Watches one attempt, and tells its end when it is dropped.
pub(super) struct AttemptWatch<'a> {
    hook: &'a Hook,
    operation: &'static str,
    attempt: u32,
    begun: Instant,
    span: Span,
    outcome: Outcome,
}

impl<'a> AttemptWatch<'a> {
    pub(super) fn begin(
        call: &'a CallWatch,
        operation: &'static str,
        attempt: u32,
        span: Span,
    ) -> Self {
        Self {
            hook: &call.hook,
            operation,
            attempt,
            begun: Instant::now(),
            span,
            outcome: CANCELLED,
        }
    }

    pub(super) fn ended(mut self, how: Failure) {
        let (status, error) = trace::outcome(how);
        self.outcome = Outcome { status, error };
    }
}

impl Drop for AttemptWatch<'_> {
    fn drop(&mut self) {
        let Outcome { status, error } = self.outcome;
        trace::end_request(&self.span, status, error);
        self.hook.attempt(&FinishedAttempt {
            operation: self.operation,
            attempt: self.attempt,
            status,
            error_type: error,
            duration: self.begun.elapsed(),
        });
    }
}
