//! Which channels a message is tried on, in which order.

use sinch_conversation_raw::types::{
    AppResponse, ChannelIdentity, Contact, Conversation, ConversationChannel,
};

use crate::model::channels::Failure;

/// What decides the order.
pub(super) struct Wishes<'a> {
    /// `channel_priority_order` of the request: these channels and no others.
    pub(super) asked: &'a [ConversationChannel],
    /// Without it: the channels that come to mind for this recipient.
    pub(super) preferred: Vec<ConversationChannel>,
    /// Where the recipient can be reached.
    pub(super) identities: &'a [ChannelIdentity],
}

/// The identities to try. A channel that the app lacks or the recipient is not on is passed over.
pub(super) fn plan(
    wishes: &Wishes<'_>,
    app: &AppResponse,
) -> Result<Vec<ChannelIdentity>, Failure> {
    let order = if wishes.asked.is_empty() {
        &wishes.preferred
    } else {
        wishes.asked
    };
    let mut reachable: Vec<&ChannelIdentity> = Vec::new();
    for channel in order {
        if reachable.iter().all(|taken| taken.channel != *channel) {
            reachable.extend(
                wishes
                    .identities
                    .iter()
                    .find(|identity| identity.channel == *channel),
            );
        }
    }
    if reachable.is_empty() {
        return Err(Failure::new("NO_CHANNEL_IDENTITY_FOR_CONTACT")
            .describe("The recipient has no identity on the channels to try."));
    }
    let plan: Vec<ChannelIdentity> = reachable
        .into_iter()
        .filter(|identity| has_channel(app, &identity.channel))
        .cloned()
        .collect();
    if plan.is_empty() {
        return Err(Failure::new("CHANNEL_CONFIGURATION_MISSING")
            .describe("The app is not set up for the channels of the recipient."));
    }
    Ok(plan)
}

/// For a recipient given by identities: in the order they stand.
pub(super) fn order_of(identities: &[ChannelIdentity]) -> Vec<ConversationChannel> {
    identities
        .iter()
        .map(|identity| identity.channel.clone())
        .collect()
}

/// For a recipient given by contact id: where the conversation is, what the contact prefers, what the app has.
pub(super) fn preference(
    app: &AppResponse,
    contact: &Contact,
    conversation: &Conversation,
) -> Vec<ConversationChannel> {
    let active = conversation.active_channel.iter();
    let wanted = contact.channel_priority.iter().flatten();
    active
        .chain(wanted)
        .chain(channels_of(app))
        .cloned()
        .collect()
}

/// The channels that the app has credentials for, in its order.
pub(crate) fn channels_of(app: &AppResponse) -> impl Iterator<Item = &ConversationChannel> {
    app.channel_credentials
        .iter()
        .flatten()
        .filter_map(|credentials| credentials.channel.as_ref())
}

pub(crate) fn has_channel(app: &AppResponse, channel: &ConversationChannel) -> bool {
    channels_of(app).any(|found| found == channel)
}
