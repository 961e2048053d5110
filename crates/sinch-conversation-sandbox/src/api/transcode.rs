//! `messages:transcode`.

use std::collections::BTreeMap;

use serde_json::Value;
use sinch_conversation_raw::types::{TranscodeMessageRequest, TranscodeMessageResponse};
use sinch_conversation_raw::wire::Wire;

use super::apps;
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::engine::content as for_channel;
use crate::engine::templates::ContentError;
use crate::engine::transcode::{self, Address};
use crate::model::check::Check;
use crate::store::Scope;

pub(super) fn transcode(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let request: TranscodeMessageRequest = call.body()?;
    let mut check = Check::default();
    check.limits(&request, "");
    check.done()?;
    apps::find(scope, &request.app_id)?;
    let address = Address::new(request.from.as_deref(), request.to.as_deref());
    let mut transcoded = BTreeMap::new();
    for channel in &request.channels {
        if transcoded.contains_key(channel.as_str()) {
            continue;
        }
        let content = match for_channel::of(scope.tx, &request.app_message, channel) {
            Ok(content) => content,
            Err(ContentError::Store(error)) => return Err(error.into()),
            // Nothing is sent, so no receipt could report the failure.
            Err(ContentError::Refused(failure)) => {
                let description = format!("{}: {}", failure.code, failure.description);
                return Err(ApiError::invalid("app_message", description));
            }
        };
        let json = transcode::transcode(channel, &content, &address);
        transcoded.insert(channel.as_str().to_owned(), json);
    }
    let mut answer = TranscodeMessageResponse::default();
    answer.transcoded_message = Some(transcoded);
    Ok(answer.to_value())
}
