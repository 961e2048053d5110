//! Reports how attempts and calls end, to their spans and to the hook for metrics.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use http::StatusCode;
use sinch_conversation_raw::Operation;
use tokio::time::Instant;
use tracing::Span;

use super::{Failure, trace};
use crate::endpoints::Base;
use crate::error::Error;
use crate::metrics::{ErrorType, FinishedAttempt, FinishedCall, Hook};

/// How an attempt or a call ended.
#[derive(Clone, Copy, Debug)]
struct Completion {
    status: Option<StatusCode>,
    error: Option<ErrorType>,
}

/// How it ended when its future was dropped.
const CANCELLED: Completion = Completion {
    status: None,
    error: Some(ErrorType::Cancelled),
};

/// Watches a call, and reports nothing about one that did not begin.
#[derive(Debug)]
pub(super) struct CallWatch {
    hook: Hook,
    begun: OnceLock<(Instant, Span)>,
    completion: Mutex<Completion>,
}

impl CallWatch {
    pub(super) fn new(hook: Hook) -> Self {
        Self {
            hook,
            begun: OnceLock::new(),
            completion: Mutex::new(CANCELLED),
        }
    }

    /// Begins, and returns the span of the call.
    pub(super) fn begin(&self, operation: &Operation) -> Span {
        let begin = || (Instant::now(), trace::call_span(operation));
        self.begun.get_or_init(begin).1.clone()
    }

    pub(super) fn succeeded(&self, status: StatusCode) {
        self.set(|completion| {
            *completion = Completion {
                status: Some(status),
                error: None,
            };
        });
    }

    pub(super) fn failed(&self, error: &Error) {
        self.set(|completion| {
            // A response that could not be decoded keeps its status.
            completion.status = error.status().or(completion.status);
            completion.error = Some(ErrorType::of(error));
        });
    }

    fn set(&self, change: impl FnOnce(&mut Completion)) {
        change(
            &mut self
                .completion
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
    }

    /// Reports the end. To be called once.
    pub(super) fn end(&mut self, operation: &'static str, attempts: u32) {
        let completion = *self
            .completion
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some((begun, span)) = self.begun.get() {
            trace::end_call(span, attempts, completion.error);
            self.hook.call(&FinishedCall {
                operation,
                attempts,
                status: completion.status,
                error_type: completion.error,
                duration: begun.elapsed(),
            });
        }
    }
}

/// Watches one attempt, and reports its end when it is dropped.
pub(super) struct AttemptWatch<'a> {
    hook: &'a Hook,
    operation: &'static Operation,
    server: Option<&'a Base>,
    attempt: u32,
    begun: Instant,
    span: Span,
    completion: Completion,
}

impl<'a> AttemptWatch<'a> {
    pub(super) fn begin(
        call: &'a CallWatch,
        operation: &'static Operation,
        server: Option<&'a Base>,
        attempt: u32,
        span: Span,
    ) -> Self {
        Self {
            hook: &call.hook,
            operation,
            server,
            attempt,
            begun: Instant::now(),
            span,
            completion: CANCELLED,
        }
    }

    pub(super) fn ended(mut self, how: Failure) {
        let (status, error) = trace::completion(how);
        self.completion = Completion { status, error };
    }
}

impl Drop for AttemptWatch<'_> {
    fn drop(&mut self) {
        let Completion { status, error } = self.completion;
        trace::end_request(&self.span, status, error);
        let Some(server) = self.server else { return };
        self.hook.attempt(|| FinishedAttempt {
            operation: self.operation.id.as_str(),
            method: self.operation.method,
            url_template: self.operation.path,
            server_address: Arc::clone(&server.host),
            server_port: server.port,
            attempt: self.attempt,
            status,
            error_type: error,
            duration: self.begun.elapsed(),
        });
    }
}
