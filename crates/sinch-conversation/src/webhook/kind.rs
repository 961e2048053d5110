//! What a callback is about, by its kind.

use serde_json::Value;
use sinch_conversation_raw::types::{
    BatchStatusUpdateNotification, CapabilityNotification, ChannelEventNotification, Contact,
    ContactMergeNotification, Conversation, ConversationWebhookEvent as Callback,
    DuplicatedContactIdentitiesNotification, OptInNotification, OptOutNotification,
    RecordNotification, SmartConversationNotification, UnsupportedCallback,
};

use super::view::envelope;
use super::{
    DeliveryReport, Event, EventReport, InboundContactEvent, InboundMessage, SubmittedMessage,
};

/// What a callback is about. Returned by [`Event::kind`]; it borrows from the event.
///
/// ```
/// use sinch_conversation::webhook::{Event, EventKind};
///
/// fn log(event: &Event) {
///     match event.kind() {
///         EventKind::Inbound(message) => println!("{:?}: {:?}", message.address(), message.content()),
///         EventKind::Delivery(report) => println!("{:?}: {:?}", report.message_id(), report.status()),
///         EventKind::ContactEvent(event) => println!("{:?}", event.content()),
///         EventKind::Unknown(json) => println!("{}: {json}", event.trigger()),
///         _ => println!("{}", event.trigger()),
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum EventKind<'a> {
    /// A contact sent a message (`MESSAGE_INBOUND`).
    Inbound(InboundMessage<'a>),
    /// A contact's message after its analysis, with personal data removed
    /// (`MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION`). The same message is an `Inbound` as well.
    RedactedInbound(InboundMessage<'a>),
    /// A message of the app was passed to a channel (`MESSAGE_SUBMIT`).
    Submitted(SubmittedMessage<'a>),
    /// The status of a message of the app changed (`MESSAGE_DELIVERY`).
    Delivery(DeliveryReport<'a>),
    /// A contact did something other than sending a message (`EVENT_INBOUND`).
    ContactEvent(InboundContactEvent<'a>),
    /// The status of an event of the app changed (`EVENT_DELIVERY`).
    EventDelivery(EventReport<'a>),
    /// A conversation began (`CONVERSATION_START`).
    ConversationStarted(&'a Conversation),
    /// A conversation was stopped (`CONVERSATION_STOP`).
    ConversationStopped(&'a Conversation),
    /// A conversation was deleted, with its messages (`CONVERSATION_DELETE`).
    ConversationDeleted(&'a Conversation),
    /// A contact was created (`CONTACT_CREATE`).
    ContactCreated(&'a Contact),
    /// A contact was changed (`CONTACT_UPDATE`).
    ContactUpdated(&'a Contact),
    /// A contact was deleted (`CONTACT_DELETE`).
    ContactDeleted(&'a Contact),
    /// Two contacts were merged (`CONTACT_MERGE`).
    ContactsMerged(&'a ContactMergeNotification),
    /// Several contacts have the same identity (`CONTACT_IDENTITIES_DUPLICATION`).
    DuplicatedIdentities(&'a DuplicatedContactIdentitiesNotification),
    /// The result of a [capability query](crate::Client::query_capability) for one channel (`CAPABILITY`).
    Capability(&'a CapabilityNotification),
    /// A contact opted in (`OPT_IN`).
    OptIn(&'a OptInNotification),
    /// A contact opted out (`OPT_OUT`).
    OptOut(&'a OptOutNotification),
    /// Something about a channel itself, such as a changed quality rating (`CHANNEL_EVENT`).
    ChannelEvent(&'a ChannelEventNotification),
    /// The analysis of a contact's message (`SMART_CONVERSATION`).
    Analysis(&'a SmartConversationNotification),
    /// A record was stored (`RECORD_NOTIFICATION`).
    Record(&'a RecordNotification),
    /// A callback of a channel that the API has no form for (`UNSUPPORTED`).
    Unsupported(&'a UnsupportedCallback),
    /// The status of a batch changed (`BATCH_STATUS_UPDATE`).
    Batch(&'a BatchStatusUpdateNotification),
    /// A kind that no document names, or one that lacks its documented form: all of its JSON. See
    /// [`Event::trigger`] for its name and [`Event::decode_error`] for what is missing.
    Unknown(&'a Value),
}

impl Event {
    /// Returns what the callback is about, to match on.
    pub fn kind(&self) -> EventKind<'_> {
        messages(self.typed())
            .or_else(|| resources(self.typed()))
            .or_else(|| notifications(self.typed()))
            .unwrap_or_else(|| EventKind::Unknown(self.raw()))
    }
}

/// What was sent and received.
fn messages(callback: &Callback) -> Option<EventKind<'_>> {
    Some(match callback {
        Callback::MessageInboundEvent(callback) => EventKind::Inbound(InboundMessage {
            body: &callback.message,
            envelope: envelope!(callback),
        }),
        Callback::MessageInboundSmartConversationRedactionEvent(callback) => {
            EventKind::RedactedInbound(InboundMessage {
                body: &callback.message_redaction,
                envelope: envelope!(callback),
            })
        }
        Callback::EventInbound(callback) => EventKind::ContactEvent(InboundContactEvent {
            body: &callback.event,
            envelope: envelope!(callback),
        }),
        Callback::MessageSubmitEvent(callback) => EventKind::Submitted(callback.into()),
        Callback::MessageDeliveryReceiptEvent(callback) => EventKind::Delivery(callback.into()),
        Callback::EventDelivery(callback) => EventKind::EventDelivery(callback.into()),
        _ => return None,
    })
}

/// Conversations and contacts. A callback that does not contain what it is about has no kind.
fn resources(callback: &Callback) -> Option<EventKind<'_>> {
    macro_rules! about {
        ($callback:ident.$notification:ident.$resource:ident as $kind:ident) => {
            EventKind::$kind($callback.$notification.$resource.as_ref()?)
        };
    }
    Some(match callback {
        Callback::ConversationStartEvent(callback) => {
            about!(callback.conversation_start_notification.conversation as ConversationStarted)
        }
        Callback::ConversationStopEvent(callback) => {
            about!(callback.conversation_stop_notification.conversation as ConversationStopped)
        }
        Callback::ConversationDeleteEvent(callback) => {
            about!(callback.conversation_delete_notification.conversation as ConversationDeleted)
        }
        Callback::ContactCreateEvent(callback) => {
            about!(callback.contact_create_notification.contact as ContactCreated)
        }
        Callback::ContactUpdateEvent(callback) => {
            about!(callback.contact_update_notification.contact as ContactUpdated)
        }
        Callback::ContactDeleteEvent(callback) => {
            about!(callback.contact_delete_notification.contact as ContactDeleted)
        }
        _ => return None,
    })
}

/// Everything else.
fn notifications(callback: &Callback) -> Option<EventKind<'_>> {
    macro_rules! kinds {
        ($($callback:ident . $notification:ident => $kind:ident,)*) => {
            match callback {
                $(Callback::$callback(callback) => EventKind::$kind(&callback.$notification),)*
                _ => return None,
            }
        };
    }
    Some(kinds! {
        ContactMergeEvent.contact_merge_notification => ContactsMerged,
        ContactIdentitiesDuplicationEvent.duplicated_contact_identities_notification => DuplicatedIdentities,
        CapabilityEvent.capability_notification => Capability,
        OptInEvent.opt_in_notification => OptIn,
        OptOutEvent.opt_out_notification => OptOut,
        ChannelEvent.channel_event_notification => ChannelEvent,
        SmartConversationsEvent.smart_conversation_notification => Analysis,
        RecordNotificationEvent.record_notification => Record,
        UnsupportedCallbackEvent.unsupported_callback => Unsupported,
        BatchStatusUpdateEvent.batch_status_update_notification => Batch,
    })
}
