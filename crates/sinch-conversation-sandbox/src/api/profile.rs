//! The name that a recipient has on a channel.

use serde_json::Value;
use sinch_conversation_raw::types::{
    ChannelIdentity, ConversationChannel, GetChannelProfileConversationChannel as ProfileChannel,
    GetChannelProfileRequest, GetChannelProfileResponse,
};
use sinch_conversation_raw::wire::Wire;

use super::{apps, contacts};
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::engine::recipient::Addressee;
use crate::engine::{check, contact, recipient, send};
use crate::model::check::Check;
use crate::store::{Scope, profiles};

pub(super) fn get(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let request: GetChannelProfileRequest = call.body()?;
    let mut check = Check::default();
    check::recipient(&mut check, &request.recipient.kind);
    check.done()?;
    let app = apps::find(scope, &request.app_id)?;
    let addressee = send::addressee(&request.recipient.kind, &request.app_id);
    let identities = identities(scope, addressee, &request.app_id)?;
    let channel = channel(&request.channel)?;
    if !recipient::has_channel(&app, &channel) {
        let description = "the app is not set up for this channel";
        return Err(ApiError::failed("NO_PERMISSION", description));
    }
    let identity = identities
        .iter()
        .find(|identity| identity.channel == channel)
        .ok_or_else(|| ApiError::invalid("recipient", "has no identity on this channel"))?;
    let name = profiles::name(scope.tx, identity)?
        .ok_or_else(|| ApiError::failed("NO_PROFILE_AVAILABLE", "the recipient has no profile"))?;
    let mut answer = GetChannelProfileResponse::default();
    answer.profile_name = Some(name);
    Ok(answer.to_value())
}

fn identities(
    scope: &Scope<'_>,
    addressee: Addressee,
    app_id: &str,
) -> Result<Vec<ChannelIdentity>, ApiError> {
    Ok(match addressee {
        Addressee::Contact(id) => contact::usable(&contacts::find(scope, &id)?, app_id),
        Addressee::Identities(identities) => identities,
    })
}

/// No app can be set up for VIBER, and no identity can be on it: the document has it in this operation only.
fn channel(channel: &ProfileChannel) -> Result<ConversationChannel, ApiError> {
    match channel {
        ProfileChannel::Messenger => Ok(ConversationChannel::Messenger),
        ProfileChannel::Instagram => Ok(ConversationChannel::Instagram),
        ProfileChannel::Line => Ok(ConversationChannel::Line),
        other => {
            let description = format!("{} has no profiles", other.as_str());
            Err(ApiError::failed("UNSUPPORTED_OPERATION", &description))
        }
    }
}
