//! Deviations from the documents that the service or its official SDKs need. Each names a place and a reason; the
//! schemas stay as published.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;
use sinch_conversation_raw::OperationId as Id;
use sinch_conversation_raw::limits::Limit;
use sinch_conversation_raw::types::DeliveryReportBasedFallback;

use super::proto_json::is_camel_case_of;
use super::violations::path_of;
use crate::model::check::Violation;

/// An exception for one field of one operation.
struct Exception {
    operation: Id,
    field: &'static str,
    allowed: Allowed,
}

/// How a field may differ.
enum Allowed {
    /// The field may be missing though it is required.
    Absent,
    /// The field may have the number that its limit allows in addition to its range.
    Number(Limit),
    /// The content may be wrapped in an object with this one key.
    Within(&'static str),
}

const EXCEPTIONS: &[Exception] = &[
    // An update names only what changes; the document uses the schema of a whole webhook for it.
    Exception {
        operation: Id::WebhooksUpdateWebhook,
        field: "target",
        allowed: Allowed::Absent,
    },
    // Apps without fallback are shown with 0, and callers copy it.
    Exception {
        operation: Id::AppCreateApp,
        field: WAITING_TIME,
        allowed: Allowed::Number(DeliveryReportBasedFallback::DELIVERY_REPORT_WAITING_TIME),
    },
    // Apps without fallback are shown with 0, and callers send it back.
    Exception {
        operation: Id::AppUpdateApp,
        field: WAITING_TIME,
        allowed: Allowed::Number(DeliveryReportBasedFallback::DELIVERY_REPORT_WAITING_TIME),
    },
    // The path has the id; the official Node SDK cannot put it into the body.
    Exception {
        operation: Id::TemplatesV2UpdateTemplate,
        field: "id",
        allowed: Allowed::Absent,
    },
    // The published document wraps the event in an object; the official SDKs, and so an overlay, do not.
    Exception {
        operation: Id::EventsSendEvent,
        field: "event",
        allowed: Allowed::Within("app_event"),
    },
];

const WAITING_TIME: &str = "delivery_report_based_fallback.delivery_report_waiting_time";

fn exceptions(operation: Id) -> impl Iterator<Item = &'static Exception> {
    EXCEPTIONS
        .iter()
        .filter(move |exception| exception.operation == operation)
}

/// Returns whether an error is tolerated.
pub(super) fn passes(operation: Id, error: &ValidationError<'_>) -> bool {
    exceptions(operation)
        .any(|exception| exception.allowed.covers(error) && path_of(error) == exception.field)
}

impl Allowed {
    fn covers(&self, error: &ValidationError<'_>) -> bool {
        match self {
            Self::Absent => matches!(error.kind(), ValidationErrorKind::Required { .. }),
            Self::Number(limit) => {
                let out_of_range = matches!(
                    error.kind(),
                    ValidationErrorKind::Minimum { .. } | ValidationErrorKind::Maximum { .. }
                );
                out_of_range && limit.or.is_some() && error.instance().as_i64() == limit.or
            }
            Self::Within(_) => false,
        }
    }
}

/// An object that wraps the content of a field.
#[derive(Clone, Copy)]
pub(super) struct Wrapper {
    field: &'static str,
    key: &'static str,
}

impl Wrapper {
    /// Renames a place to where it was in the body as it was sent.
    pub(super) fn rename(self, violation: Violation) -> Violation {
        let (field, key) = (self.field, self.key);
        let inside = violation.field.strip_prefix(field);
        match inside.filter(|rest| rest.is_empty() || rest.starts_with('.')) {
            Some(rest) => Violation::new(format!("{field}.{key}{rest}"), violation.description),
            None => violation,
        }
    }
}

/// Unwraps the content of a field, if the caller wrapped it.
pub(super) fn unwrap(operation: Id, body: &mut Value) -> Option<Wrapper> {
    exceptions(operation).find_map(|exception| {
        let Allowed::Within(key) = exception.allowed else {
            return None;
        };
        let field = exception.field;
        let content = body.get_mut(field)?;
        let around = content.as_object_mut().filter(|around| around.len() == 1)?;
        let (given, inner) = around.iter_mut().next()?;
        if given != key && !is_camel_case_of(given, key) {
            return None;
        }
        *content = inner.take();
        Some(Wrapper { field, key })
    })
}
