//! Tells events that came before from new ones, in bounded memory.

use std::collections::{HashSet, VecDeque};

use sinch_conversation::types::{ConversationWebhookEvent as Callback, MessageDeliveryReport};
use sinch_conversation::webhook::Event;

/// The newest events, by what they are about.
///
/// It forgets the oldest when it is full. An event that is repeated after that is handled again, so what must never
/// happen twice needs a unique key in the database.
pub(crate) struct Once {
    capacity: usize,
    known: HashSet<String>,
    oldest_first: VecDeque<String>,
}

impl Once {
    pub(crate) fn remembering(capacity: usize) -> Self {
        Self {
            capacity,
            known: HashSet::new(),
            oldest_first: VecDeque::new(),
        }
    }

    /// Whether this is the first time that the event comes in. An event without a name is always new.
    pub(crate) fn is_first(&mut self, event: &Event) -> bool {
        let Some(name) = name(event) else {
            return true;
        };
        if !self.known.insert(name.clone()) {
            return false;
        }
        self.oldest_first.push_back(name);
        if self.oldest_first.len() > self.capacity
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }
}

/// What the event is about: the same for every repetition, and for nothing else.
fn name(event: &Event) -> Option<String> {
    match event.typed() {
        Callback::MessageInboundEvent(inbound) => inbound
            .message
            .id
            .as_ref()
            .map(|id| format!("message {id}")),
        Callback::MessageDeliveryReceiptEvent(receipt) => {
            of_receipt(&receipt.message_delivery_report)
        }
        _ => None,
    }
}

/// The message and its status. A message that falls back has the same status on more than one channel.
fn of_receipt(report: &MessageDeliveryReport) -> Option<String> {
    let (id, status) = (report.message_id.as_ref()?, report.status.as_ref()?);
    let channel = report
        .channel_identity
        .as_ref()
        .map_or("", |identity| identity.channel.as_str());
    Some(format!("receipt {id} {status} {channel}"))
}
