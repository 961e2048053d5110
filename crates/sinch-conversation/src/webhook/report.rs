//! What became of what an app sent.

use sinch_conversation_raw::types::{
    DeliveryStatus, EventDelivery, EventDeliveryReport, MessageDeliveryReceiptEvent,
    MessageDeliveryReport, MessageSubmitEvent, MessageSubmitNotification, ProcessingMode, Reason,
};
use sinch_conversation_raw::wire::Timestamp;

use super::view::{Envelope, accessors, conversation_id, envelope, text};

/// A change of the status of a message that the app sent.
///
/// It borrows from the [`Event`](super::Event).
///
/// ```
/// use sinch_conversation::webhook::DeliveryReport;
///
/// fn log(report: DeliveryReport<'_>) {
///     let id = report.message_id().unwrap_or_default();
///     match report.status() {
///         _ if report.is_delivered() => println!("{id} has arrived"),
///         _ if report.is_final() => println!("{id} failed: {:?}", report.reason()),
///         status => println!("{id} is on its way: {status:?} on {:?}", report.channel()),
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DeliveryReport<'a> {
    body: &'a MessageDeliveryReport,
    envelope: Envelope<'a>,
}

/// A change of the status of an [event](crate::event::AppEvent) that the app sent.
///
/// It borrows from the [`Event`](super::Event).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventReport<'a> {
    body: &'a EventDeliveryReport,
    envelope: Envelope<'a>,
}

/// A message of the app that was passed to a channel, before any report of its delivery.
///
/// It borrows from the [`Event`](super::Event).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SubmittedMessage<'a> {
    body: &'a MessageSubmitNotification,
    envelope: Envelope<'a>,
}

accessors!(DeliveryReport: MessageDeliveryReport);
accessors!(EventReport: EventDeliveryReport);
accessors!(SubmittedMessage: MessageSubmitNotification);
conversation_id!(DeliveryReport);
conversation_id!(SubmittedMessage);

impl<'a> From<&'a MessageDeliveryReceiptEvent> for DeliveryReport<'a> {
    fn from(callback: &'a MessageDeliveryReceiptEvent) -> Self {
        Self {
            body: &callback.message_delivery_report,
            envelope: envelope!(callback),
        }
    }
}

impl<'a> From<&'a EventDelivery> for EventReport<'a> {
    fn from(callback: &'a EventDelivery) -> Self {
        Self {
            body: &callback.event_delivery_report,
            envelope: envelope!(callback),
        }
    }
}

impl<'a> From<&'a MessageSubmitEvent> for SubmittedMessage<'a> {
    fn from(callback: &'a MessageSubmitEvent) -> Self {
        Self {
            body: &callback.message_submit_notification,
            envelope: envelope!(callback),
        }
    }
}

impl<'a> DeliveryReport<'a> {
    /// Returns the id of the message, as the send returned it.
    pub fn message_id(&self) -> Option<&'a str> {
        text(&self.body.message_id)
    }
}

impl<'a> EventReport<'a> {
    /// Returns the id of the event, as the send returned it.
    pub fn event_id(&self) -> Option<&'a str> {
        text(&self.body.event_id)
    }
}

impl<'a> SubmittedMessage<'a> {
    /// Returns the id of the message, as the send returned it.
    pub fn message_id(&self) -> Option<&'a str> {
        text(&self.body.message_id)
    }

    /// Returns the metadata that was set on the send.
    pub fn metadata(&self) -> Option<&'a str> {
        text(&self.body.metadata)
    }
}

macro_rules! status {
    ($($view:ident)*) => {$(
        impl<'a> $view<'a> {
            /// Returns the status.
            pub fn status(&self) -> Option<&'a DeliveryStatus> {
                self.body.status.as_ref()
            }

            /// Returns whether the [status is final](DeliveryStatus::is_final): it has arrived, or failed for good.
            pub fn is_final(&self) -> bool {
                self.status().is_some_and(DeliveryStatus::is_final)
            }

            /// Returns whether it has arrived: `DELIVERED` or `READ`.
            pub fn is_delivered(&self) -> bool {
                matches!(self.status(), Some(DeliveryStatus::Delivered | DeliveryStatus::Read))
            }

            /// Returns why it failed, or why another channel is tried.
            pub fn reason(&self) -> Option<&'a Reason> {
                self.body.reason.as_ref()
            }

            /// Returns the metadata that was set on the send.
            pub fn metadata(&self) -> Option<&'a str> {
                text(&self.body.metadata)
            }
        }
    )*};
}

status! { DeliveryReport EventReport }
