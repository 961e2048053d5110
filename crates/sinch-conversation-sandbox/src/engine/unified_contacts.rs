//! Unified contact ids: if the project has them, a number on SMS, MMS or RCS is the same person on all three.

use std::collections::HashSet;

use sinch_conversation_raw::types::{ChannelIdentity, ConversationChannel};

use crate::model::channels;
use crate::store::{Scope, StoreError, contacts};

/// The channels that use a SIM card's number.
const CHANNELS: [ConversationChannel; 3] = [
    ConversationChannel::Sms,
    ConversationChannel::Mms,
    ConversationChannel::Rcs,
];

/// Returns whether the project has unified contact ids.
pub(crate) fn is_on(scope: &Scope<'_>) -> Result<bool, StoreError> {
    let settings = scope.settings()?;
    let contacts = settings
        .as_ref()
        .and_then(|settings| settings.contact_settings.as_ref());
    Ok(contacts.and_then(|contacts| contacts.unified_contact_id_enabled) == Some(true))
}

/// Returns the identities without duplicates; with unified contact ids, a SIM card's number is on all of its channels.
/// The given ones come first, so that they are tried first.
pub(crate) fn spread(
    scope: &Scope<'_>,
    identities: &[ChannelIdentity],
) -> Result<Vec<ChannelIdentity>, StoreError> {
    let mut all = identities.to_vec();
    if is_on(scope)? {
        all.extend(identities.iter().flat_map(twins));
    }
    let mut seen = HashSet::new();
    all.retain(|identity| {
        let channel = identity.channel.as_str().to_owned();
        seen.insert((channel, identity.identity.clone(), identity.app_id.clone()))
    });
    Ok(all)
}

/// Returns another contact that has this number on a SIM card's channel.
pub(crate) fn other_holder(
    scope: &Scope<'_>,
    own_id: &str,
    identity: &ChannelIdentity,
) -> Result<Option<String>, StoreError> {
    for twin in twins(identity) {
        let holders = contacts::with_identity(scope.tx, &twin)?;
        if let Some(other) = holders.into_iter().find(|id| id != own_id) {
            return Ok(Some(other));
        }
    }
    Ok(None)
}

/// Returns numbers that several contacts have on a SIM card's channels: at most `limit` of those after the number
/// `after`.
pub(crate) fn conflicts(
    scope: &Scope<'_>,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<contacts::Shared>, StoreError> {
    let names: Vec<&str> = CHANNELS.iter().map(ConversationChannel::as_str).collect();
    contacts::shared(scope.tx, &names, after, limit)
}

/// Returns the identity on each of a SIM card's channels, if it is on one of them.
fn twins(identity: &ChannelIdentity) -> impl Iterator<Item = ChannelIdentity> {
    let on_sim = CHANNELS.contains(&identity.channel);
    CHANNELS
        .into_iter()
        .filter(move |_| on_sim)
        .map(|channel| channels::identity(&channel, &identity.identity, ""))
}
