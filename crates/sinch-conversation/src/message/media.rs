//! An image, a video, a sound or a document.

use sinch_conversation_raw::types::MediaProperties;

/// An image, a video, a sound or a document, by its address.
#[derive(Clone, Debug, PartialEq)]
pub struct Media {
    pub(super) body: MediaProperties,
}

impl Media {
    /// A file that the channel fetches from a public address.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            body: MediaProperties::new(url),
        }
    }

    /// Sets the address of a small picture for channels that show one.
    #[must_use]
    pub fn thumbnail(mut self, url: impl Into<String>) -> Self {
        self.body.thumbnail_url = Some(url.into());
        self
    }

    /// Sets the name under which the file arrives.
    #[must_use]
    pub fn filename(mut self, name: impl Into<String>) -> Self {
        self.body.filename_override = Some(name.into());
        self
    }
}
