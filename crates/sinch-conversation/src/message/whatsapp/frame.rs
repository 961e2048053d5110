//! The header, the text and the footer that the kinds of WhatsApp have.

use sinch_conversation_raw::types::{
    WhatsAppInteractiveDocumentHeader, WhatsAppInteractiveHeader, WhatsAppInteractiveHeaderMedia,
    WhatsAppInteractiveImageHeader, WhatsAppInteractiveTextHeader, WhatsAppInteractiveVideoHeader,
};

/// The header above the text.
///
/// ```
/// use sinch_conversation::message::whatsapp::{Flow, Header};
///
/// let header = Header::image("https://example.com/terrace.jpg");
/// let flow = Flow::new("4711", "Book a table").header(header).text("When do you come?").footer("Osteria");
/// # assert!(flow.validate().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    pub(super) body: WhatsAppInteractiveHeader,
}

impl Header {
    /// Creates a header of text. Emoji are allowed, Markdown is not.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            body: WhatsAppInteractiveTextHeader::new(text).into(),
        }
    }

    /// Creates an image, by its address.
    pub fn image(url: impl Into<String>) -> Self {
        let media = WhatsAppInteractiveHeaderMedia::new(url);
        Self {
            body: WhatsAppInteractiveImageHeader::new(media).into(),
        }
    }

    /// Creates a document, by its address.
    pub fn document(url: impl Into<String>) -> Self {
        let media = WhatsAppInteractiveHeaderMedia::new(url);
        Self {
            body: WhatsAppInteractiveDocumentHeader::new(media).into(),
        }
    }

    /// Creates a video, by its address.
    pub fn video(url: impl Into<String>) -> Self {
        let media = WhatsAppInteractiveHeaderMedia::new(url);
        Self {
            body: WhatsAppInteractiveVideoHeader::new(media).into(),
        }
    }
}

/// Implements the header, the text and the footer of a kind.
macro_rules! framed {
    ($kind:ident) => {
        impl $kind {
            /// Sets the header above the text.
            #[must_use]
            pub fn header(mut self, header: super::Header) -> Self {
                self.body.header = Some(header.body);
                self
            }

            /// Sets the text, at most 1024 characters. Emoji and Markdown are allowed.
            #[must_use]
            pub fn text(mut self, text: impl Into<String>) -> Self {
                let text = sinch_conversation_raw::types::WhatsAppInteractiveBody::new(text);
                self.body.body = Some(text);
                self
            }

            /// Sets the small text at the end, at most 60 characters. Emoji, Markdown and links are allowed.
            #[must_use]
            pub fn footer(mut self, text: impl Into<String>) -> Self {
                let text = sinch_conversation_raw::types::WhatsAppInteractiveFooter::new(text);
                self.body.footer = Some(text);
                self
            }
        }
    };
}

pub(super) use framed;
