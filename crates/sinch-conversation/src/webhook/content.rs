//! What a message of a contact consists of.

use sinch_conversation_raw::types::{
    ChoiceResponseMessage, ContactChannelSpecificMessageKind, ContactMessage, ContactMessageTypes,
    FallbackMessage, LocationMessage, MediaCardMessage, MediaProperties, ProductItem,
    ProductResponse, WhatsAppInteractiveNfmReply,
};
use sinch_conversation_raw::wire::UnknownObject;

use super::view::{NOTHING, text};

/// What a contact sent. The names are those of the [messages](crate::message) that an app sends.
///
/// ```
/// use sinch_conversation::webhook::{InboundMessage, MessageContent};
///
/// fn describe(message: InboundMessage<'_>) -> String {
///     match message.content() {
///         MessageContent::Text(text) => text.to_owned(),
///         MessageContent::Media(media) => format!("a file at {}", media.url),
///         MessageContent::Location(place) => format!("{}, {}", place.latitude, place.longitude),
///         MessageContent::Choice(choice) => format!("the choice {}", choice.postback_data),
///         MessageContent::Products(order) => format!("{} products", order.products.len()),
///         other => format!("{other:?}"),
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum MessageContent<'a> {
    /// Plain text.
    Text(&'a str),
    /// A file, with or without a caption.
    Media(InboundMedia<'a>),
    /// A place on a map.
    Location(InboundLocation<'a>),
    /// A choice that was tapped: of a [`Choices`](crate::message::Choices), [`Card`](crate::message::Card),
    /// [`Carousel`](crate::message::Carousel) or [`List`](crate::message::List).
    Choice(ChoiceResponse<'a>),
    /// Products that were picked from a [`List`](crate::message::List) or a catalog. WhatsApp only.
    Products(ProductOrder<'a>),
    /// A form that was filled in: the end of a [`Flow`](crate::message::whatsapp::Flow), or an address. WhatsApp
    /// only. The fields are in `response_json`.
    Form(&'a WhatsAppInteractiveNfmReply),
    /// A message that the API could not convert, with the reason and, where the channel has one, the raw message.
    Fallback(&'a FallbackMessage),
    /// A kind that no document names, or that lacks its documented form, with its JSON. Empty when the callback has no
    /// message at all.
    Unknown(&'a UnknownObject),
}

/// A file of a contact.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct InboundMedia<'a> {
    /// Where to fetch the file.
    pub url: &'a str,
    /// The text below the file.
    pub caption: Option<&'a str>,
    /// Where to fetch a small picture of it.
    pub thumbnail: Option<&'a str>,
    /// The name of the file.
    pub filename: Option<&'a str>,
}

/// A place that a contact shared.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct InboundLocation<'a> {
    /// Degrees, north is positive.
    pub latitude: f64,
    /// Degrees, east is positive.
    pub longitude: f64,
    /// The text next to the link to the map.
    pub title: Option<&'a str>,
    /// The name of the place.
    pub label: Option<&'a str>,
}

/// A tap on a choice.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChoiceResponse<'a> {
    /// What [`Choice::postback`](crate::message::Choice::postback) set. Without it, the id of the message and the
    /// words of the choice, joined by `_`.
    pub postback_data: &'a str,
    /// The id of the message that offered the choice.
    pub message_id: &'a str,
}

/// Products that a contact picked.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ProductOrder<'a> {
    /// The products, with their quantities and prices.
    pub products: &'a [ProductItem],
    /// The text that came with them.
    pub title: Option<&'a str>,
    /// The catalog that has the products.
    pub catalog_id: Option<&'a str>,
}

impl<'a> MessageContent<'a> {
    pub(super) fn of(message: Option<&'a ContactMessage>) -> Self {
        let Some(message) = message else {
            return Self::Unknown(&NOTHING);
        };
        match &message.kind {
            ContactMessageTypes::TextMessage(body) => Self::Text(&body.text),
            ContactMessageTypes::MediaMessage(body) => Self::Media(body.into()),
            ContactMessageTypes::MediaCardMessage(body) => Self::Media(body.into()),
            ContactMessageTypes::LocationMessage(body) => Self::Location(body.into()),
            ContactMessageTypes::ChoiceResponseMessage(body) => Self::Choice(body.into()),
            ContactMessageTypes::ProductResponseMessage(body) => Self::Products(body.into()),
            ContactMessageTypes::FallbackMessage(body) => Self::Fallback(body),
            ContactMessageTypes::ChannelSpecificMessage(body) => match &body.kind {
                ContactChannelSpecificMessageKind::NfmReply(reply) => Self::Form(&reply.nfm_reply),
                ContactChannelSpecificMessageKind::Unknown(json) => Self::Unknown(json),
                _ => Self::Unknown(&NOTHING),
            },
            ContactMessageTypes::Unknown(json) => Self::Unknown(json),
            // Not before the crate is built with newer types than it was written for.
            _ => Self::Unknown(&NOTHING),
        }
    }
}

impl<'a> From<&'a MediaProperties> for InboundMedia<'a> {
    fn from(body: &'a MediaProperties) -> Self {
        Self {
            url: &body.url,
            caption: None,
            thumbnail: text(&body.thumbnail_url),
            filename: text(&body.filename_override),
        }
    }
}

impl<'a> From<&'a MediaCardMessage> for InboundMedia<'a> {
    fn from(body: &'a MediaCardMessage) -> Self {
        Self {
            url: &body.url,
            caption: text(&body.caption),
            thumbnail: None,
            filename: None,
        }
    }
}

impl<'a> From<&'a LocationMessage> for InboundLocation<'a> {
    fn from(body: &'a LocationMessage) -> Self {
        Self {
            latitude: body.coordinates.latitude.as_f64(),
            longitude: body.coordinates.longitude.as_f64(),
            title: Some(body.title.as_str()).filter(|title| !title.is_empty()),
            label: text(&body.label),
        }
    }
}

impl<'a> From<&'a ChoiceResponseMessage> for ChoiceResponse<'a> {
    fn from(body: &'a ChoiceResponseMessage) -> Self {
        Self {
            postback_data: &body.postback_data,
            message_id: &body.message_id,
        }
    }
}

impl<'a> From<&'a ProductResponse> for ProductOrder<'a> {
    fn from(body: &'a ProductResponse) -> Self {
        Self {
            products: body.products.as_deref().unwrap_or_default(),
            title: text(&body.title),
            catalog_id: text(&body.catalog_id),
        }
    }
}
