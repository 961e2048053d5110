//! One offer as a message.

use sinch_conversation_raw::types::KakaoTalkCommerceChannelSpecificMessage;

use super::Offer;
use super::alarm::alarmed;

/// One offer as a message on KakaoTalk.
///
/// ```
/// use sinch_conversation::message::kakaotalk::{Button, Commerce, Offer, Product, Won};
///
/// let buy = Button::web("Buy", "https://example.com/oil");
/// let offer = Offer::new("https://example.com/oil.jpg", Product::new("Olive oil", Won(9_000)), [buy]);
/// let message = Commerce::new(offer).push_alarm(false).adult(false);
/// # assert!(message.validate().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Commerce {
    pub(in crate::message) body: KakaoTalkCommerceChannelSpecificMessage,
}

alarmed!(Commerce);

impl Commerce {
    /// Creates a message with an offer.
    pub fn new(offer: Offer) -> Self {
        let offer = offer.body;
        let mut body = KakaoTalkCommerceChannelSpecificMessage::new(
            offer.buttons,
            offer.image,
            offer.commerce,
        );
        body.additional_content = offer.additional_content;
        body.coupon = offer.coupon;
        Self { body }
    }
}
