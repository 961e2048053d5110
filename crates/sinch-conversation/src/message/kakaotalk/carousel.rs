//! Several offers side by side.

use sinch_conversation_raw::types::{
    KakaoTalkCarousel, KakaoTalkCarouselCommerceChannelSpecificMessage, KakaoTalkCarouselHead,
    KakaoTalkCarouselTail,
};

use super::Offer;
use super::alarm::alarmed;
use super::links::linked;

/// 2 to 10 offers side by side on KakaoTalk.
#[derive(Clone, Debug, PartialEq)]
pub struct CarouselCommerce {
    pub(in crate::message) body: KakaoTalkCarouselCommerceChannelSpecificMessage,
}

/// The card before the offers.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    body: KakaoTalkCarouselHead,
}

/// The button "More" after the offers.
#[derive(Clone, Debug, PartialEq)]
pub struct Tail {
    body: KakaoTalkCarouselTail,
}

alarmed!(CarouselCommerce);
linked!(Head);
linked!(Tail);

impl CarouselCommerce {
    /// Offers in their order.
    pub fn new(offers: impl IntoIterator<Item = Offer>) -> Self {
        let list = offers.into_iter().map(|offer| offer.body).collect();
        let carousel = KakaoTalkCarousel::new(list);
        Self {
            body: KakaoTalkCarouselCommerceChannelSpecificMessage::new(carousel),
        }
    }

    /// Sets the card before the offers.
    #[must_use]
    pub fn head(mut self, head: Head) -> Self {
        self.body.carousel.head = Some(head.body);
        self
    }

    /// Sets the button after the offers.
    #[must_use]
    pub fn tail(mut self, tail: Tail) -> Self {
        self.body.carousel.tail = Some(tail.body);
        self
    }
}

impl Head {
    /// A title of at most 20 characters, a text of at most 50, and the address of a picture.
    pub fn new(
        title: impl Into<String>,
        text: impl Into<String>,
        image_url: impl Into<String>,
    ) -> Self {
        Self {
            body: KakaoTalkCarouselHead::new(title, text, image_url),
        }
    }

    /// Sets the address for mobile devices.
    #[must_use]
    pub fn mobile(mut self, url: impl Into<String>) -> Self {
        self.body.link_mo = Some(url.into());
        self
    }
}

impl Tail {
    /// A button that opens a page on mobile devices.
    pub fn new(mobile_url: impl Into<String>) -> Self {
        Self {
            body: KakaoTalkCarouselTail::new(mobile_url),
        }
    }
}
