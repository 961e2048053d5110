//! What an injected fault makes of a response.

use axum::body::Bytes;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use crate::api::error::ApiError;
use crate::server::body::BODY_LIMIT;
use crate::server::faults::FaultError;
use crate::server::faults::injected::InjectedFault;
use crate::server::response::ServerResponse;
use crate::server::{oauth, operation_names};

/// The response of a fault, validated. A fault that only delays has none.
#[derive(Debug, Clone)]
pub(crate) enum InjectedResponse {
    Status {
        status: StatusCode,
        headers: HeaderMap,
        /// `None`: the operation's error object for the status.
        body: Option<Bytes>,
    },
    Reset,
    Cut(usize),
}

impl InjectedResponse {
    /// Validates a fault.
    pub(crate) fn of(fault: &InjectedFault) -> Result<Option<Self>, FaultError> {
        let kinds = [
            fault.status.is_some(),
            fault.reset,
            fault.cut_body.is_some(),
        ];
        match kinds.iter().filter(|given| **given).count() {
            0 if fault.delay_ms.is_none() => {
                return Err(invalid(
                    "status",
                    "one of status, delay_ms, reset and cut_body is required",
                ));
            }
            0 | 1 => {}
            _ => {
                return Err(invalid(
                    "status",
                    "only one of status, reset and cut_body can be given",
                ));
            }
        }
        if let Some(status) = fault.status {
            return Self::status(fault, status).map(Some);
        }
        refuse_extras(fault)?;
        match fault.cut_body {
            Some(kept) if kept > BODY_LIMIT => Err(invalid(
                "cut_body",
                format!("expected at most {BODY_LIMIT} bytes"),
            )),
            Some(kept) => Ok(Some(Self::Cut(kept))),
            None => Ok(fault.reset.then_some(Self::Reset)),
        }
    }

    fn status(fault: &InjectedFault, status: u16) -> Result<Self, FaultError> {
        let status = StatusCode::from_u16(status)
            .ok()
            .filter(|status| (200..600).contains(&status.as_u16()))
            .ok_or_else(|| {
                invalid(
                    "status",
                    format!("expected 200 to 599, found {}", fault.status.unwrap_or(0)),
                )
            })?;
        let headers = headers(fault)?;
        let body = match &fault.body {
            None => None,
            Some(_) if is_bodiless(status) => {
                return Err(invalid(
                    "body",
                    format!("a response with status {} has no body", status.as_u16()),
                ));
            }
            Some(Value::String(text)) if !is_json(&headers) => Some(Bytes::from(text.clone())),
            Some(value) => Some(Bytes::from(value.to_string())),
        };
        Ok(Self::Status {
            status,
            headers,
            body,
        })
    }

    /// Returns the response for `operation`; `performed` is the real response, if the operation was performed.
    pub(crate) fn answer(
        &self,
        operation: &str,
        performed: Option<ServerResponse>,
    ) -> ServerResponse {
        match self {
            Self::Reset => ServerResponse::reset(),
            Self::Cut(kept) => performed
                .unwrap_or_else(|| ServerResponse::json(StatusCode::OK, "{}".to_owned()))
                .cut(*kept),
            Self::Status {
                status,
                headers,
                body,
            } => {
                let mut answer = ServerResponse::json(*status, default_body(operation, *status));
                if let Some(body) = body {
                    answer.body = body.clone();
                }
                for (name, value) in headers {
                    answer.headers.insert(name, value.clone());
                }
                answer
            }
        }
    }
}

fn refuse_extras(fault: &InjectedFault) -> Result<(), FaultError> {
    let extras = [
        ("headers", !fault.headers.is_empty()),
        ("body", fault.body.is_some()),
        ("retry_after", fault.retry_after.is_some()),
    ];
    match extras.into_iter().find(|(_, given)| *given) {
        Some((field, _)) => Err(invalid(field, "is allowed with status only")),
        None => Ok(()),
    }
}

fn headers(fault: &InjectedFault) -> Result<HeaderMap, FaultError> {
    let mut headers = HeaderMap::new();
    for (name, value) in &fault.headers {
        let parsed = name.parse::<HeaderName>().ok();
        let parsed = parsed.zip(HeaderValue::from_str(value).ok());
        let (name, value) =
            parsed.ok_or_else(|| invalid("headers", format!("{name:?} is not a valid header")))?;
        if name == CONTENT_LENGTH || name == TRANSFER_ENCODING {
            return Err(invalid(
                "headers",
                format!("{name} always fits the body: use cut_body for a truncated one"),
            ));
        }
        headers.insert(name, value);
    }
    if let Some(seconds) = fault.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(headers)
}

fn is_json(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_none_or(|value| {
        value
            .to_str()
            .is_ok_and(|value| value.to_ascii_lowercase().contains("json"))
    })
}

fn is_bodiless(status: StatusCode) -> bool {
    status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED
}

fn default_body(operation: &str, status: StatusCode) -> String {
    if is_bodiless(status) {
        String::new()
    } else if status.as_u16() < 400 {
        "{}".to_owned()
    } else if operation == operation_names::TOKEN_OPERATION {
        oauth::injected_body(status).to_string()
    } else {
        ApiError::injected(status).body().to_string()
    }
}

fn invalid(field: &'static str, reason: impl Into<String>) -> FaultError {
    FaultError::Invalid {
        field,
        reason: reason.into(),
    }
}
