//! Acts as the contact.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use sinch_conversation_raw::types::{ConsentsListType, ConversationChannel};

use super::Sandbox;
use super::input::{Input, object, part};
use crate::api::error::ApiError;
use crate::sandbox::error::ControlError;
use crate::sandbox::handset::{Handset, Pick};

#[derive(Deserialize)]
struct Sender {
    app_id: String,
    channel: String,
    identity: String,
}

/// Selects a choice by its index or its text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    message_id: String,
    index: Option<usize>,
    text: Option<String>,
}

impl Choice {
    fn pick(self) -> Result<(String, Pick), ApiError> {
        match (self.index, self.text) {
            (Some(index), None) => Ok((self.message_id, index.into())),
            (None, Some(text)) => Ok((self.message_id, text.into())),
            _ => Err(ApiError::invalid(
                "choice",
                "expected exactly one of index, text",
            )),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reaction {
    message_id: String,
    emoji: String,
}

/// The members of the body that identify the person. One further member is the action.
const SENDER: [&str; 3] = ["app_id", "channel", "identity"];

const ACTIONS: &str = "expected exactly one of attachments, choice, comment, contact_event, contact_message, \
                    contact_message_event, location, media, opt_in, opt_out, reaction, read, reply_to, text, typing, \
                    unreaction, unsupported";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Location {
    latitude: f64,
    longitude: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reply {
    message_id: String,
    text: String,
}

/// An opt-out list.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum List {
    All,
    Marketing,
    Notification,
}

impl From<List> for ConsentsListType {
    fn from(list: List) -> Self {
        match list {
            List::All => Self::OptOutAll,
            List::Marketing => Self::OptOutMarketing,
            List::Notification => Self::OptOutNotification,
        }
    }
}

pub(super) async fn act(sandbox: Arc<Sandbox>, input: Input) -> Result<Value, ApiError> {
    let body: Map<String, Value> = input.body()?;
    let present = body.into_iter().filter(|(_, value)| !value.is_null());
    let (who, what): (Map<_, _>, Map<_, _>) =
        present.partition(|(name, _)| SENDER.contains(&name.as_str()));
    let who: Sender = object(Value::Object(who))?;
    let mut what = what.into_iter();
    let (Some((name, value)), None) = (what.next(), what.next()) else {
        return Err(ApiError::invalid("", ACTIONS));
    };
    let channel = ConversationChannel::from(who.channel.as_str());
    let handset = sandbox.handset(who.app_id, channel, who.identity);
    if let Some(answer) = raise(&handset, &name, &value).await? {
        return Ok(answer);
    }
    perform(&handset, &name, value).await
}

/// Performs an action that is an event; `None` for the others.
async fn raise(handset: &Handset, name: &str, value: &Value) -> Result<Option<Value>, ApiError> {
    let value = value.clone();
    let raised = match name {
        "contact_event" | "contact_message_event" => {
            handset.sends_event(json!({ name: value })).await
        }
        "comment" => handset.comments(part::<String>(value, name)?).await,
        "reaction" => {
            let reaction: Reaction = part(value, name)?;
            let reacts = handset.reacts(&reaction.message_id, reaction.emoji);
            reacts.await
        }
        "unreaction" => {
            let reaction: Reaction = part(value, name)?;
            let unreacts = handset.unreacts(&reaction.message_id, reaction.emoji);
            unreacts.await
        }
        "typing" if part::<bool>(value.clone(), name)? => handset.types().await,
        "typing" => handset.stops_typing().await,
        "unsupported" => handset.sends_unsupported(value).await,
        _ => return Ok(None),
    };
    let event_id = raised.map_err(|error| at(error, name))?;
    Ok(Some(json!({ "event_id": event_id })))
}

/// Performs an action.
async fn perform(handset: &Handset, name: &str, value: Value) -> Result<Value, ApiError> {
    let done = match name {
        "attachments" => {
            let urls: Vec<String> = part(value, name)?;
            let message_ids = handset.sends_attachments(urls).await?;
            return Ok(json!({ "message_ids": message_ids }));
        }
        "read" => {
            let message_id: String = part(value, name)?;
            let read = handset.reads(&message_id).await;
            return read.map(|()| json!({})).map_err(|error| at(error, name));
        }
        "choice" => {
            let (message_id, pick) = part::<Choice>(value, name)?.pick()?;
            handset.chooses(&message_id, pick).await
        }
        "contact_message" => handset.sends_json(value).await,
        "location" => {
            let place: Location = part(value, name)?;
            let (latitude, longitude) = (place.latitude, place.longitude);
            handset.shares_location(latitude, longitude).await
        }
        "media" => handset.sends_media(part::<String>(value, name)?).await,
        "opt_in" => handset.opts_in(part::<List>(value, name)?).await,
        "opt_out" => handset.opts_out(part::<List>(value, name)?).await,
        "reply_to" => {
            let reply: Reply = part(value, name)?;
            handset.replies_to(&reply.message_id, reply.text).await
        }
        "text" => handset.says(part::<String>(value, name)?).await,
        _ => return Err(ApiError::invalid(name, ACTIONS)),
    };
    let message_id = done.map_err(|error| at(error, name))?;
    Ok(json!({ "message_id": message_id }))
}

/// Reports the error at the member that names the message.
fn at(error: ControlError, name: &str) -> ApiError {
    let of_message = matches!(
        error,
        ControlError::NotDelivered { .. } | ControlError::NoReadReports { .. }
    );
    let error = ApiError::from(error);
    if of_message {
        error.within(name)
    } else {
        error
    }
}
