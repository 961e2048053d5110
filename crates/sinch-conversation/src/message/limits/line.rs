//! The limits of LINE's own kind.

use sinch_conversation_raw::types::LineNotificationMessageTemplateChannelSpecificMessage;

use crate::error::Violations;

const EMPHASIZED: usize = 15;
const ITEM: usize = 300;
const ITEMS: usize = 15;
const URL: usize = 1000;
const BUTTONS: usize = 2;

pub(super) fn notification(
    notification: &LineNotificationMessageTemplateChannelSpecificMessage,
    at: &str,
    violations: &mut Violations,
) {
    let Some(body) = &notification.body else {
        return;
    };
    if let Some(item) = &body.emphasized_item {
        let field = format!("{at}body.emphasized_item.content");
        violations.text(field, &item.content, EMPHASIZED);
    }
    let items = body.items.as_deref().unwrap_or_default();
    violations.count(format!("{at}body.items"), items.len(), ITEMS);
    for (index, item) in items.iter().enumerate() {
        let field = format!("{at}body.items[{index}].content");
        violations.text(field, &item.content, ITEM);
    }
    let buttons = body.buttons.as_deref().unwrap_or_default();
    violations.count(format!("{at}body.buttons"), buttons.len(), BUTTONS);
    for (index, button) in buttons.iter().enumerate() {
        violations.text(format!("{at}body.buttons[{index}].url"), &button.url, URL);
    }
}
