//! Kinds that only WhatsApp supports: flows, and orders with their payment.
//!
//! They replace a message on WhatsApp; on other channels the message itself is sent.
//!
//! ```
//! use sinch_conversation::message::whatsapp::{Flow, Header};
//! use sinch_conversation::message::{Message, Text};
//!
//! let booking = Message::new(Text::new("Book a table: https://example.com/book"))
//!     .whatsapp(Flow::new("4711", "Book a table").header(Header::text("Osteria")).screen("TABLES"));
//! assert!(booking.validate().is_ok());
//! ```

mod flow;
mod frame;
mod order;
mod order_details;
mod order_status;
mod payment;

pub use flow::Flow;
pub use frame::Header;
pub use order::{Item, Order};
pub use order_details::OrderDetails;
pub use order_status::OrderStatus;
pub use payment::PaymentButton;

pub use sinch_conversation_raw::types::{
    FlowChannelSpecificMessageFlowAction as FlowAction,
    FlowChannelSpecificMessageFlowMode as FlowMode, OrderDetailsPaymentType as Country,
    OrderDetailsPaymentTypeOfGoods as Goods, OrderStatusPaymentOrderStatus as Status,
    WhatsAppPaymentSettingsButtonPixKeyType as PixKeyType,
};

use sinch_conversation_raw::types::ChannelSpecificMessage;

/// A kind that only WhatsApp supports. Every such kind converts into it.
#[derive(Clone, Debug, PartialEq)]
pub struct WhatsappMessage {
    pub(super) body: ChannelSpecificMessage,
}
