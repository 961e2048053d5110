//! A button of an offer.

use sinch_conversation_raw::types::{
    KakaoTalkAppLinkButton, KakaoTalkBotKeywordButton, KakaoTalkCommerceButton,
    KakaoTalkWebLinkButton,
};

/// A button of an offer. Its name has at most 8 characters.
///
/// ```
/// use sinch_conversation::message::kakaotalk::Button;
///
/// let page = Button::web("Buy", "https://example.com/oil");
/// let call = Button::app("Call us", "tel://46700000000", "tel://46700000000");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Button {
    pub(super) body: KakaoTalkCommerceButton,
}

impl Button {
    /// Creates a button that opens a page on every device.
    pub fn web(name: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            body: KakaoTalkWebLinkButton::new(name, url).into(),
        }
    }

    /// Creates a button that opens one page on mobile devices and another on desktop computers.
    pub fn web_by_device(
        name: impl Into<String>,
        mobile: impl Into<String>,
        desktop: impl Into<String>,
    ) -> Self {
        let mut button = KakaoTalkWebLinkButton::new(name, mobile);
        button.link_pc = Some(desktop.into());
        Self {
            body: button.into(),
        }
    }

    /// Creates a button that opens an app by its links on iOS and on Android, such as `tel://46700000001`.
    pub fn app(
        name: impl Into<String>,
        ios: impl Into<String>,
        android: impl Into<String>,
    ) -> Self {
        Self {
            body: KakaoTalkAppLinkButton::new(name, ios, android).into(),
        }
    }

    /// Creates a button that sends its own name as a keyword.
    pub fn keyword(name: impl Into<String>) -> Self {
        Self {
            body: KakaoTalkBotKeywordButton::new(name).into(),
        }
    }
}
