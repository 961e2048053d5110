//! Requirements of the API for messages, beyond the limits of the types.

use sinch_conversation_raw::types::{
    AppMessage, AppMessageTypes, CarouselMessage, ChannelIdentities, ChannelSpecificMessageKind,
    DisplayMode, KakaoTalkCommerceCoupon, OmniMessageOverrideKind, RecipientBase,
};

use crate::channel::check_address;
use crate::error::{Problem, Violations};
use crate::id;

const NO_LINK: &str = "give the coupon an address for mobile devices, or a link for iOS or Android";

/// Checks a message with its limits. `at` is the prefix of the field names.
pub(crate) fn message(message: &AppMessage, at: &str, violations: &mut Violations) {
    violations.limits(message, at);
    content(message, at, violations);
}

/// Checks a message whose limits are checked with those of its request.
pub(crate) fn content(message: &AppMessage, at: &str, violations: &mut Violations) {
    kind(&message.kind, at, violations);
    for (channel, instead) in message.explicit_channel_omni_message.iter().flatten() {
        if let OmniMessageOverrideKind::CarouselMessage(body) = &instead.kind {
            let at = format!("{at}explicit_channel_omni_message.{channel}.");
            carousel(body, &at, violations);
        }
    }
    for (channel, instead) in message.channel_specific_message.iter().flatten() {
        let at = format!("{at}channel_specific_message.{channel}.message.");
        specific(&instead.kind, &at, violations);
    }
}

/// Checks the content for all channels.
pub(crate) fn kind(kind: &AppMessageTypes, at: &str, violations: &mut Violations) {
    if let AppMessageTypes::CarouselMessage(body) = kind {
        carousel(body, at, violations);
    }
}

/// Checks a kind that only one channel supports. `at` is the prefix of the field names.
pub(crate) fn specific(kind: &ChannelSpecificMessageKind, at: &str, violations: &mut Violations) {
    match kind {
        ChannelSpecificMessageKind::Commerce(offer) => {
            coupon(offer.coupon.as_ref(), at, violations);
        }
        ChannelSpecificMessageKind::CarouselCommerce(body) => {
            for (index, offer) in body.carousel.list.iter().enumerate() {
                let at = format!("{at}carousel.list[{index}].");
                coupon(offer.coupon.as_ref(), &at, violations);
            }
        }
        _ => {}
    }
}

fn carousel(carousel: &CarouselMessage, at: &str, violations: &mut Violations) {
    let outer = carousel.choices.iter().flatten().enumerate();
    for (index, _) in
        outer.filter(|(_, choice)| choice.display_mode == Some(DisplayMode::Persistent))
    {
        let field = format!("{at}carousel_message.choices[{index}].display_mode");
        let expected = "left out: the choices of a whole carousel cannot be persistent";
        violations.malformed(field, expected);
    }
}

fn coupon(coupon: Option<&KakaoTalkCommerceCoupon>, at: &str, violations: &mut Violations) {
    macro_rules! has_link {
        ($coupon:ident) => {
            $coupon.link_mo.is_some()
                || $coupon.scheme_ios.is_some()
                || $coupon.scheme_android.is_some()
        };
    }
    let has_link = match coupon {
        Some(KakaoTalkCommerceCoupon::FixedDiscountCoupon(one)) => has_link!(one),
        Some(KakaoTalkCommerceCoupon::PercentageDiscountCoupon(one)) => has_link!(one),
        Some(KakaoTalkCommerceCoupon::ShippingDiscountCoupon(one)) => has_link!(one),
        Some(KakaoTalkCommerceCoupon::FreeCoupon(one)) => has_link!(one),
        Some(KakaoTalkCommerceCoupon::UpCoupon(one)) => has_link!(one),
        _ => true,
    };
    if !has_link {
        violations.missing(format!("{at}coupon.link_mo"), NO_LINK);
    }
}

/// Checks a recipient. `at` is the name of the field.
pub(crate) fn recipient(recipient: &RecipientBase, at: &str, violations: &mut Violations) {
    match recipient {
        RecipientBase::IdentifiedBy(ChannelIdentities {
            channel_identities: identities,
            ..
        }) => {
            let at = format!("{at}.identified_by.channel_identities");
            if identities.is_empty() {
                violations.missing(at.as_str(), "give at least one identity");
            }
            for (index, one) in identities.iter().enumerate() {
                let field = || format!("{at}[{index}].identity");
                check_address(&one.channel, &one.identity, field, violations);
            }
        }
        RecipientBase::ContactId(id) if id.is_empty() => {
            violations.malformed(format!("{at}.contact_id"), id::EXPECTED);
        }
        RecipientBase::Unknown(fields) if fields.is_empty() => {
            let remedy = "say with `to` whom the message is for";
            violations.add(at, Problem::Missing { remedy });
        }
        _ => {}
    }
}
