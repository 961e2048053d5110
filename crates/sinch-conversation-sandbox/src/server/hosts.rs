//! The three APIs on one listener: which path belongs to which, and who may call it.

use axum::http::Method;
use sinch_conversation_raw::{Document, OPERATIONS, Operation};

use super::{health, oauth};
use crate::api::error::Fault;
use crate::core::Core;
use crate::sandbox::http;
use crate::server::access::Scheme;
use crate::server::operation_names::TOKEN_OPERATION;
use crate::server::page;
use crate::server::router::{Found, Params, Place, Routes, percent_decode};

/// The Batch API has the paths of the Conversation API on a host of its own; here it has this prefix instead.
const BATCH: &str = "/batch";

/// Whether a path is none of the page, the controls and the check of health.
pub(crate) fn is_of_the_api(path: &str) -> bool {
    path != health::PATH && !path.starts_with(http::PREFIX) && !page::serves(path)
}

/// The name of the operation that a request is for, whatever the project and the credentials.
pub(crate) fn operation(core: &Core, method: &Method, path: &str) -> Option<&'static str> {
    if path == oauth::PATH {
        return (method == Method::POST).then_some(TOKEN_OPERATION);
    }
    match core.routes.find(method.as_str(), path) {
        Found::Operation(operation, _) => Some(operation.id.as_str()),
        _ => None,
    }
}

/// Every documented operation.
pub(crate) fn routes() -> Routes<&'static Operation> {
    Routes::new(OPERATIONS.iter().copied().map(|operation| {
        let prefix = if operation.document == Document::Batch {
            BATCH
        } else {
            ""
        };
        (
            Place {
                prefix,
                method: operation.method,
                path: operation.path,
            },
            operation,
        )
    }))
}

/// The Batch API takes bearer tokens only.
pub(crate) fn scheme(path: &str) -> Scheme {
    if path.starts_with("/batch/") {
        Scheme::BearerOnly
    } else {
        Scheme::BasicOrBearer
    }
}

/// The operation at a path of this project.
pub(crate) fn find(
    core: &Core,
    method: &Method,
    path: &str,
) -> Result<(&'static Operation, Params), Fault> {
    let project = project(path).ok_or_else(Fault::no_such_path)?;
    if percent_decode(project).as_deref() != Some(core.settings.project.as_str()) {
        return Err(Fault::forbidden());
    }
    match core.routes.find(method.as_str(), path) {
        Found::Operation(operation, params) => Ok((operation, params)),
        Found::OtherMethods(methods) => Err(Fault::wrong_method(&methods)),
        Found::Nothing => Err(former(path).map_or_else(Fault::no_such_path, Fault::former_path)),
    }
}

/// What is meant by a path that the API had once.
fn former(path: &str) -> Option<&'static str> {
    let path = path.strip_prefix(BATCH).unwrap_or(path);
    if path.starts_with("/v1beta/") {
        return Some("v1beta is gone: use /v1, with the paths of today");
    }
    let mut segments = path.split('/').skip(1);
    let is_v1 = segments.next() == Some("v1");
    let resource = segments.nth(2)?;
    (is_v1 && resource.split(':').next() == Some("templates"))
        .then_some("version 1 of the Template API is gone: use /v2")
}

/// The project in `/v1/projects/{project}/...`.
fn project(path: &str) -> Option<&str> {
    let (_, rest) = path.split_once("/projects/")?;
    rest.split('/').next().filter(|project| !project.is_empty())
}
