//! What stays the same when an event is delivered again.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use sinch_conversation_raw::types::{ChannelIdentity, ConversationWebhookEvent as Callback};

use super::Event;
use super::view::text;

/// The longest list of ids that becomes a key as it is, in bytes.
const LONGEST: usize = 200;

/// In the place of a channel that a callback does not name.
const NO_CHANNEL: &str = "-";

/// Identifies an event across deliveries: the API may deliver an event more than once, each time with another nonce.
///
/// Returned by [`Event::key`]. At most 256 bytes of text, fit for a unique column of a database. It has no addresses of
/// people in it.
///
/// | trigger | what identifies the event |
/// | --- | --- |
/// | `MESSAGE_INBOUND`, `MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION` | the message |
/// | `MESSAGE_SUBMIT` | the message and the channel |
/// | `MESSAGE_DELIVERY` | the message, the status and the channel: a message that falls back can have a status on each |
/// | `EVENT_INBOUND` | the event |
/// | `EVENT_DELIVERY` | the event, the status and the channel |
/// | `CONVERSATION_START`, `CONVERSATION_STOP`, `CONVERSATION_DELETE` | the conversation |
/// | `CONTACT_CREATE`, `CONTACT_DELETE` | the contact |
/// | `CONTACT_MERGE` | the contact that is gone |
/// | `CAPABILITY` | the app, the request and the channel |
/// | `OPT_IN`, `OPT_OUT` | the app, the request, the channel and the status |
/// | `RECORD_NOTIFICATION` | the entity and the status |
/// | `UNSUPPORTED` | the message |
/// | `BATCH_STATUS_UPDATE` | the batch and the status |
/// | `CONTACT_UPDATE`, `CONTACT_IDENTITIES_DUPLICATION`, `CHANNEL_EVENT`, `SMART_CONVERSATION` | the whole content |
/// | kinds that no document names, and callbacks without these ids | the whole content |
///
/// The content identifies an event only when it has a time (`accepted_time` or `event_time`); otherwise two events
/// could have the same content, and there is no key.
///
/// ```
/// use sinch_conversation::webhook::Event;
///
/// let body = br#"{"app_id": "01A", "project_id": "p", "message_delivery_report": {"message_id": "01M",
///     "status": "DELIVERED", "channel_identity": {"channel": "SMS", "identity": "46700000001"}}}"#;
/// let key = Event::from_slice(body)?.key().expect("a key");
/// assert_eq!(key.as_str(), "MESSAGE_DELIVERY/01M/DELIVERED/SMS");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventKey(String);

impl EventKey {
    /// Returns the key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For an event without a key: replays of the same request have the same nonce.
    pub(super) fn of_nonce(nonce: &str) -> Self {
        Self(format!("nonce/{}", digest(nonce.as_bytes())))
    }

    fn of_ids(event: &Event, ids: &[Option<&str>]) -> Option<Self> {
        let mut key = event.trigger().as_str().to_owned();
        for id in ids {
            let id = id.filter(|id| !id.contains('/'))?;
            key.push('/');
            key.push_str(id);
        }
        (!ids.is_empty() && key.len() <= LONGEST).then_some(Self(key))
    }

    fn of_content(event: &Event) -> Option<Self> {
        event.accepted_time().or_else(|| event.event_time())?;
        let content = event.raw().to_string();
        Some(Self(format!("content/{}", digest(content.as_bytes()))))
    }
}

impl fmt::Display for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for EventKey {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Event {
    /// Returns what identifies the event when it is delivered again; see [`EventKey`] for an example. `None` when
    /// nothing does: such an event is rather handled twice than lost.
    pub fn key(&self) -> Option<EventKey> {
        let ids = message_ids(self.typed())
            .or_else(|| resource_ids(self.typed()))
            .or_else(|| notification_ids(self.typed()))
            .unwrap_or_default();
        EventKey::of_ids(self, &ids).or_else(|| EventKey::of_content(self))
    }
}

type Ids<'a> = Vec<Option<&'a str>>;

fn message_ids(callback: &Callback) -> Option<Ids<'_>> {
    Some(match callback {
        Callback::MessageInboundEvent(callback) => vec![text(&callback.message.id)],
        Callback::MessageInboundSmartConversationRedactionEvent(callback) => {
            vec![text(&callback.message_redaction.id)]
        }
        Callback::MessageSubmitEvent(callback) => {
            let body = &callback.message_submit_notification;
            vec![text(&body.message_id), channel(&body.channel_identity)]
        }
        Callback::MessageDeliveryReceiptEvent(callback) => {
            let body = &callback.message_delivery_report;
            let status = body.status.as_ref().map(|status| status.as_str());
            vec![
                text(&body.message_id),
                status,
                channel(&body.channel_identity),
            ]
        }
        Callback::EventInbound(callback) => vec![text(&callback.event.id)],
        Callback::EventDelivery(callback) => {
            let body = &callback.event_delivery_report;
            let status = body.status.as_ref().map(|status| status.as_str());
            vec![
                text(&body.event_id),
                status,
                channel(&body.channel_identity),
            ]
        }
        _ => return None,
    })
}

fn resource_ids(callback: &Callback) -> Option<Ids<'_>> {
    macro_rules! id_of {
        ($callback:ident.$notification:ident.$resource:ident) => {
            $callback
                .$notification
                .$resource
                .as_ref()
                .and_then(|resource| text(&resource.id))
        };
    }
    let id = match callback {
        Callback::ConversationStartEvent(callback) => {
            id_of!(callback.conversation_start_notification.conversation)
        }
        Callback::ConversationStopEvent(callback) => {
            id_of!(callback.conversation_stop_notification.conversation)
        }
        Callback::ConversationDeleteEvent(callback) => {
            id_of!(callback.conversation_delete_notification.conversation)
        }
        Callback::ContactCreateEvent(callback) => {
            id_of!(callback.contact_create_notification.contact)
        }
        Callback::ContactDeleteEvent(callback) => {
            id_of!(callback.contact_delete_notification.contact)
        }
        Callback::ContactMergeEvent(callback) => {
            id_of!(callback.contact_merge_notification.deleted_contact)
        }
        _ => return None,
    };
    Some(vec![id])
}

fn notification_ids(callback: &Callback) -> Option<Ids<'_>> {
    macro_rules! request {
        ($callback:ident.$notification:ident) => {{
            let body = &$callback.$notification;
            let channel = body.channel.as_ref().map(|channel| channel.as_str());
            vec![text(&$callback.app_id), text(&body.request_id), channel]
        }};
        ($callback:ident.$notification:ident with status) => {{
            let mut ids = request!($callback.$notification);
            let status = $callback.$notification.status.as_ref();
            ids.push(status.map(|status| status.as_str()));
            ids
        }};
    }
    Some(match callback {
        Callback::CapabilityEvent(callback) => request!(callback.capability_notification),
        Callback::OptInEvent(callback) => request!(callback.opt_in_notification with status),
        Callback::OptOutEvent(callback) => request!(callback.opt_out_notification with status),
        Callback::RecordNotificationEvent(callback) => {
            let body = &callback.record_notification;
            let status = body.record_status.as_ref().map(|status| status.as_str());
            vec![text(&body.entity_id), status]
        }
        Callback::UnsupportedCallbackEvent(callback) => {
            vec![text(&callback.unsupported_callback.id)]
        }
        Callback::BatchStatusUpdateEvent(callback) => {
            let body = &callback.batch_status_update_notification;
            let status = body.batch_status.as_ref().map(|status| status.as_str());
            vec![text(&body.batch_id), status]
        }
        _ => return None,
    })
}

fn channel(identity: &Option<ChannelIdentity>) -> Option<&str> {
    let identity = identity.as_ref();
    Some(identity.map_or(NO_CHANNEL, |identity| identity.channel.as_str()))
}

fn digest(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(bytes))
}
