//! Takes in a message from an app: finds or makes the contact and the conversation, plans the channels, stores
//! the message. Everything after that is done by steps.

use chrono::TimeDelta;
use serde_json::{Map, Value};
use sinch_conversation_raw::types::{
    AppMessage, AppResponse, ChannelIdentity, ConversationChannel, ConversationDirection,
    ConversationMessage, ConversationMessageTypes, MessageContentType, MetadataUpdateStrategy,
    ProcessingMode,
};
use sinch_conversation_raw::wire::Timestamp;

use super::reach::{self, Plan, Thread};
use super::{patience, progress, threads};
use crate::core::clock::{from_micros, later};
use crate::model::channels::Failure;
use crate::model::message::{BatchPlace, SentMessage};
use crate::model::timeline::TimelineKind;
use crate::store::notes::{self, Note};
use crate::store::steps::{self, Action};
use crate::store::{SENT_MESSAGES, Scope, StoreError, journal, messages, queues};

/// Who a message is for.
#[derive(Debug, Clone)]
pub(crate) enum Addressee {
    Contact(String),
    Identities(Vec<ChannelIdentity>),
}

/// A message to take in; checked already.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) addressee: Addressee,
    pub(crate) message: AppMessage,
    pub(crate) mode: ProcessingMode,
    /// Channels asked for; empty: none in particular.
    pub(crate) channels: Vec<ConversationChannel>,
    pub(crate) message_metadata: String,
    pub(crate) conversation_metadata: Option<Map<String, Value>>,
    pub(crate) metadata_strategy: Option<MetadataUpdateStrategy>,
    pub(crate) correlation_id: String,
    pub(crate) callback_url: Option<String>,
    /// The longest that it may take to arrive.
    pub(crate) ttl: Option<TimeDelta>,
    pub(crate) content_type: MessageContentType,
    pub(crate) batch: Option<BatchPlace>,
    /// Why it is not even tried, if that is known.
    pub(crate) refused: Option<Failure>,
}

/// Where the message goes, as far as that is known.
struct Destination {
    contact_id: String,
    conversation_id: String,
    plan: Plan,
}

/// Takes the message in and says what was made of it.
pub(crate) fn accept(
    scope: &Scope<'_>,
    app_id: &str,
    app: &AppResponse,
    order: Order,
) -> Result<SentMessage, StoreError> {
    let destination = match (&order.refused, &order.mode) {
        (Some(failure), _) => nowhere("", failure.clone()),
        (None, ProcessingMode::Conversation) => in_conversation(scope, app_id, app, &order)?,
        (None, _) => in_dispatch(scope, app_id, app, &order)?,
    };
    let (plan, failing) = match destination.plan {
        Ok(plan) => (plan, None),
        Err(failure) => (Vec::new(), Some(failure)),
    };
    let first = if failing.is_some() {
        Action::Lose
    } else {
        Action::Hand
    };
    let id = scope.new_id();
    let lane = if destination.contact_id.is_empty() {
        id.clone()
    } else {
        destination.contact_id.clone()
    };
    let mut sent = SentMessage {
        id,
        app_id: app_id.to_owned(),
        processing_mode: order.mode,
        contact_id: destination.contact_id,
        conversation_id: destination.conversation_id,
        message: order.message,
        rendered: None,
        message_metadata: order.message_metadata,
        correlation_id: order.correlation_id,
        accepted_time: scope.timestamp(),
        expires: None,
        receipts: Vec::new(),
        lane,
        callback_url: order.callback_url,
        message_content_type: order.content_type,
        batch: order.batch,
        plan,
        position: 0,
        failing,
        queued: true,
        failed_first: None,
        retries: 0,
    };
    if let Some(ttl) = order.ttl {
        patience::limit(scope, &mut sent, ttl)?;
    }
    SENT_MESSAGES.put(scope.tx, &sent.id, &sent)?;
    journal::add_sent(scope.tx, TimelineKind::Sent, &sent.id, app_id)?;
    if is_kept(app, &sent) {
        store_message(scope, &sent)?;
    }
    let turn = queues::enter(
        scope.tx,
        app_id,
        scope.now,
        scope.state.settings.send_interval,
    )?;
    steps::add(
        scope.tx,
        &sent.id,
        first,
        later(
            turn,
            progress::until_next_status(scope, sent.channel_identity()),
        ),
    )?;
    Ok(sent)
}

fn in_conversation(
    scope: &Scope<'_>,
    app_id: &str,
    app: &AppResponse,
    order: &Order,
) -> Result<Destination, StoreError> {
    let (mut conversation, plan) =
        match reach::thread_of(scope, app_id, app, &order.addressee, &order.channels)? {
            Thread::Found(conversation, plan) => (*conversation, plan),
            Thread::Nobody(contact_id) => return Ok(nowhere(&contact_id, reach::no_contact())),
        };
    if let Some(metadata) = &order.conversation_metadata {
        threads::set_metadata(
            &mut conversation,
            metadata,
            order.metadata_strategy.as_ref(),
        );
    }
    if !order.correlation_id.is_empty() {
        conversation.correlation_id = Some(order.correlation_id.clone());
    }
    let channel = plan
        .as_ref()
        .ok()
        .and_then(|plan| plan.first())
        .map(|identity| &identity.channel);
    threads::touch(scope, &mut conversation, channel)?;
    Ok(Destination {
        contact_id: conversation.contact_id.clone().unwrap_or_default(),
        conversation_id: conversation.id.clone().unwrap_or_default(),
        plan,
    })
}

fn nowhere(contact_id: &str, failure: Failure) -> Destination {
    Destination {
        contact_id: contact_id.to_owned(),
        conversation_id: String::new(),
        plan: Err(failure),
    }
}

fn in_dispatch(
    scope: &Scope<'_>,
    app_id: &str,
    app: &AppResponse,
    order: &Order,
) -> Result<Destination, StoreError> {
    let identities = match &order.addressee {
        Addressee::Identities(identities) => identities.as_slice(),
        Addressee::Contact(_) => &[],
    };
    let metadata = order
        .conversation_metadata
        .clone()
        .map(|metadata| Value::Object(metadata).to_string());
    let note = Note {
        metadata: metadata.unwrap_or_default(),
        correlation_id: order.correlation_id.clone(),
    };
    if keeps_dispatch(app)
        && app.processing_mode == Some(ProcessingMode::Dispatch)
        && note != Note::default()
    {
        for identity in identities {
            notes::put(scope.tx, app_id, identity, &note, scope.now)?;
        }
    }
    Ok(Destination {
        contact_id: String::new(),
        conversation_id: String::new(),
        plan: reach::plan_for(identities, &order.channels, app),
    })
}

/// Whether the app's retention keeps messages of DISPATCH mode.
pub(crate) fn keeps_dispatch(app: &AppResponse) -> bool {
    let policy = app.dispatch_retention_policy.as_ref();
    policy
        .and_then(|policy| policy.ttl_days)
        .is_some_and(|days| days > 0)
}

fn is_kept(app: &AppResponse, sent: &SentMessage) -> bool {
    !sent.conversation_id.is_empty()
        || (sent.processing_mode == ProcessingMode::Dispatch && keeps_dispatch(app))
}

/// Writes the message where the API finds it, as it stands now.
pub(super) fn store_message(scope: &Scope<'_>, sent: &SentMessage) -> Result<(), StoreError> {
    let mut stored =
        ConversationMessage::new(ConversationMessageTypes::AppMessage(sent.message.clone()));
    stored.id = Some(sent.id.clone());
    stored.direction = Some(ConversationDirection::ToContact);
    stored.accept_time = Some(sent.accepted_time.clone());
    stored.channel_identity = sent.channel_identity().cloned();
    stored.contact_id = Some(sent.contact_id.clone());
    stored.conversation_id = Some(sent.conversation_id.clone());
    stored.metadata = Some(sent.message_metadata.clone());
    stored.injected = Some(false);
    stored.processing_mode = Some(sent.processing_mode.clone());
    messages::put(
        scope.tx,
        &sent.id,
        &sent.app_id,
        micros(&sent.accepted_time),
        &stored,
    )
}

fn micros(time: &Timestamp) -> chrono::DateTime<chrono::Utc> {
    time.to_datetime()
        .map_or_else(|| from_micros(0), |time| time.with_timezone(&chrono::Utc))
}
