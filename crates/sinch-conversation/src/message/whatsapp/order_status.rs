//! An update of an order's status.

use sinch_conversation_raw::types::{
    OrderStatusPayment, OrderStatusPaymentOrder, PaymentOrderStatusChannelSpecificMessage,
};

use super::Status;
use super::frame::framed;

/// An update of an order's status on WhatsApp.
///
/// ```
/// use sinch_conversation::message::whatsapp::{OrderStatus, Status};
///
/// let update = OrderStatus::new("order-7", Status::Shipped).description("Two parcels").text("On its way!");
/// assert!(update.validate().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct OrderStatus {
    pub(in crate::message) body: PaymentOrderStatusChannelSpecificMessage,
}

framed!(OrderStatus);

impl OrderStatus {
    /// Creates an update for the order with this reference, the one of its [`OrderDetails`](super::OrderDetails).
    pub fn new(reference: impl Into<String>, status: Status) -> Self {
        let order = OrderStatusPaymentOrder::new(status);
        Self {
            body: PaymentOrderStatusChannelSpecificMessage::new(OrderStatusPayment::new(
                reference, order,
            )),
        }
    }

    /// Sets a text about the status, at most 120 characters.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.body.payment.order.description = Some(text.into());
        self
    }
}
