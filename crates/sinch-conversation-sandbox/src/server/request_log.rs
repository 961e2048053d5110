//! The log of requests and their responses.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::http::{Method, Uri};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sinch_conversation_raw::wire::Timestamp;
use tokio::sync::watch;

use crate::model::redact;
use crate::server::faults::injected::InjectedFault;
use crate::server::response::ServerResponse;
use crate::store::window::{Page, Window};

/// The most requests in the log.
const KEPT: u32 = 1000;
/// The most bytes of a body in the log.
pub(crate) const BODY_KEPT: usize = 16 * 1024;

/// A request to the API or the token endpoint with its response, returned by
/// [`Sandbox::requests`](crate::Sandbox::requests). Values of fields that hold secrets are `***`; headers are not
/// logged.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// The number of the request, from 1.
    pub id: u64,
    /// When it arrived, by the sandbox's clock.
    pub at: Timestamp,
    /// The HTTP method.
    pub method: String,
    /// The path with the query.
    pub path: String,
    /// The operation, such as `Messages_SendMessage` or `OAuth_Token`; `None` if the path has none.
    pub operation: Option<&'static str>,
    /// The status of the response; `None` if there was none: the connection was reset, or the sandbox stopped.
    pub status: Option<u16>,
    /// The time until the response, in milliseconds.
    pub milliseconds: u64,
    /// The error object of an error response: the member `error`, or the whole body if it has another form.
    pub problem: Option<Value>,
    /// The first 16 KiB of the request body. Invalid UTF-8 is replaced by U+FFFD.
    pub request: String,
    /// The first 16 KiB of the response body.
    pub response: String,
    /// The fault that was applied to it.
    pub fault: Option<InjectedFault>,
}

/// A stored request; secrets are removed when it is read.
#[derive(Clone)]
struct StoredRequest {
    /// Without the bodies and the problem.
    shown: LoggedRequest,
    request: Vec<u8>,
    response: Vec<u8>,
}

impl StoredRequest {
    fn show(self) -> LoggedRequest {
        let mut shown = self.shown;
        shown.path = redact::path(&shown.path);
        shown.request = redact::body(&text(&self.request));
        shown.response = redact::body(&text(&self.response));
        if shown.status.is_some_and(|status| status >= 400) {
            shown.problem = problem(&shown.response);
        }
        shown
    }
}

fn problem(response: &str) -> Option<Value> {
    let mut body: Value = serde_json::from_str(response).ok()?;
    match body.get_mut("error") {
        Some(error @ Value::Object(_)) => Some(error.take()),
        _ => Some(body),
    }
}

fn shortened(body: &[u8]) -> Vec<u8> {
    body.get(..BODY_KEPT).unwrap_or(body).to_vec()
}

/// Returns bytes as text, without a character that is cut off at the end.
fn text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut chunks = bytes.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        text.push_str(chunk.valid());
        let is_cut = chunks.peek().is_none() && bytes.len() == BODY_KEPT;
        if !chunk.invalid().is_empty() && !is_cut {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    text
}

#[derive(Default)]
struct Entries {
    entries: VecDeque<StoredRequest>,
    last_id: u64,
}

/// The last requests, in memory only.
pub(crate) struct RequestLog {
    most: usize,
    kept: Mutex<Entries>,
    changes: watch::Sender<u64>,
}

impl RequestLog {
    /// Creates a log of the last `most` requests, 1,000 by default and at most.
    pub(crate) fn new(most: Option<NonZeroU32>) -> Self {
        let most = most.map_or(KEPT, |most| most.get().min(KEPT));
        Self {
            most: usize::try_from(most).unwrap_or(usize::MAX),
            kept: Mutex::default(),
            changes: watch::Sender::default(),
        }
    }

    /// Adds a request. It is logged with its response, or without one when the sandbox stops.
    pub(crate) fn open(
        &self,
        at: DateTime<Utc>,
        method: &Method,
        uri: &Uri,
        operation: Option<&'static str>,
    ) -> OpenRequest<'_> {
        let path = uri.path_and_query();
        OpenRequest {
            log: self,
            started: Instant::now(),
            entry: Some(StoredRequest {
                shown: LoggedRequest {
                    id: 0,
                    at: at.into(),
                    method: method.as_str().to_owned(),
                    path: path.map_or_else(|| uri.to_string(), ToString::to_string),
                    operation,
                    status: None,
                    milliseconds: 0,
                    problem: None,
                    request: String::new(),
                    response: String::new(),
                    fault: None,
                },
                request: Vec::new(),
                response: Vec::new(),
            }),
        }
    }

    /// Notifies of every request that is added.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(crate) fn all(&self) -> Vec<LoggedRequest> {
        self.after(&Window::all()).items
    }

    /// Returns the requests after an id.
    pub(crate) fn after(&self, window: &Window) -> Page<LoggedRequest> {
        self.entries_after(window).map(StoredRequest::show)
    }

    fn entries_after(&self, window: &Window) -> Page<StoredRequest> {
        let (mut items, mut bytes) = (Vec::new(), 0);
        for entry in &self.kept().entries {
            if i64::try_from(entry.shown.id).is_ok_and(|id| id <= window.after) {
                continue;
            }
            if window.is_full(items.len(), bytes) {
                return Page { items, more: true };
            }
            bytes += entry.request.len() + entry.response.len();
            items.push(entry.clone());
        }
        Page { items, more: false }
    }

    pub(crate) fn clear(&self) {
        self.kept().entries.clear();
        self.tell();
    }

    fn add(&self, mut entry: StoredRequest) {
        let mut kept = self.kept();
        kept.last_id += 1;
        entry.shown.id = kept.last_id;
        if kept.entries.len() == self.most {
            kept.entries.pop_front();
        }
        kept.entries.push_back(entry);
        drop(kept);
        self.tell();
    }

    fn tell(&self) {
        self.changes
            .send_modify(|version| *version = version.wrapping_add(1));
    }

    fn kept(&self) -> MutexGuard<'_, Entries> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is being answered.
pub(crate) struct OpenRequest<'a> {
    log: &'a RequestLog,
    started: Instant,
    entry: Option<StoredRequest>,
}

impl OpenRequest<'_> {
    pub(crate) fn received(&mut self, body: &[u8]) {
        if let Some(entry) = &mut self.entry {
            entry.request = shortened(body);
        }
    }

    pub(crate) fn set_fault(&mut self, fault: InjectedFault) {
        if let Some(entry) = &mut self.entry {
            entry.shown.fault = Some(fault);
        }
    }

    pub(crate) fn answered(mut self, answer: &ServerResponse) {
        if let Some(entry) = &mut self.entry {
            entry.shown.status = answer.seen_status();
            entry.response = shortened(&answer.body);
        }
    }
}

impl Drop for OpenRequest<'_> {
    fn drop(&mut self) {
        if let Some(mut entry) = self.entry.take() {
            let elapsed = self.started.elapsed().as_millis();
            entry.shown.milliseconds = u64::try_from(elapsed).unwrap_or(u64::MAX);
            self.log.add(entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_shortened_between_characters() {
        let body = format!("{}ééé", "x".repeat(BODY_KEPT - 3));
        let shown = text(&shortened(body.as_bytes()));
        assert_eq!(shown, format!("{}é", "x".repeat(BODY_KEPT - 3)));
        assert_eq!(text(b"a\xFFb\xC3"), "a\u{FFFD}b\u{FFFD}");
        assert_eq!(text(&shortened(b"short")), "short");
    }
}
