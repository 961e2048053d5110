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
pub(crate) mod request_log;
pub(crate) mod response;
pub(crate) mod router;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract;
use axum::http::header::CONNECTION;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use serde_json::Value;
use sinch_conversation_raw::Operation;
use tokio::time::sleep;

use crate::api::call::{Parameters, Request};
use crate::api::error::ApiError;
use crate::api::{self, contract};
use crate::core::State;
use crate::store::{Scope, Store};
use access::Access;
use body::Bodies;
use faults::injected::Phase;
use faults::{Faults, Injection};
use hosts::{Operations, Target};
use incoming::Incoming;
use rate_limits::RateLimits;
use request_log::{OpenRequest, RequestLog};
use response::ServerResponse;
use router::Found;

/// Serves the API, the token endpoint and the page.
pub(crate) struct Server {
    pub(crate) store: Arc<Store>,
    pub(crate) access: Access,
    pub(crate) bodies: Bodies,
    pub(crate) faults: Faults,
    pub(crate) requests: RequestLog,
    pub(crate) rate_limits: RateLimits,
    /// Whether the page and the controls need a key.
    pub(crate) controls_need_key: bool,
    pub(crate) operations: Operations,
}

/// Handles requests for controls; implemented by a layer above.
pub(crate) type Controls =
    Arc<dyn for<'a> Fn(&'a mut Incoming) -> BoxFuture<'a, Response> + Send + Sync>;

/// Returns the service of the listener.
pub(crate) fn service(server: Arc<Server>, controls: Controls) -> Router {
    Router::new().fallback(move |request: extract::Request| answer(server, controls, request))
}

/// Handles any request.
async fn answer(server: Arc<Server>, controls: Controls, request: extract::Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let asked = parts.uri.clone();
    router::simplify(&mut parts.uri);
    let mut incoming = Incoming::new(parts, body);
    let method = &incoming.parts.method;
    let mut response = match Target::find(&server.operations, method, incoming.path()) {
        target @ (Target::Token | Target::Operation(_)) => {
            server.logged(&mut incoming, target, &asked).await
        }
        target => server
            .unlogged(&mut incoming, target, controls)
            .await
            .unwrap_or_else(IntoResponse::into_response),
    };
    if let Some(value) = incoming.farewell() {
        response.headers_mut().insert(CONNECTION, value);
    }
    response
}

impl Server {
    pub(crate) fn state(&self) -> &State {
        &self.store.state
    }

    /// Handles a request that is not part of the API.
    async fn unlogged(
        &self,
        incoming: &mut Incoming,
        target: Target<'_>,
        controls: Controls,
    ) -> Result<Response, ApiError> {
        guard::check(&self.state().addresses, &incoming.parts)?;
        if matches!(target, Target::Health) {
            return Ok(health::answer(&self.store, &incoming.parts.method).await);
        }
        guard::check_key(self, &incoming.parts)?;
        Ok(match target {
            Target::Controls => controls(incoming).await,
            _ => page::answer(&incoming.parts),
        })
    }

    /// Handles a request to the API, applying an injected fault, if any, and logs it.
    async fn logged(&self, incoming: &mut Incoming, target: Target<'_>, asked: &Uri) -> Response {
        let method = &incoming.parts.method;
        let operation = target.operation(method);
        let now = self.state().clock.now();
        let mut entry = self.requests.open(now, method, asked, operation);
        let answer = match guard::check(&self.state().addresses, &incoming.parts) {
            Err(error) => ServerResponse::of(error.into_response()).await,
            Ok(()) => match operation.and_then(|name| Some((name, self.faults.take(name)?))) {
                None => self.proper(incoming, target, &mut entry).await,
                Some((name, injection)) => {
                    entry.set_fault(injection.fault.clone());
                    self.faulted(incoming, target, &mut entry, name, &injection)
                        .await
                }
            },
        };
        entry.answered(&answer);
        answer.into_response()
    }

    /// Returns the response to a request with an injected fault. The request is logged in any case.
    async fn faulted(
        &self,
        incoming: &mut Incoming,
        target: Target<'_>,
        entry: &mut OpenRequest<'_>,
        operation: &str,
        injection: &Injection,
    ) -> ServerResponse {
        entry.received(incoming.preload(&self.bodies).await);
        let injected = injection.response.as_ref();
        match injection.fault.phase {
            Phase::Before => {
                self.pause(injection).await;
                match injected {
                    Some(injected) => injected.answer(operation, None),
                    None => self.proper(incoming, target, entry).await,
                }
            }
            Phase::After => {
                let performed = self.proper(incoming, target, entry).await;
                self.pause(injection).await;
                match injected {
                    Some(injected) => injected.answer(operation, Some(performed)),
                    None => performed,
                }
            }
        }
    }

    /// Waits for the delay of a fault, or until the sandbox stops.
    async fn pause(&self, injection: &Injection) {
        if let Some(delay) = injection.fault.delay_ms {
            tokio::select! {
                () = sleep(Duration::from_millis(delay)) => {}
                () = self.state().stopped() => {}
            }
        }
    }

    /// Returns the response of the API.
    async fn proper(
        &self,
        incoming: &mut Incoming,
        target: Target<'_>,
        entry: &mut OpenRequest<'_>,
    ) -> ServerResponse {
        let outcome = match target {
            Target::Operation(found) => {
                let performed = self.perform(incoming, found, entry).await;
                performed.map(|value| ServerResponse::json(StatusCode::OK, value.to_string()))
            }
            _ => oauth::answer(self, incoming, entry).await,
        };
        match outcome {
            Ok(answer) => answer,
            Err(error) => ServerResponse::of(error.into_response()).await,
        }
    }

    async fn perform(
        &self,
        incoming: &mut Incoming,
        found: Found<'_, &'static Operation>,
        entry: &mut OpenRequest<'_>,
    ) -> Result<Value, ApiError> {
        let path = incoming.path();
        self.access
            .check(&incoming.parts.headers, hosts::scheme(path))?;
        let (operation, params) = hosts::of_project(&self.state().settings.project, path, found)?;
        self.rate_limits.check()?;
        let received = incoming.read(&self.bodies).await?;
        entry.received(&received.bytes);
        let parts = &incoming.parts;
        let request = Request {
            operation,
            parameters: Parameters::new(params, parts.uri.query()),
            body: received.bytes.clone(),
        };
        let call = contract::check(request, &parts.headers)?;
        let work = move |scope: &Scope<'_>| api::perform(scope, &call);
        if parts.method == Method::GET {
            self.store.read(work).await
        } else {
            self.store.write(work).await
        }
    }
}
