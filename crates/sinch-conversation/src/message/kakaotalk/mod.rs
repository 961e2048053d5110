//! Kinds that only KakaoTalk supports: offers of products, one or several.
//!
//! They replace a message on KakaoTalk; on other channels the message itself is sent.
//!
//! ```
//! use sinch_conversation::message::kakaotalk::{Button, Commerce, Coupon, Discount, Offer, Percent, Product, Won};
//! use sinch_conversation::message::{Message, Text};
//!
//! let oil = Product::new("Olive oil", Won(10_000)).reduced(Won(9_000), Discount::Rate(Percent(10)));
//! let offer = Offer::new("https://example.com/oil.jpg", oil, [Button::web("Buy", "https://example.com/oil")])
//!     .coupon(Coupon::shipping().mobile("https://example.com/coupon"));
//! let message = Message::new(Text::new("Olive oil, now at 9000 won.")).kakaotalk(Commerce::new(offer));
//! assert!(message.validate().is_ok());
//! ```

mod alarm;
mod button;
mod carousel;
mod commerce;
mod coupon;
mod links;
mod offer;
mod price;

pub use button::Button;
pub use carousel::{CarouselCommerce, Head, Tail};
pub use commerce::Commerce;
pub use coupon::Coupon;
pub use offer::{Image, Offer};
pub use price::{Discount, Percent, Product, Won};

use sinch_conversation_raw::types::ChannelSpecificMessage;

/// A kind that only KakaoTalk supports. Every such kind converts into it.
#[derive(Clone, Debug, PartialEq)]
pub struct KakaotalkMessage {
    pub(super) body: ChannelSpecificMessage,
}
