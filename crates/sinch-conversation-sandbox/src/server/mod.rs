//! HTTP: from a request to the handler of its operation, and back.

pub(crate) mod access;
pub(crate) mod body;
mod connection;
pub(crate) mod faults;
pub(crate) mod guard;
mod health;
pub(crate) mod hosts;
pub(crate) mod incoming;
pub(crate) mod listener;
pub(crate) mod oauth;
pub(crate) mod operation_names;
pub(crate) mod page;
pub(crate) mod rate_limits;
pub(crate) mod redact;
pub(crate) mod request_log;
pub(crate) mod response;
pub(crate) mod router;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::CONNECTION;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::time::sleep;

use crate::api::error::Fault;
use crate::api::{self, call, contract};
use crate::core::Core;
use crate::engine::scope::Scope;
use crate::sandbox::http;
use crate::server::faults::Strike;
use crate::server::faults::injected::Moment;
use crate::server::request_log::OpenEntry;
use crate::server::response::Answer;
use incoming::Incoming;

/// The service behind the listener.
pub(crate) fn service(core: Arc<Core>) -> Router {
    Router::new().fallback(answer).with_state(core)
}

/// What every request goes through.
async fn answer(State(core): State<Arc<Core>>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let asked = parts.uri.clone();
    router::simplify(&mut parts.uri);
    let mut incoming = Incoming::new(parts, body);
    let mut response = if hosts::is_of_the_api(incoming.path()) {
        logged(&core, &mut incoming, &asked).await
    } else {
        beside(core, &mut incoming)
            .await
            .unwrap_or_else(IntoResponse::into_response)
    };
    if let Some(value) = incoming.farewell() {
        response.headers_mut().insert(CONNECTION, value);
    }
    response
}

/// A request that is no part of the API.
async fn beside(core: Arc<Core>, incoming: &mut Incoming) -> Result<Response, Fault> {
    guard::check(&core.addresses, &incoming.parts)?;
    if incoming.path() == health::PATH {
        return Ok(health::answer(&core, &incoming.parts.method).await);
    }
    guard::check_key(&core, &incoming.parts)?;
    if incoming.path().starts_with(http::PREFIX) {
        Ok(http::answer(core, incoming).await)
    } else {
        Ok(crate::server::page::answer(&incoming.parts))
    }
}

/// A request to the API: it is answered, by an injected fault if there is one, and written down.
async fn logged(core: &Arc<Core>, incoming: &mut Incoming, asked: &Uri) -> Response {
    let method = &incoming.parts.method;
    let operation = hosts::operation(core, method, incoming.path());
    let mut entry = core
        .requests
        .open(core.clock.now(), method, asked, operation);
    let answer = match guard::check(&core.addresses, &incoming.parts) {
        Err(fault) => Answer::of(fault.into_response()).await,
        Ok(()) => admitted(core, incoming, &mut entry, operation).await,
    };
    entry.answered(&answer);
    answer.into_response()
}

/// The answer to a request that nothing keeps out.
async fn admitted(
    core: &Arc<Core>,
    incoming: &mut Incoming,
    entry: &mut OpenEntry<'_>,
    operation: Option<&'static str>,
) -> Answer {
    match operation.and_then(|name| Some((name, core.faults.strike(name)?))) {
        None => proper(core, incoming, entry).await,
        Some((name, strike)) => {
            entry.struck_by(strike.fault.clone());
            struck(core, incoming, entry, name, &strike).await
        }
    }
}

/// The answer to a request that a fault strikes. What was sent is written down in any case.
async fn struck(
    core: &Arc<Core>,
    incoming: &mut Incoming,
    entry: &mut OpenEntry<'_>,
    operation: &str,
    strike: &Strike,
) -> Answer {
    entry.received(incoming.preload(&core.bodies).await);
    let effect = strike.effect.as_ref();
    match strike.fault.moment {
        Moment::Before => {
            pause(core, strike).await;
            match effect {
                Some(effect) => effect.answer(operation, None),
                None => proper(core, incoming, entry).await,
            }
        }
        Moment::After => {
            let performed = proper(core, incoming, entry).await;
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
        tokio::select! {
            () = sleep(Duration::from_millis(delay)) => {}
            () = core.stopped() => {}
        }
    }
}

/// The answer that the API gives.
async fn proper(core: &Arc<Core>, incoming: &mut Incoming, entry: &mut OpenEntry<'_>) -> Answer {
    let outcome = if incoming.path() == oauth::PATH {
        oauth::answer(core, incoming, entry).await
    } else {
        let performed = perform(core, incoming, entry).await;
        performed.map(|value| Answer::json(StatusCode::OK, value.to_string()))
    };
    match outcome {
        Ok(answer) => answer,
        Err(fault) => Answer::of(fault.into_response()).await,
    }
}

async fn perform(
    core: &Arc<Core>,
    incoming: &mut Incoming,
    entry: &mut OpenEntry<'_>,
) -> Result<Value, Fault> {
    let now = core.clock.now();
    let scheme = hosts::scheme(incoming.path());
    core.access.check(&incoming.parts.headers, scheme, now)?;
    let (operation, params) = hosts::find(core, &incoming.parts.method, incoming.path())?;
    core.pace.check()?;
    let received = incoming.read(&core.bodies).await?;
    entry.received(&received.bytes);
    let parts = &incoming.parts;
    let body = received.bytes.clone();
    let request = call::Request::new(operation, params, parts.uri.query(), body);
    let call = contract::check(request, &parts.headers)?;
    let shared = Arc::clone(core);
    let work = move |tx: &rusqlite::Transaction<'_>| api::perform(&Scope::new(&shared, tx), &call);
    if parts.method == Method::GET {
        core.store.read(work).await
    } else {
        core.store.write(work).await
    }
}
