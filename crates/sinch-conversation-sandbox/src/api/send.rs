//! `messages:send`.

use serde_json::Value;
use sinch_conversation_raw::types::{SendMessageRequest, SendMessageResponse};
use sinch_conversation_raw::wire::Wire;

use super::apps;
use super::webhooks::refuse_own;
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::engine::{accept, check, send};
use crate::store::{Scope, queues};

pub(super) fn send(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let request: SendMessageRequest = call.body()?;
    check::message(&request)?;
    refuse_own(scope, "callback_url", request.callback_url.as_ref())?;
    let app = apps::find(scope, &request.app_id)?;
    let mode = send::mode_of(&app, request.processing_strategy.as_ref());
    check::against_app(&request, &app, &mode)?;
    let app_id = request.app_id.clone();
    if queues::waiting(scope.tx, &app_id)? >= scope.state.settings.queue_limit {
        return Err(ApiError::exhausted("the queue of the app is full"));
    }
    let sent = accept::accept(scope, &app_id, &app, send::order(request, mode))?;
    let mut answer = SendMessageResponse::default();
    answer.message_id = Some(sent.id);
    answer.accepted_time = Some(sent.accepted_time);
    Ok(answer.to_value())
}
