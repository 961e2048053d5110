//! HTTP: from a request to the handler of its operation, and back.

pub(crate) mod answer;
pub(crate) mod call;
mod connection;
pub(crate) mod effect;
pub(crate) mod fault;
pub(crate) mod listener;
pub(crate) mod names;
pub(crate) mod oauth;
pub(crate) mod pace;
pub(crate) mod page;
pub(crate) mod redact;
pub(crate) mod route;
pub(crate) mod surface;

use std::error::Error;
use std::iter::successors;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::time::{sleep, timeout};

use crate::api;
use crate::contract;
use crate::control;
use crate::core::Core;
use crate::engine::scope::Scope;
use crate::faults::{Moment, Strike};
use answer::Answer;
use fault::Fault;

/// The longest body that is read, in bytes: a batch of a thousand recipients with their parameters fits well.
const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// The service behind the listener.
pub(crate) fn service(core: Arc<Core>) -> Router {
    Router::new().fallback(answer).with_state(core)
}

/// What every request goes through: it is read, answered, by an injected fault if there is one, and written down.
async fn answer(State(core): State<Arc<Core>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if parts.uri.path().starts_with(control::http::PREFIX) {
        return control::http::answer(core, parts, body).await;
    }
    if crate::page::serves(parts.uri.path()) {
        return crate::page::answer(&parts);
    }
    let operation = surface::operation(&core, &parts.method, parts.uri.path());
    let mut entry = core.requests.open(core.clock.now(), &parts, operation);
    let body = read(body, core.settings.read_timeout).await;
    entry.received(body.as_deref().unwrap_or_default());
    let strike = operation.and_then(|name| Some((name, core.faults.strike(name)?)));
    let answer = match strike {
        None => proper(&core, parts, body).await,
        Some((name, strike)) => {
            entry.struck_by(strike.fault.clone());
            struck(&core, parts, body, name, &strike).await
        }
    };
    entry.answered(&answer);
    answer.into_response()
}

/// The answer to a request that a fault strikes.
async fn struck(
    core: &Arc<Core>,
    parts: Parts,
    body: Result<Bytes, Fault>,
    operation: &str,
    strike: &Strike,
) -> Answer {
    let effect = strike.effect.as_ref();
    match strike.fault.moment {
        Moment::Before => {
            pause(core, strike).await;
            match effect {
                Some(effect) => effect.answer(operation, None),
                None => proper(core, parts, body).await,
            }
        }
        Moment::After => {
            let performed = proper(core, parts, body).await;
            pause(core, strike).await;
            match effect {
                Some(effect) => effect.answer(operation, Some(performed)),
                None => performed,
            }
        }
    }
}

/// The delay of a fault, which ends early when the sandbox stops.
async fn pause(core: &Core, strike: &Strike) {
    if let Some(delay) = strike.fault.delay_ms {
        let mut stopping = core.stopping.clone();
        tokio::select! {
            () = sleep(Duration::from_millis(delay)) => {}
            _ = stopping.wait_for(|stopping| *stopping) => {}
        }
    }
}

/// The answer that the API gives.
async fn proper(core: &Arc<Core>, parts: Parts, body: Result<Bytes, Fault>) -> Answer {
    if parts.uri.path() == oauth::PATH {
        let response = match body {
            Ok(body) => oauth::answer(core, &parts.method, &parts.headers, &body),
            Err(fault) => fault.into_response(),
        };
        return Answer::of(response).await;
    }
    match perform(Arc::clone(core), parts, body).await {
        Ok(value) => Answer::json(StatusCode::OK, value.to_string()),
        Err(fault) => Answer::of(fault.into_response()).await,
    }
}

async fn perform(
    core: Arc<Core>,
    parts: Parts,
    body: Result<Bytes, Fault>,
) -> Result<Value, Fault> {
    let now = core.clock.now();
    core.access
        .check(&parts.headers, surface::scheme(parts.uri.path()), now)?;
    let (operation, params) = surface::find(&core, &parts.method, parts.uri.path())?;
    core.pace.check()?;
    let request = call::Request::new(operation, params, parts.uri.query(), body?);
    let call = contract::check(request, &parts.headers)?;
    let shared = Arc::clone(&core);
    let reads = parts.method == Method::GET;
    let work = move |tx: &rusqlite::Transaction<'_>| api::perform(&Scope::new(&shared, tx), &call);
    if reads {
        core.store.read(work).await
    } else {
        core.store.write(work).await
    }
}

/// Reads a body that is neither too long nor too slow.
pub(crate) async fn read(body: Body, within: Duration) -> Result<Bytes, Fault> {
    match timeout(within, to_bytes(body, BODY_LIMIT)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(error)) if is_broken(&error) => Err(Fault::invalid(
            "",
            "the body ends too early, or is not encoded as the headers say",
        )),
        Ok(Err(_)) => Err(Fault::too_large(BODY_LIMIT)),
        Err(_) => Err(Fault::too_slow(within)),
    }
}

/// Whether the connection is why a body could not be read.
fn is_broken(error: &axum::Error) -> bool {
    let mut causes = successors(error.source(), |cause| (*cause).source());
    causes.any(|cause| cause.is::<hyper::Error>())
}
