//! WhatsApp: the JSON of its Cloud API.

use serde_json::{Value, json};
use sinch_conversation_raw::types::{
    AppMessageTypes, CardMessage, Choice, ChoiceMessage, ChoiceTypes, ContactInfoMessage,
    ConversationChannel, ListItem, ListItemKind, ListMessage, LocationMessage, MediaProperties,
    TemplateReference,
};
use sinch_conversation_raw::wire::Wire;

use super::media::{self, MediaKind};
use super::whatsapp_template::components;
use super::{Address, choice, text, without_nulls};

pub(super) fn envelope(form: &AppMessageTypes, address: &Address<'_>) -> Value {
    let (kind, body) = match form {
        AppMessageTypes::MediaMessage(media) => attached(media, None),
        AppMessageTypes::ChoiceMessage(message) => ("interactive", choices(message)),
        AppMessageTypes::CardMessage(card) => card_body(card),
        AppMessageTypes::LocationMessage(place) => ("location", location(place)),
        AppMessageTypes::ListMessage(list) => ("interactive", list_body(list)),
        AppMessageTypes::ContactInfoMessage(person) => ("contacts", json!([contact(person)])),
        other => {
            let text = text::of(&ConversationChannel::WhatsApp, other);
            ("text", json!({"body": text}))
        }
    };
    enclosed(kind, body, address)
}

/// Returns a template that is approved at WhatsApp.
pub(super) fn template(template: &TemplateReference, address: &Address<'_>) -> Value {
    let body = json!({
        "name": template.template_id,
        "language": {"code": template.language_code},
        "components": template.parameters.as_ref().map(components),
    });
    enclosed("template", body, address)
}

fn enclosed(kind: &str, body: Value, address: &Address<'_>) -> Value {
    json!({
        "to": address.to,
        "type": kind,
        "recipient_type": "individual",
        kind: without_nulls(body),
        "messaging_product": "whatsapp",
        "biz_opaque_callback_data": null,
    })
}

fn attached(media: &MediaProperties, caption: Option<&str>) -> (&'static str, Value) {
    let (kind, filename) = match media::kind(media) {
        MediaKind::Image => ("image", None),
        MediaKind::Sticker => ("sticker", None),
        MediaKind::Video => ("video", None),
        MediaKind::Audio => ("audio", None),
        MediaKind::Document => ("document", media.filename_override.as_ref()),
    };
    (
        kind,
        json!({"link": media.url, "caption": caption, "filename": filename}),
    )
}

fn choices(message: &ChoiceMessage) -> Value {
    let (kind, action) = match message.choices.as_slice() {
        [one] if matches!(one.kind, ChoiceTypes::UrlMessage(_)) => {
            let page = json!({"display_text": choice::label(one), "url": choice::link(one)});
            ("cta_url", json!({"name": "cta_url", "parameters": page}))
        }
        several => ("button", json!({"buttons": buttons(several)})),
    };
    let properties = message.message_properties.as_ref();
    let footer = properties.and_then(|it| it.whatsapp_footer.as_ref());
    json!({
        "type": kind,
        "body": message.text_message.as_ref().map(|text| json!({"text": text.text})),
        "footer": footer.map(|footer| json!({"text": footer})),
        "action": action,
    })
}

fn buttons(choices: &[Choice]) -> Vec<Value> {
    let button = |choice: &Choice| json!({"type": "reply", "reply": {"id": choice::postback(choice), "title": choice::label(choice)}});
    choices.iter().map(button).collect()
}

/// Returns a card with buttons, or media with a caption if there are none.
fn card_body(card: &CardMessage) -> (&'static str, Value) {
    let choices = card.choices.as_deref().unwrap_or_default();
    if let (Some(media), []) = (&card.media_message, choices) {
        return attached(media, card.description.as_deref());
    }
    let media = card.media_message.as_ref().map(|media| {
        let (kind, link) = attached(media, None);
        json!({"type": kind, kind: link})
    });
    let properties = card.message_properties.as_ref();
    let header = properties.and_then(|it| it.whatsapp_header.as_deref());
    let body = json!({
        "type": "button",
        "header": media.or_else(|| header.map(text_header)),
        "body": {"text": card.title},
        "footer": card.description.as_ref().map(|description| json!({"text": description})),
        "action": {"buttons": buttons(choices)},
    });
    ("interactive", body)
}

fn text_header(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn location(place: &LocationMessage) -> Value {
    let (latitude, longitude) = choice::coordinates(&place.coordinates);
    json!({"longitude": longitude, "latitude": latitude, "name": place.title, "address": place.label})
}

/// Uses the title as the header and the description as the body; without a description the title is the body.
fn list_body(list: &ListMessage) -> Value {
    let properties = list.message_properties.as_ref();
    let (kind, action) = match properties.and_then(|it| it.catalog_id.as_ref()) {
        Some(catalog) => {
            let sections = sections(list, "product_items");
            (
                "product_list",
                json!({"catalog_id": catalog, "sections": sections}),
            )
        }
        None => {
            let menu = properties.and_then(|it| it.menu.as_ref());
            (
                "list",
                json!({"button": menu, "sections": sections(list, "rows")}),
            )
        }
    };
    let title = list.description.as_ref().map(|_| list.title.as_str());
    let header = properties.and_then(|it| it.whatsapp_header.as_deref());
    json!({
        "type": kind,
        "header": header.or(title).map(text_header),
        "body": {"text": list.description.as_ref().unwrap_or(&list.title)},
        "action": action,
    })
}

fn sections(list: &ListMessage, key: &str) -> Vec<Value> {
    let rows = |items: &[ListItem]| items.iter().map(|item| row(&item.kind)).collect::<Vec<_>>();
    let sections = list.sections.iter();
    sections
        .map(|section| json!({"title": section.title, key: rows(&section.items)}))
        .collect()
}

fn row(item: &ListItemKind) -> Value {
    match item {
        ListItemKind::Choice(item) => {
            let id = item.postback_data.as_ref().unwrap_or(&item.title);
            json!({"id": id, "title": item.title, "description": item.description})
        }
        ListItemKind::Product(item) => json!({"product_retailer_id": item.id}),
        other => other.to_value(),
    }
}

fn contact(person: &ContactInfoMessage) -> Value {
    let phones = person.phone_numbers.iter();
    let emails = person.email_addresses.iter().flatten();
    let urls = person.urls.iter().flatten();
    json!({
        "name": {"formatted_name": person.name.full_name, "first_name": person.name.first_name,
            "last_name": person.name.last_name},
        "phones": phones.map(|it| json!({"phone": it.phone_number, "type": it.type_})).collect::<Vec<_>>(),
        "emails": emails.map(|it| json!({"email": it.email_address, "type": it.type_})).collect::<Vec<_>>(),
        "urls": urls.map(|it| json!({"url": it.url, "type": it.type_})).collect::<Vec<_>>(),
        "org": person.organization.as_ref().map(Wire::to_value),
        "birthday": person.birthday,
    })
}
