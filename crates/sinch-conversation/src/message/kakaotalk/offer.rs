//! One product with a picture and buttons.

use sinch_conversation_raw::types::{KakaoTalkCommerceMessage, KakaoTalkCommerceMessageImage};

use super::{Button, Coupon, Product};

/// One product with a picture and one or two buttons. It is sent as [`Commerce`](super::Commerce), or with others
/// as [`CarouselCommerce`](super::CarouselCommerce).
///
/// ```
/// use sinch_conversation::message::kakaotalk::{Button, Coupon, Image, Offer, Product, Won};
///
/// let picture = Image::new("https://example.com/oil.jpg").link("https://example.com/oil");
/// let buy = Button::web("Buy", "https://example.com/oil");
/// let offer = Offer::new(picture, Product::new("Olive oil", Won(9_000)), [buy])
///     .additional_content("From our own trees")
///     .coupon(Coupon::shipping().mobile("https://example.com/coupon"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    pub(super) body: KakaoTalkCommerceMessage,
}

/// The picture of an offer. An address converts into it.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    body: KakaoTalkCommerceMessageImage,
}

impl Offer {
    /// Creates an offer of a product, with its picture and buttons.
    pub fn new(
        image: impl Into<Image>,
        product: Product,
        buttons: impl IntoIterator<Item = Button>,
    ) -> Self {
        let buttons = buttons.into_iter().map(|button| button.body).collect();
        Self {
            body: KakaoTalkCommerceMessage::new(buttons, image.into().body, product),
        }
    }

    /// Sets a further text, at most 34 characters.
    #[must_use]
    pub fn additional_content(mut self, text: impl Into<String>) -> Self {
        self.body.additional_content = Some(text.into());
        self
    }

    /// Adds a coupon.
    #[must_use]
    pub fn coupon(mut self, coupon: Coupon) -> Self {
        self.body.coupon = Some(coupon.into());
        self
    }
}

impl Image {
    /// Creates a picture by its address.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            body: KakaoTalkCommerceMessageImage::new(url),
        }
    }

    /// Sets the address that a tap on the picture opens.
    #[must_use]
    pub fn link(mut self, url: impl Into<String>) -> Self {
        self.body.image_link = Some(url.into());
        self
    }
}

impl From<&str> for Image {
    fn from(url: &str) -> Self {
        Self::new(url)
    }
}

impl From<String> for Image {
    fn from(url: String) -> Self {
        Self::new(url)
    }
}
