//! HTTP: from a request to the handler of its operation, and back.

pub(crate) mod call;
pub(crate) mod fault;
pub(crate) mod oauth;
pub(crate) mod page;
pub(crate) mod route;
pub(crate) mod surface;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::api;
use crate::control;
use crate::core::Core;
use crate::engine::scope::Scope;
use call::Call;
use fault::Fault;

/// The longest body that is read, in bytes: a batch of a thousand recipients with their parameters fits well.
const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// The service behind the listener.
pub(crate) fn service(core: Arc<Core>) -> Router {
    Router::new().fallback(answer).with_state(core)
}

async fn answer(State(core): State<Arc<Core>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if parts.uri.path().starts_with(control::http::PREFIX) {
        return control::http::answer(core, parts, body).await;
    }
    if crate::page::serves(parts.uri.path()) {
        return crate::page::answer(&parts);
    }
    if parts.uri.path() == oauth::PATH {
        return match read(body).await {
            Ok(body) => oauth::answer(&core, &parts.method, &parts.headers, &body),
            Err(fault) => fault.into_response(),
        };
    }
    match perform(core, parts, body).await {
        Ok(value) => json_response(&value),
        Err(fault) => fault.into_response(),
    }
}

async fn perform(core: Arc<Core>, parts: Parts, body: Body) -> Result<Value, Fault> {
    let now = core.clock.now();
    core.access
        .check(&parts.headers, surface::scheme(parts.uri.path()), now)?;
    let (operation, params) = surface::find(&core, &parts.method, parts.uri.path())?;
    let call = Call::new(operation, params, parts.uri.query(), read(body).await?);
    let shared = Arc::clone(&core);
    let reads = parts.method == Method::GET;
    let work = move |tx: &rusqlite::Transaction<'_>| api::perform(&Scope::new(&shared, tx), &call);
    if reads {
        core.store.read(work).await
    } else {
        core.store.write(work).await
    }
}

pub(crate) async fn read(body: Body) -> Result<Bytes, Fault> {
    to_bytes(body, BODY_LIMIT)
        .await
        .map_err(|_| Fault::too_large(BODY_LIMIT))
}

pub(crate) fn json_response(value: &Value) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
