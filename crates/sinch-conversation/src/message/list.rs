//! A list to choose from.

use sinch_conversation_raw::types::{self, ListItemKind, ListMessage, ListMessageProperties};

use super::Media;

/// A list of choices or of products, in sections; at most 10 items in all. Native on WhatsApp.
///
/// ```
/// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
/// use sinch_conversation::message::{List, ListItem, ListSection};
/// use sinch_conversation::recipient::whatsapp;
///
/// let starters = ListSection::new([ListItem::choice("Soup"), ListItem::choice("Salad")]);
/// let mains = ListSection::new([ListItem::choice("Pasta").description("with sage").postback("pasta")]);
/// let menu = List::new("Today", [starters.title("Starters"), mains.title("Mains")])
///     .description("Until ten o'clock")
///     .menu("Order");
/// app.send(menu).to(whatsapp("+46700000001")).await?;
/// # assert_eq!(sandbox.sent().await?.len(), 1);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    pub(super) body: ListMessage,
}

/// A section of a list, with its own title.
///
/// ```
/// use sinch_conversation::message::{List, ListItem, ListSection};
///
/// let starters = ListSection::new(["Soup", "Salad"].map(ListItem::choice)).title("Starters");
/// # assert!(List::new("Today", [starters]).validate().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ListSection {
    body: types::ListSection,
}

/// An item of a list. All items of a list have to be of the same kind.
///
/// ```
/// use sinch_conversation::message::{List, ListItem, ListSection, Media};
///
/// let picture = Media::new("https://example.com/pasta.jpg");
/// let pasta = ListItem::choice("Pasta").description("with sage").media(picture).postback("pasta");
/// # assert!(List::new("Today", [ListSection::new([pasta])]).validate().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ListItem {
    kind: ListItemKind,
}

impl List {
    /// Creates a list with a title.
    pub fn new(title: impl Into<String>, sections: impl IntoIterator<Item = ListSection>) -> Self {
        Self {
            body: ListMessage::new(
                title,
                sections.into_iter().map(|section| section.body).collect(),
            ),
        }
    }

    /// Sets the text under the title.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.body.description = Some(text.into());
        self
    }

    /// Sets a picture or a video.
    #[must_use]
    pub fn media(mut self, media: Media) -> Self {
        self.body.media = Some(media.into());
        self
    }

    /// Sets the text of the button that opens a list of choices.
    #[must_use]
    pub fn menu(mut self, text: impl Into<String>) -> Self {
        self.properties().menu = Some(text.into());
        self
    }

    /// Sets the catalog of a list of products. Such a list needs one.
    ///
    /// ```
    /// use sinch_conversation::message::{List, ListItem, ListSection};
    ///
    /// let oils = ListSection::new([ListItem::product("sku-1", "FACEBOOK")]).title("Olive oil");
    /// let shop = List::new("To take home", [oils]).catalog("4711");
    /// # assert!(shop.validate().is_ok());
    /// ```
    #[must_use]
    pub fn catalog(mut self, id: impl Into<String>) -> Self {
        self.properties().catalog_id = Some(id.into());
        self
    }

    /// Sets the header of a list of choices on WhatsApp.
    #[must_use]
    pub fn whatsapp_header(mut self, text: impl Into<String>) -> Self {
        self.properties().whatsapp_header = Some(text.into());
        self
    }

    fn properties(&mut self) -> &mut ListMessageProperties {
        self.body.message_properties.get_or_insert_default()
    }
}

impl ListSection {
    /// Creates a section with items.
    pub fn new(items: impl IntoIterator<Item = ListItem>) -> Self {
        Self {
            body: types::ListSection::new(
                items
                    .into_iter()
                    .map(|item| types::ListItem::new(item.kind))
                    .collect(),
            ),
        }
    }

    /// Sets the title of the section.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.body.title = Some(title.into());
        self
    }
}

impl ListItem {
    /// Creates an item to choose. A tap is received as a
    /// [`MessageContent::Choice`](crate::webhook::MessageContent::Choice).
    pub fn choice(title: impl Into<String>) -> Self {
        Self {
            kind: types::ChoiceItem::new(title).into(),
        }
    }

    /// Creates a product of a catalog, by its id and the marketplace it is sold in. An order is received as a
    /// [`MessageContent::Products`](crate::webhook::MessageContent::Products).
    pub fn product(id: impl Into<String>, marketplace: impl Into<String>) -> Self {
        Self {
            kind: types::ProductItem::new(id, marketplace).into(),
        }
    }

    /// Sets the text under a choice. No effect on a product, which has its text in the catalog.
    #[must_use]
    pub fn description(self, text: impl Into<String>) -> Self {
        self.on_choice(|choice| choice.description = Some(text.into()))
    }

    /// Sets the picture next to a choice. No effect on a product, which has its picture in the catalog.
    #[must_use]
    pub fn media(self, media: Media) -> Self {
        self.on_choice(|choice| choice.media = Some(media.into()))
    }

    /// Sets the data that is received when a choice is tapped. No effect on a product.
    #[must_use]
    pub fn postback(self, data: impl Into<String>) -> Self {
        self.on_choice(|choice| choice.postback_data = Some(data.into()))
    }

    fn on_choice(mut self, change: impl FnOnce(&mut types::ChoiceItem)) -> Self {
        if let ListItemKind::Choice(choice) = &mut self.kind {
            change(choice);
        }
        self
    }
}
