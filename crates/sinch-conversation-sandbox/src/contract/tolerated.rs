//! Where a request may differ from the documents, because the service or its official SDKs do. Each exception names
//! a place and a reason; the schemas stay as published.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::{Value, json};

use super::violations::path_of;
use crate::http::fault::Violation;

/// An exception for one field of one operation.
struct Exception {
    operation: &'static str,
    field: &'static str,
    allowed: Allowed,
}

/// How a field may differ.
enum Allowed {
    /// The field may be missing though it is required.
    Absent,
    /// The field may have this word though it is not documented.
    Word(&'static str),
    /// The field may have this number though it is out of range.
    Number(i64),
    /// The content may come without the object of this one key around it.
    Without(&'static str),
}

const EXCEPTIONS: &[Exception] = &[
    // An update names what changes; the document uses the schema of a whole webhook for it.
    Exception {
        operation: "Webhooks_UpdateWebhook",
        field: "target",
        allowed: Allowed::Absent,
    },
    // Contacts that the API makes by itself have this language and are sent back with it.
    Exception {
        operation: "Contact_UpdateContact",
        field: "language",
        allowed: Allowed::Word("UNSPECIFIED"),
    },
    // Apps that do not fall back show 0, and are copied with it.
    Exception {
        operation: "App_CreateApp",
        field: WAITING_TIME,
        allowed: Allowed::Number(0),
    },
    // Apps that do not fall back show 0, and are sent back with it.
    Exception {
        operation: "App_UpdateApp",
        field: WAITING_TIME,
        allowed: Allowed::Number(0),
    },
    // The path has the id already; the official Node SDK has no place for it in the body.
    Exception {
        operation: "Templates_v2_UpdateTemplate",
        field: "id",
        allowed: Allowed::Absent,
    },
    // The official SDKs send the event itself, the document has an object around it.
    Exception {
        operation: "Events_SendEvent",
        field: "event",
        allowed: Allowed::Without("app_event"),
    },
];

const WAITING_TIME: &str = "delivery_report_based_fallback.delivery_report_waiting_time";

fn exceptions(operation: &str) -> impl Iterator<Item = &'static Exception> {
    EXCEPTIONS
        .iter()
        .filter(move |exception| exception.operation == operation)
}

/// The operations that have exceptions.
#[cfg(test)]
pub(super) fn operations() -> impl Iterator<Item = &'static str> {
    EXCEPTIONS.iter().map(|exception| exception.operation)
}

/// Whether an error is one that is passed over.
pub(super) fn passes(operation: &str, error: &ValidationError<'_>) -> bool {
    exceptions(operation)
        .any(|exception| exception.allowed.covers(error) && path_of(error) == exception.field)
}

impl Allowed {
    fn covers(&self, error: &ValidationError<'_>) -> bool {
        match self {
            Self::Absent => matches!(error.kind(), ValidationErrorKind::Required { .. }),
            Self::Word(word) => {
                matches!(error.kind(), ValidationErrorKind::Enum { .. })
                    && error.instance().as_str() == Some(word)
            }
            Self::Number(number) => {
                let out_of_range = matches!(
                    error.kind(),
                    ValidationErrorKind::Minimum { .. } | ValidationErrorKind::Maximum { .. }
                );
                out_of_range && error.instance().as_i64() == Some(*number)
            }
            Self::Without(_) => false,
        }
    }
}

/// An object that was put around the content of a field.
#[derive(Clone, Copy)]
pub(super) struct Wrap {
    field: &'static str,
    key: &'static str,
}

impl Wrap {
    /// Takes the object away again.
    pub(super) fn undo(self, body: &mut Value) {
        if let Some(content) = body.get_mut(self.field)
            && let Some(inner) = content.get_mut(self.key).map(Value::take)
        {
            *content = inner;
        }
    }

    /// Names a place in the body as it was sent.
    pub(super) fn rename(self, violation: Violation) -> Violation {
        let (field, key) = (self.field, self.key);
        let inside = violation.field.strip_prefix(&format!("{field}.{key}"));
        match inside {
            Some(rest) => Violation::new(format!("{field}{rest}"), violation.description),
            None => violation,
        }
    }
}

/// Makes the body what the document wants, where the caller left out an object around a field.
pub(super) fn wrap(operation: &str, body: &mut Value) -> Option<Wrap> {
    for exception in exceptions(operation) {
        let Allowed::Without(key) = exception.allowed else {
            continue;
        };
        let field = exception.field;
        let is_bare = |content: &&mut Value| {
            content.is_object() && content.get(key).is_none_or(Value::is_null)
        };
        if let Some(content) = body.get_mut(field).filter(is_bare) {
            *content = json!({key: content.take()});
            return Some(Wrap { field, key });
        }
    }
    None
}
