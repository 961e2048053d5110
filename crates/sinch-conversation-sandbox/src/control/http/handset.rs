//! Being the contact.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use sinch_conversation_raw::types::ConversationChannel;

use super::asked::Asked;
use crate::core::Core;
use crate::handset::Handset;
use crate::http::fault::Fault;

/// Who does something, and what: one of the options.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Act {
    app_id: String,
    channel: String,
    identity: String,
    text: Option<String>,
    contact_message: Option<Value>,
    media: Option<String>,
    choice: Option<Choice>,
    read: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    message_id: String,
    index: usize,
}

/// What `Act` can hold, for people.
const ACTS: &str = "text, contact_message, media, choice, read";

pub(super) async fn act(core: Arc<Core>, asked: Asked) -> Result<Value, Fault> {
    let act: Act = asked.body()?;
    let channel = ConversationChannel::from(act.channel.as_str());
    let handset = Handset::new(core, act.app_id, channel, act.identity);
    let message_id = match (
        act.text,
        act.contact_message,
        act.media,
        act.choice,
        act.read,
    ) {
        (Some(text), None, None, None, None) => handset.says(text).await?,
        (None, Some(message), None, None, None) => handset.sends_json(message).await?,
        (None, None, Some(url), None, None) => {
            let message = json!({"media_message": {"url": url}});
            handset.sends_json(message).await?
        }
        (None, None, None, Some(choice), None) => {
            handset.chooses(&choice.message_id, choice.index).await?
        }
        (None, None, None, None, Some(message_id)) => {
            handset.reads(&message_id).await?;
            return Ok(json!({}));
        }
        _ => {
            return Err(Fault::invalid(
                "",
                format!("expected exactly one of {ACTS}"),
            ));
        }
    };
    Ok(json!({ "message_id": message_id }))
}
