//! A notification from a template of LINE.

use sinch_conversation_raw::types::{
    LineNotificationMessageTemplateBody, LineNotificationMessageTemplateButton,
    LineNotificationMessageTemplateChannelSpecificMessage,
    LineNotificationMessageTemplateEmphasizedItem, LineNotificationMessageTemplateItem,
};

/// A notification from a template of LINE. The keys of templates, items and buttons are in LINE's documentation
/// for partners.
///
/// ```
/// use sinch_conversation::message::line::NotificationTemplate;
/// use sinch_conversation::message::{Message, Text};
///
/// let parcel = NotificationTemplate::new("shipment_completed_ja")
///     .emphasized("date_002_ja", "21 November")
///     .item("number_001_ja", "1234567")
///     .button("check_delivery_status_ja", "https://example.com/parcel");
/// let message = Message::new(Text::new("Your parcel was delivered.")).line(parcel);
/// assert!(message.validate().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct NotificationTemplate {
    pub(in crate::message) body: LineNotificationMessageTemplateChannelSpecificMessage,
}

impl NotificationTemplate {
    /// Creates a notification from a template, without items and buttons.
    pub fn new(template_key: impl Into<String>) -> Self {
        Self {
            body: LineNotificationMessageTemplateChannelSpecificMessage::new(template_key),
        }
    }

    /// Sets the item that is emphasized. Its content has at most 15 characters.
    #[must_use]
    pub fn emphasized(mut self, key: impl Into<String>, content: impl Into<String>) -> Self {
        let item = LineNotificationMessageTemplateEmphasizedItem::new(key, content);
        self.content().emphasized_item = Some(item);
        self
    }

    /// Adds an item; 15 at most. Its content has at most 300 characters.
    #[must_use]
    pub fn item(mut self, key: impl Into<String>, content: impl Into<String>) -> Self {
        let items = self.content().items.get_or_insert_default();
        items.push(LineNotificationMessageTemplateItem::new(key, content));
        self
    }

    /// Adds a button; 2 at most. Its address has at most 1000 characters.
    #[must_use]
    pub fn button(mut self, key: impl Into<String>, url: impl Into<String>) -> Self {
        let buttons = self.content().buttons.get_or_insert_default();
        buttons.push(LineNotificationMessageTemplateButton::new(key, url));
        self
    }

    fn content(&mut self) -> &mut LineNotificationMessageTemplateBody {
        self.body.body.get_or_insert_default()
    }
}
