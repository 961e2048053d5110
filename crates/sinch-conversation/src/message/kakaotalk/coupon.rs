//! A coupon that goes with an offer.

use sinch_conversation_raw::types::{
    KakaoTalkCommerceCoupon, KakaoTalkDiscountRateCoupon, KakaoTalkFixedDiscountCoupon,
    KakaoTalkFreeCoupon, KakaoTalkShippingDiscountCoupon, KakaoTalkUpCoupon,
};

use super::links::linked;
use super::{Percent, Won};

/// A coupon that goes with an offer. It needs an address for mobile devices, or a link for iOS or Android; the
/// links have the form `alimtalk=coupon://...`.
///
/// ```
/// use sinch_conversation::message::kakaotalk::{Coupon, Percent, Won};
///
/// let off = Coupon::fixed(Won(1_000)).description("For regulars").mobile("https://example.com/coupon");
/// let tenth = Coupon::rate(Percent(10)).mobile("https://example.com/coupon");
/// let dessert = Coupon::free("Dessert").mobile("https://example.com/coupon");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Coupon {
    kind: Kind,
    body: Common,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Fixed(Won),
    Rate(Percent),
    Shipping,
    Free(String),
    Up(String),
}

/// The fields that all coupons have, by their names in the published types.
#[derive(Clone, Debug, Default, PartialEq)]
struct Common {
    description: Option<String>,
    link_mo: Option<String>,
    link_pc: Option<String>,
    scheme_ios: Option<String>,
    scheme_android: Option<String>,
}

linked!(Coupon);

impl Coupon {
    /// Creates a coupon for an amount, at most 999,999 won.
    pub fn fixed(off: Won) -> Self {
        Self::of(Kind::Fixed(off))
    }

    /// Creates a coupon for a share of the price.
    pub fn rate(off: Percent) -> Self {
        Self::of(Kind::Rate(off))
    }

    /// Creates a coupon for the price of the shipping.
    pub fn shipping() -> Self {
        Self::of(Kind::Shipping)
    }

    /// Creates a coupon for something free. Its name has at most 7 characters.
    pub fn free(title: impl Into<String>) -> Self {
        Self::of(Kind::Free(title.into()))
    }

    /// Creates a coupon of the kind "UP". Its name has at most 7 characters.
    pub fn up(title: impl Into<String>) -> Self {
        Self::of(Kind::Up(title.into()))
    }

    /// Sets the text about the coupon, at most 12 characters.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.body.description = Some(text.into());
        self
    }

    /// Sets the address for mobile devices.
    #[must_use]
    pub fn mobile(mut self, url: impl Into<String>) -> Self {
        self.body.link_mo = Some(url.into());
        self
    }

    fn of(kind: Kind) -> Self {
        Self {
            kind,
            body: Common::default(),
        }
    }
}

/// Moves the fields that all coupons have into a published coupon.
macro_rules! filled {
    ($coupon:expr, $common:ident) => {{
        let mut coupon = $coupon;
        coupon.description = $common.description;
        coupon.link_mo = $common.link_mo;
        coupon.link_pc = $common.link_pc;
        coupon.scheme_ios = $common.scheme_ios;
        coupon.scheme_android = $common.scheme_android;
        coupon.into()
    }};
}

impl From<Coupon> for KakaoTalkCommerceCoupon {
    fn from(Coupon { kind, body }: Coupon) -> Self {
        match kind {
            Kind::Fixed(off) => filled!(KakaoTalkFixedDiscountCoupon::new(off.into()), body),
            Kind::Rate(off) => filled!(KakaoTalkDiscountRateCoupon::new(off.into()), body),
            Kind::Shipping => filled!(KakaoTalkShippingDiscountCoupon::new(), body),
            Kind::Free(title) => filled!(KakaoTalkFreeCoupon::new(title), body),
            Kind::Up(title) => filled!(KakaoTalkUpCoupon::new(title), body),
        }
    }
}
