//! One offer as a message.

use sinch_conversation_raw::types::KakaoTalkCommerceChannelSpecificMessage;

use super::Offer;
use super::alarm::alarmed;

/// One offer as a message on KakaoTalk.
#[derive(Clone, Debug, PartialEq)]
pub struct Commerce {
    pub(in crate::message) body: KakaoTalkCommerceChannelSpecificMessage,
}

alarmed!(Commerce);

impl Commerce {
    /// A message with an offer.
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
