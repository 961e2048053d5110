//! A request to pay for an order.

use sinch_conversation_raw::types::{
    OrderDetailsPayment, PaymentOrderDetailsChannelSpecificMessage,
};

use super::frame::framed;
use super::{Country, Goods, Order, PaymentButton};

/// A request to pay for an order on WhatsApp.
///
/// ```
/// use sinch_conversation::message::whatsapp::{Country, Goods, Item, Order, OrderDetails, PaymentButton};
///
/// let order = Order::new([Item::new("sku-1", "Olive oil", 1500).quantity(2)]).tax(300);
/// let request = OrderDetails::new(Country::Br, "order-7", Goods::PhysicalGoods, order)
///     .text("Thank you for your order.")
///     .buttons([PaymentButton::link("https://example.com/pay/7")]);
/// assert!(request.validate().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct OrderDetails {
    pub(in crate::message) body: PaymentOrderDetailsChannelSpecificMessage,
}

framed!(OrderDetails);

impl OrderDetails {
    /// Creates a request to pay for an order, with a unique reference. The country determines the currency. The total is
    /// the order's subtotal, tax and shipping, less its discount.
    pub fn new(country: Country, reference: impl Into<String>, goods: Goods, order: Order) -> Self {
        let total = order.total();
        let payment = OrderDetailsPayment::new(country, reference, goods, total, order.body);
        Self {
            body: PaymentOrderDetailsChannelSpecificMessage::new(payment),
        }
    }

    /// Sets the total, in place of the sum of the order's parts.
    #[must_use]
    pub fn total(mut self, amount: i64) -> Self {
        self.body.payment.total_amount_value = amount;
        self
    }

    /// Sets the ways to pay, one or two.
    #[must_use]
    pub fn buttons(mut self, buttons: impl IntoIterator<Item = PaymentButton>) -> Self {
        let buttons = buttons.into_iter().map(|button| button.body).collect();
        self.body.payment.payment_buttons = Some(buttons);
        self
    }
}
