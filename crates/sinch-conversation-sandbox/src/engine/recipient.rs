//! The recipient of a message or event: the contact, the conversation, the identities to try.

use sinch_conversation_raw::types::{
    AppResponse, ChannelIdentity, Contact, Conversation, ConversationChannel, ProcessingMode,
};

use super::{contact, conversation};
use crate::model::channels::Failure;
use crate::store::{CONTACTS, Scope, StoreError};

/// The recipient that a request names.
#[derive(Debug, Clone)]
pub(crate) enum Addressee {
    Contact(String),
    Identities(Vec<ChannelIdentity>),
}

/// The identities to try, in order, or the failure if there are none.
type ChannelPlan = Result<Vec<ChannelIdentity>, Failure>;

/// The contact, conversation and identities to send to.
pub(super) struct Destination {
    /// Empty in DISPATCH mode.
    pub(super) contact_id: String,
    pub(super) conversation: Option<Conversation>,
    pub(super) plan: ChannelPlan,
}

impl Destination {
    pub(super) fn unreachable(contact_id: &str, failure: Failure) -> Self {
        Self {
            contact_id: contact_id.to_owned(),
            conversation: None,
            plan: Err(failure),
        }
    }
}

/// Finds the destination. In CONVERSATION mode, creates the conversation if needed, and a contact for identities that
/// no contact has. `asked` limits the channels to try; empty: no limit.
pub(super) fn find(
    scope: &Scope<'_>,
    app_id: &str,
    app: &AppResponse,
    mode: &ProcessingMode,
    addressee: &Addressee,
    asked: &[ConversationChannel],
) -> Result<Destination, StoreError> {
    if *mode != ProcessingMode::Conversation {
        let identities = addressee.identities();
        return Ok(Destination {
            contact_id: String::new(),
            conversation: None,
            plan: plan(app, asked, &channels_in(identities), identities),
        });
    }
    let (contact_id, conversation, plan) = match addressee {
        Addressee::Identities(identities) => {
            let id = contact::find_or_create(scope, app_id, identities)?;
            let conversation = conversation::find_or_open(scope, app_id, &id)?;
            let plan = plan(app, asked, &channels_in(identities), identities);
            (id, conversation, plan)
        }
        Addressee::Contact(id) => {
            let Some(contact) = CONTACTS.get(scope.tx, id)? else {
                let failure = Failure::new("CONTACT_NOT_FOUND");
                let failure = failure.describe("There is no contact with this id.");
                return Ok(Destination::unreachable(id, failure));
            };
            let conversation = conversation::find_or_open(scope, app_id, id)?;
            let preferred = preferred(app, &contact, &conversation);
            let plan = plan(app, asked, &preferred, &contact::usable(&contact, app_id));
            (id.clone(), conversation, plan)
        }
    };
    Ok(Destination {
        contact_id,
        conversation: Some(conversation),
        plan,
    })
}

impl Addressee {
    pub(super) fn identities(&self) -> &[ChannelIdentity] {
        match self {
            Self::Identities(identities) => identities,
            Self::Contact(_) => &[],
        }
    }
}

/// Returns the identities to try, on the requested channels or else on the preferred ones. Channels that the app or the
/// recipient lacks are skipped.
fn plan(
    app: &AppResponse,
    asked: &[ConversationChannel],
    preferred: &[ConversationChannel],
    identities: &[ChannelIdentity],
) -> ChannelPlan {
    let order = if asked.is_empty() { preferred } else { asked };
    let mut reachable: Vec<&ChannelIdentity> = Vec::new();
    for channel in order {
        if reachable.iter().all(|taken| taken.channel != *channel) {
            reachable.extend(identities.iter().find(|it| it.channel == *channel));
        }
    }
    if reachable.is_empty() {
        return Err(Failure::new("NO_CHANNEL_IDENTITY_FOR_CONTACT")
            .describe("The recipient has no identity on the channels to try."));
    }
    reachable.retain(|identity| has_channel(app, &identity.channel));
    if reachable.is_empty() {
        return Err(Failure::new("CHANNEL_CONFIGURATION_MISSING")
            .describe("The app is not set up for the channels of the recipient."));
    }
    Ok(reachable.into_iter().cloned().collect())
}

/// Returns the channels of identities, in their order.
fn channels_in(identities: &[ChannelIdentity]) -> Vec<ConversationChannel> {
    let channels = identities.iter().map(|identity| identity.channel.clone());
    channels.collect()
}

/// Returns the channels for a contact, in order of preference: the conversation's, the contact's, the app's.
fn preferred(
    app: &AppResponse,
    contact: &Contact,
    conversation: &Conversation,
) -> Vec<ConversationChannel> {
    let active = conversation.active_channel.iter();
    let wanted = contact.channel_priority.iter().flatten();
    let channels = active.chain(wanted).chain(channels_of(app));
    channels.cloned().collect()
}

/// Returns the channels that the app has credentials for, in its order.
fn channels_of(app: &AppResponse) -> impl Iterator<Item = &ConversationChannel> {
    app.channel_credentials
        .iter()
        .flatten()
        .filter_map(|credentials| credentials.channel.as_ref())
}

pub(crate) fn has_channel(app: &AppResponse, channel: &ConversationChannel) -> bool {
    channels_of(app).any(|found| found == channel)
}
