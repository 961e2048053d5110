//! The description of an injected fault.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Matches every operation.
pub(super) const ANY: &str = "*";

/// A fault to inject into an operation: an error status, a delay, a connection reset, or a truncated body.
///
/// The operation is named as in the documents, such as `Messages_SendMessage`; `OAuth_Token` is the token endpoint, and
/// `*` is any of them. By default a fault applies to one request, before anything else is checked, credentials
/// included, as in a gateway in front of the API. A delay can be combined with each of the others.
///
/// ```
/// use std::time::Duration;
/// use sinch_conversation_sandbox::InjectedFault;
///
/// let busy = InjectedFault::status("Messages_SendMessage", 503).retry_after(2).times(3);
/// // The message is stored and sent, but the caller gets no response.
/// let lost = InjectedFault::reset("Messages_SendMessage").after_performing();
/// let slow = InjectedFault::delay("*", Duration::from_millis(300)).until_cleared();
/// # assert_ne!(busy, lost);
/// # assert_ne!(lost, slow);
/// ```
///
/// As JSON: `{"operation": "Messages_SendMessage", "status": 503, "retry_after": 2, "times": 3}`. `times` is 1 by
/// default, and 0 means until cleared; `phase` is `"before"` or `"after"`; then `status` (with `headers`, `body` and
/// `retry_after`), `reset: true` or `cut_body`, and `delay_ms`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InjectedFault {
    pub(crate) operation: String,
    #[serde(default = "once")]
    pub(crate) times: u32,
    #[serde(default)]
    pub(crate) phase: Phase,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) delay_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after: Option<u64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) reset: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cut_body: Option<usize>,
}

/// Whether a fault applies before or after the operation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Phase {
    #[default]
    Before,
    After,
}

fn once() -> u32 {
    1
}

impl InjectedFault {
    fn on(operation: impl Into<String>) -> Self {
        Self {
            operation: operation.into(),
            times: once(),
            phase: Phase::Before,
            delay_ms: None,
            status: None,
            headers: BTreeMap::new(),
            body: None,
            retry_after: None,
            reset: false,
            cut_body: None,
        }
    }

    /// Responds with this status, 200 to 599, and the documented error object for it, or [`body`](Self::body).
    pub fn status(operation: impl Into<String>, status: u16) -> Self {
        Self {
            status: Some(status),
            ..Self::on(operation)
        }
    }

    /// Delays the response. By the machine's clock, in whole milliseconds.
    pub fn delay(operation: impl Into<String>, delay: Duration) -> Self {
        Self::on(operation).delayed(delay)
    }

    /// Resets the connection (TCP RST) instead of responding.
    pub fn reset(operation: impl Into<String>) -> Self {
        Self {
            reset: true,
            ..Self::on(operation)
        }
    }

    /// Sends `kept` bytes of a body that is announced as longer, and closes the connection. With
    /// [`after_performing`](Self::after_performing) they are those of the real response; a short one is padded with
    /// spaces. At most 4 MiB.
    pub fn cut_body(operation: impl Into<String>, kept: usize) -> Self {
        Self {
            cut_body: Some(kept),
            ..Self::on(operation)
        }
    }

    /// Applies to this many requests; 0 is the same as [`until_cleared`](Self::until_cleared).
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Applies to every request until [`Sandbox::clear_faults`](crate::Sandbox::clear_faults).
    #[must_use]
    pub fn until_cleared(self) -> Self {
        self.times(0)
    }

    /// Applies after the operation: a message is stored and sent, only the response is replaced.
    #[must_use]
    pub fn after_performing(mut self) -> Self {
        self.phase = Phase::After;
        self
    }

    /// Adds a delay before the fault, in whole milliseconds.
    #[must_use]
    pub fn delayed(mut self, delay: Duration) -> Self {
        self.delay_ms = Some(u64::try_from(delay.as_millis()).unwrap_or(u64::MAX));
        self
    }

    /// Adds a header to the response of [`status`](Self::status), replacing one with the same name.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// Sets the body of the response of [`status`](Self::status). With a `content-type` header that is not JSON, a
    /// string is sent as it is, without quotes.
    #[must_use]
    pub fn body(mut self, body: impl Into<Value>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Adds the header `retry-after`, in seconds, to the response of [`status`](Self::status).
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    pub(super) fn is_for(&self, operation: &str) -> bool {
        self.operation == ANY || self.operation == operation
    }
}
