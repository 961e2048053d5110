//! Being the contact.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use sinch_conversation_raw::types::ConversationChannel;

use super::asked::{Asked, object, part};
use crate::core::Core;
use crate::handset::Handset;
use crate::http::fault::Fault;

#[derive(Deserialize)]
struct Who {
    app_id: String,
    channel: String,
    identity: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    message_id: String,
    index: usize,
}

/// The members of the body that say who it is. One more says what is done.
const WHO: [&str; 3] = ["app_id", "channel", "identity"];

const ACTS: &str = "expected exactly one of choice, contact_message, media, read, text";

pub(super) async fn act(core: Arc<Core>, asked: Asked) -> Result<Value, Fault> {
    let body: Map<String, Value> = asked.body()?;
    let present = body.into_iter().filter(|(_, value)| !value.is_null());
    let (who, what): (Map<_, _>, Map<_, _>) =
        present.partition(|(name, _)| WHO.contains(&name.as_str()));
    let who: Who = object(Value::Object(who))?;
    let mut what = what.into_iter();
    let (Some((name, value)), None) = (what.next(), what.next()) else {
        return Err(Fault::invalid("", ACTS));
    };
    let channel = ConversationChannel::from(who.channel.as_str());
    let handset = Handset::new(core, who.app_id, channel, who.identity);
    let message_id = match name.as_str() {
        "choice" => {
            let choice: Choice = part(value, &name)?;
            handset.chooses(&choice.message_id, choice.index).await?
        }
        "contact_message" => handset.sends_json(value).await?,
        "media" => {
            let url: String = part(value, &name)?;
            let message = json!({"media_message": {"url": url}});
            handset.sends_json(message).await?
        }
        "read" => {
            let message_id: String = part(value, &name)?;
            handset.reads(&message_id).await?;
            return Ok(json!({}));
        }
        "text" => handset.says(part::<String>(value, &name)?).await?,
        _ => return Err(Fault::invalid(name, ACTS)),
    };
    Ok(json!({ "message_id": message_id }))
}
