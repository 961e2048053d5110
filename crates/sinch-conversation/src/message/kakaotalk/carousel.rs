//! Several offers side by side.

use sinch_conversation_raw::types::{
    KakaoTalkCarousel, KakaoTalkCarouselCommerceChannelSpecificMessage, KakaoTalkCarouselHead,
    KakaoTalkCarouselTail,
};

use super::Offer;
use super::alarm::alarmed;
use super::links::linked;

/// 2 to 10 offers side by side on KakaoTalk.
///
/// ```
/// use sinch_conversation::message::kakaotalk::{
///     Button, CarouselCommerce, Head, Offer, Product, Tail, Won,
/// };
///
/// let offers = [("Olive oil", "oil"), ("Salt", "salt")].map(|(name, page)| {
///     let buy = Button::web("Buy", format!("https://example.com/{page}"));
///     Offer::new(format!("https://example.com/{page}.jpg"), Product::new(name, Won(9_000)), [buy])
/// });
/// let message = CarouselCommerce::new(offers)
///     .head(Head::new("This week", "Two things to take home", "https://example.com/shop.jpg"))
///     .tail(Tail::new("https://example.com/shop"));
/// # assert!(message.validate().is_ok());
/// ```
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
    /// Creates a carousel of offers, in their order.
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
    /// Creates a card with a title of at most 20 characters, a text of at most 50, and the address of a picture.
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
    /// Creates a button that opens a page on mobile devices.
    pub fn new(mobile_url: impl Into<String>) -> Self {
        Self {
            body: KakaoTalkCarouselTail::new(mobile_url),
        }
    }
}
