//! The three APIs, the page and the controls on one listener: which path belongs to which, and which credentials it
//! accepts.

use axum::http::Method;
use sinch_conversation_raw::{Document, OPERATIONS, Operation};

use super::access::Scheme;
use super::operation_names::TOKEN_OPERATION;
use super::router::{Found, Route, Routes, percent_decode};
use super::{health, oauth, page};
use crate::api::call::Params;
use crate::api::error::ApiError;

/// The Batch API has the paths of the Conversation API on another host; here it has this prefix instead.
const BATCH: &str = "/batch";

/// The prefix of the controls.
const CONTROLS: &str = "/_sandbox/";

/// Every documented operation by its path.
pub(crate) type Operations = Routes<&'static Operation>;

/// The target of a request.
pub(crate) enum Target<'a> {
    Health,
    Controls,
    Page,
    Token,
    Operation(Found<'a, &'static Operation>),
}

impl<'a> Target<'a> {
    pub(crate) fn find(operations: &'a Operations, method: &Method, path: &str) -> Self {
        if path == health::PATH {
            Self::Health
        } else if path.starts_with(CONTROLS) {
            Self::Controls
        } else if page::serves(path) {
            Self::Page
        } else if path == oauth::PATH {
            Self::Token
        } else {
            Self::Operation(operations.find(method.as_str(), path))
        }
    }

    /// Returns the name of the operation, whatever the project and the credentials.
    pub(crate) fn operation(&self, method: &Method) -> Option<&'static str> {
        match self {
            Self::Token => (*method == Method::POST).then_some(TOKEN_OPERATION),
            Self::Operation(Found::Operation(operation, _)) => Some(operation.id.as_str()),
            _ => None,
        }
    }
}

pub(crate) fn operations() -> Operations {
    Routes::new(OPERATIONS.iter().copied().map(|operation| {
        let prefix = if operation.document == Document::Batch {
            BATCH
        } else {
            ""
        };
        (
            Route {
                prefix,
                method: operation.method,
                path: operation.path,
            },
            operation,
        )
    }))
}

/// Returns the accepted credentials: the Batch API accepts bearer tokens only.
pub(crate) fn scheme(path: &str) -> Scheme {
    if path.starts_with("/batch/") {
        Scheme::BearerOnly
    } else {
        Scheme::BasicOrBearer
    }
}

/// Returns the operation at a path, if the path belongs to this project.
pub(crate) fn of_project(
    project_id: &str,
    path: &str,
    found: Found<'_, &'static Operation>,
) -> Result<(&'static Operation, Params), ApiError> {
    let named = project(path).ok_or_else(ApiError::no_such_path)?;
    if percent_decode(named).as_deref() != Some(project_id) {
        return Err(ApiError::forbidden());
    }
    match found {
        Found::Operation(operation, params) => Ok((operation, params)),
        Found::OtherMethods(methods) => Err(ApiError::wrong_method(&methods)),
        Found::Nothing => {
            Err(former(path).map_or_else(ApiError::no_such_path, ApiError::former_path))
        }
    }
}

/// Returns the remedy for a path of an earlier API.
fn former(path: &str) -> Option<&'static str> {
    let path = path.strip_prefix(BATCH).unwrap_or(path);
    if path.starts_with("/v1beta/") {
        return Some("v1beta no longer exists: use /v1 and its paths");
    }
    let mut segments = path.split('/').skip(1);
    let is_v1 = segments.next() == Some("v1");
    let resource = segments.nth(2)?;
    (is_v1 && resource.split(':').next() == Some("templates"))
        .then_some("version 1 of the Template API no longer exists: use /v2")
}

/// Returns the project in `/v1/projects/{project}/...`.
fn project(path: &str) -> Option<&str> {
    let (_, rest) = path.split_once("/projects/")?;
    rest.split('/').next().filter(|project| !project.is_empty())
}
