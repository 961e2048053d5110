//! `messages:transcode`.

use std::collections::BTreeMap;

use serde_json::Value;
use sinch_conversation_raw::types::{TranscodeMessageRequest, TranscodeMessageResponse};
use sinch_conversation_raw::wire::Wire;

use super::apps;
use super::check::Check;
use crate::engine::content::{self as for_channel, Problem};
use crate::engine::scope::Scope;
use crate::engine::transcode::{self, Address};
use crate::http::call::Call;
use crate::http::fault::Fault;

pub(super) fn transcode(scope: &Scope<'_>, call: &Call) -> Result<Value, Fault> {
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
            Err(Problem::Store(error)) => return Err(error.into()),
            // Nothing is sent, so there is no receipt that could tell.
            Err(Problem::Refused(failure)) => {
                let description = format!("{}: {}", failure.code, failure.description);
                return Err(Fault::invalid("app_message", description));
            }
        };
        let json = transcode::transcode(channel, &content, &address);
        transcoded.insert(channel.as_str().to_owned(), json);
    }
    let mut answer = TranscodeMessageResponse::default();
    answer.transcoded_message = Some(transcoded);
    Ok(answer.to_value())
}
