//! The limits of KakaoTalk's own kinds.

use sinch_conversation_raw::types::{
    KakaoTalkCarouselCommerceChannelSpecificMessage, KakaoTalkCommerce, KakaoTalkCommerceButton,
    KakaoTalkCommerceChannelSpecificMessage, KakaoTalkCommerceCoupon,
};

use crate::error::{Problem, Violations};

const BUTTON: usize = 8;
const BUTTONS: (usize, usize) = (1, 2);
const ADDITIONAL_CONTENT: usize = 34;
const TITLE: usize = 30;
const HEADER: usize = 20;
const CONTENT: usize = 50;
const CARDS: (usize, usize) = (2, 10);
const COUPON_DESCRIPTION: usize = 12;
const COUPON_TITLE: usize = 7;
const PRICE: u64 = 99_999_999;
const DISCOUNT: u64 = 999_999;
const RATE: u64 = 100;
const NO_LINK: &str = "give the coupon an address for mobile devices, or a link for iOS or Android";

/// The parts of an offer. The message of one offer and the cards of a carousel have the same.
struct Offer<'a> {
    buttons: &'a [KakaoTalkCommerceButton],
    additional_content: Option<&'a str>,
    commerce: &'a KakaoTalkCommerce,
    coupon: Option<&'a KakaoTalkCommerceCoupon>,
}

pub(super) fn commerce(
    message: &KakaoTalkCommerceChannelSpecificMessage,
    at: &str,
    violations: &mut Violations,
) {
    let parts = Offer {
        buttons: &message.buttons,
        additional_content: message.additional_content.as_deref(),
        commerce: &message.commerce,
        coupon: message.coupon.as_ref(),
    };
    offer(&parts, at, violations);
}

pub(super) fn carousel(
    message: &KakaoTalkCarouselCommerceChannelSpecificMessage,
    at: &str,
    violations: &mut Violations,
) {
    let carousel = &message.carousel;
    if let Some(head) = &carousel.head {
        violations.text(format!("{at}carousel.head.header"), &head.header, HEADER);
        violations.text(format!("{at}carousel.head.content"), &head.content, CONTENT);
    }
    violations.count_within(format!("{at}carousel.list"), carousel.list.len(), CARDS);
    for (index, card) in carousel.list.iter().enumerate() {
        let parts = Offer {
            buttons: &card.buttons,
            additional_content: card.additional_content.as_deref(),
            commerce: &card.commerce,
            coupon: card.coupon.as_ref(),
        };
        offer(&parts, &format!("{at}carousel.list[{index}]."), violations);
    }
}

fn offer(offer: &Offer<'_>, at: &str, violations: &mut Violations) {
    violations.count_within(format!("{at}buttons"), offer.buttons.len(), BUTTONS);
    for (index, button) in offer.buttons.iter().enumerate() {
        let name = match button {
            KakaoTalkCommerceButton::Wl(button) => &button.name,
            KakaoTalkCommerceButton::Al(button) => &button.name,
            KakaoTalkCommerceButton::Bk(button) => &button.name,
            _ => continue,
        };
        violations.text(format!("{at}buttons[{index}].name"), name, BUTTON);
    }
    if let Some(text) = offer.additional_content {
        violations.text(format!("{at}additional_content"), text, ADDITIONAL_CONTENT);
    }
    product(offer.commerce, &format!("{at}commerce."), violations);
    if let Some(given) = offer.coupon {
        coupon(given, &format!("{at}coupon"), violations);
    }
}

fn product(product: &KakaoTalkCommerce, at: &str, violations: &mut Violations) {
    let mut price = |title: &str, regular, reduced: Option<i64>| {
        violations.text(format!("{at}title"), title, TITLE);
        violations.range(format!("{at}regular_price"), regular, " won", (0, PRICE));
        if let Some(reduced) = reduced {
            violations.range(format!("{at}discount_price"), reduced, " won", (0, PRICE));
        }
    };
    match product {
        KakaoTalkCommerce::RegularPriceCommerce(one) => price(&one.title, one.regular_price, None),
        KakaoTalkCommerce::FixedDiscountCommerce(one) => {
            price(&one.title, one.regular_price, Some(one.discount_price));
            discount(one.discount_fixed, at, violations);
        }
        KakaoTalkCommerce::PercentageDiscountCommerce(one) => {
            price(&one.title, one.regular_price, Some(one.discount_price));
            rate(one.discount_rate, at, violations);
        }
        _ => {}
    }
}

fn discount(off: i64, at: &str, violations: &mut Violations) {
    violations.range(format!("{at}discount_fixed"), off, " won", (0, DISCOUNT));
}

fn rate(off: i64, at: &str, violations: &mut Violations) {
    violations.range(format!("{at}discount_rate"), off, " %", (0, RATE));
}

fn coupon(coupon: &KakaoTalkCommerceCoupon, at: &str, violations: &mut Violations) {
    /// What all coupons share.
    macro_rules! shared {
        ($coupon:ident) => {{
            if let Some(text) = &$coupon.description {
                violations.text(format!("{at}.description"), text, COUPON_DESCRIPTION);
            }
            if $coupon.link_mo.is_none()
                && $coupon.scheme_ios.is_none()
                && $coupon.scheme_android.is_none()
            {
                violations.add(
                    format!("{at}.link_mo"),
                    Problem::Missing { remedy: NO_LINK },
                );
            }
        }};
    }
    match coupon {
        KakaoTalkCommerceCoupon::FixedDiscountCoupon(one) => {
            shared!(one);
            discount(one.discount_fixed, &format!("{at}."), violations);
        }
        KakaoTalkCommerceCoupon::PercentageDiscountCoupon(one) => {
            shared!(one);
            rate(one.discount_rate, &format!("{at}."), violations);
        }
        KakaoTalkCommerceCoupon::ShippingDiscountCoupon(one) => shared!(one),
        KakaoTalkCommerceCoupon::FreeCoupon(one) => {
            shared!(one);
            violations.text(format!("{at}.title"), &one.title, COUPON_TITLE);
        }
        KakaoTalkCommerceCoupon::UpCoupon(one) => {
            shared!(one);
            violations.text(format!("{at}.title"), &one.title, COUPON_TITLE);
        }
        _ => {}
    }
}
