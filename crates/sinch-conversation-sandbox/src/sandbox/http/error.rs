//! Errors of the controls, as the API's error object.

use axum::http::StatusCode;

use crate::api::error::ApiError;
use crate::sandbox::error::ControlError;

impl From<ControlError> for ApiError {
    fn from(error: ControlError) -> Self {
        let message = error.to_string();
        match error {
            ControlError::UnknownApp { .. }
            | ControlError::UnknownMessage { .. }
            | ControlError::UnknownCallback { .. }
            | ControlError::UnknownEvent { .. } => {
                Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
            }
            ControlError::ChannelNotConfigured { .. } | ControlError::NoSuchEvent { .. } => {
                Self::invalid("channel", message)
            }
            ControlError::NoSuchChoice { .. } => Self::invalid("choice.index", message),
            ControlError::ClockBackwards { .. } => Self::invalid("set", message),
            ControlError::NotAContactMessage {
                path,
                expected,
                found,
            } => Self::invalid(path, format!("expected {expected}, found {found}"))
                .inside("contact_message"),
            ControlError::NotAContactEvent {
                path,
                expected,
                found,
            } => Self::invalid(path, format!("expected {expected}, found {found}")),
            ControlError::UnknownOperation { .. } => Self::invalid("operation", message),
            ControlError::InvalidFault { field, reason } => Self::invalid(field, reason),
            ControlError::TimedOut { .. } => {
                Self::new(StatusCode::REQUEST_TIMEOUT, "DEADLINE_EXCEEDED", message)
            }
            ControlError::Unavailable { .. } => unavailable(message),
            _ => Self::invalid("", message),
        }
    }
}

/// The sandbox is stopping, or its store has failed.
pub(super) fn unavailable(message: impl Into<String>) -> ApiError {
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
}
