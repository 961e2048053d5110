//! The controls over HTTP, under `/_sandbox/`. On this machine they need no credentials, so [`guard`] refuses foreign
//! pages.

mod channels;
mod clock;
mod error;
mod events;
mod faults;
mod handset;
pub(super) mod input;
mod overview;
mod recipients;
mod seed;
mod send;
mod snippets;
mod traffic;
mod wait;

use std::pin::Pin;
use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::Sandbox;
use crate::api::error::ApiError;
use crate::server::incoming::Incoming;
use crate::server::router::{Found, Route, Routes};
use crate::server::{Controls, guard};
use input::Input;

type HandlerResult = Result<Response, ApiError>;
type Pending = Pin<Box<dyn Future<Output = HandlerResult> + Send>>;
type Handler = fn(Arc<Sandbox>, Input) -> Pending;

/// Converts the result of a control into a response.
trait IntoHandlerResult {
    fn into_result(self) -> Response;
}

impl IntoHandlerResult for Value {
    fn into_result(self) -> Response {
        let mut response = Response::new(Body::from(self.to_string()));
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(CONTENT_TYPE, json);
        response
    }
}

impl IntoHandlerResult for () {
    fn into_result(self) -> Response {
        json!({}).into_result()
    }
}

impl IntoHandlerResult for Response {
    fn into_result(self) -> Response {
        self
    }
}

/// Lists the controls: method, path under the prefix, function.
macro_rules! operations {
    ($($method:ident $path:literal => $function:path,)*) => {
        [$((
            Route { prefix: "/_sandbox", method: stringify!($method), path: $path },
            (|sandbox, input| Box::pin(async move {
                $function(sandbox, input).await.map(IntoHandlerResult::into_result)
            })) as Handler,
        )),*]
    };
}

static ROUTES: LazyLock<Routes<Handler>> = LazyLock::new(|| {
    Routes::new(operations! {
        GET "/apps" => overview::apps,
        GET "/callbacks" => traffic::callbacks,
        POST "/callbacks/{id}:replay" => traffic::replay,
        POST "/capabilities" => recipients::enable,
        GET "/channels" => channels::list,
        POST "/channels/{channel}:delay" => channels::delay,
        POST "/channels/{channel}:event" => channels::event,
        POST "/channels/{channel}:fail" => channels::fail,
        POST "/channels/{channel}:restore" => channels::restore,
        POST "/channels/{channel}:silence" => channels::silence,
        GET "/clock" => clock::show,
        POST "/clock" => clock::change,
        POST "/consent_management" => recipients::manage_consents,
        GET "/contacts" => overview::contacts,
        GET "/conversations" => overview::conversations,
        GET "/events" => events::stream,
        GET "/faults" => faults::list,
        POST "/faults" => faults::inject,
        DELETE "/faults" => faults::clear,
        POST "/handset" => handset::act,
        POST "/messages:send" => send::send,
        GET "/operations" => faults::operations,
        POST "/profiles" => recipients::name,
        GET "/received" => traffic::received,
        GET "/requests" => faults::requests,
        DELETE "/requests" => faults::clear_requests,
        POST "/reset" => seed::reset,
        POST "/seed" => seed::seed,
        GET "/sent" => traffic::sent,
        GET "/sent/{message_id}" => traffic::sent_message,
        POST "/sent/{message_id}:record" => traffic::record,
        GET "/sent_events" => traffic::sent_events,
        GET "/sent_events/{event_id}" => traffic::sent_event,
        POST "/snippets" => snippets::write,
        GET "/state" => overview::state,
        GET "/timeline" => traffic::timeline,
        POST "/tokens:expire" => clock::expire_tokens,
        POST "/wait" => wait::wait,
    })
});

/// Returns the handler of requests under the prefix.
pub(super) fn controls(sandbox: Sandbox) -> Controls {
    let sandbox = Arc::new(sandbox);
    Arc::new(move |incoming| Box::pin(answer(Arc::clone(&sandbox), incoming)))
}

async fn answer(sandbox: Arc<Sandbox>, incoming: &mut Incoming) -> Response {
    perform(sandbox, incoming)
        .await
        .unwrap_or_else(IntoResponse::into_response)
}

async fn perform(sandbox: Arc<Sandbox>, incoming: &mut Incoming) -> HandlerResult {
    let (handler, params) = match ROUTES.find(incoming.parts.method.as_str(), incoming.path()) {
        Found::Operation(handler, params) => (handler, params),
        Found::OtherMethods(methods) => return Err(ApiError::wrong_method(&methods)),
        Found::Nothing => return Err(ApiError::no_such_path()),
    };
    guard::check_content_type(incoming)?;
    let received = incoming.read(&sandbox.server.bodies).await?;
    let input = Input::new(params, incoming.parts.uri.query(), received.bytes);
    let mut response = handler(sandbox, input).await?;
    // State changes: responses must not be cached.
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
