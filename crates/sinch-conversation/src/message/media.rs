//! An image, a video, an audio file or a document.

use sinch_conversation_raw::types::MediaProperties;

/// An image, a video, an audio file or a document, by its URL.
///
/// ```
/// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
/// use sinch_conversation::message::Media;
/// use sinch_conversation::recipient::whatsapp;
///
/// let menu = Media::new("https://example.com/menu.pdf").filename("Menu.pdf");
/// app.send(menu).to(whatsapp("+46700000001")).await?;
/// # assert_eq!(sandbox.sent().await?.len(), 1);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Media {
    pub(super) body: MediaProperties,
}

impl Media {
    /// Creates a file that the channel fetches from a public URL.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            body: MediaProperties::new(url),
        }
    }

    /// Sets the URL of a thumbnail for channels that show one.
    ///
    /// ```
    /// use sinch_conversation::message::Media;
    ///
    /// let tour = Media::new("https://example.com/tour.mp4").thumbnail("https://example.com/tour.jpg");
    /// # assert!(tour.validate().is_ok());
    /// ```
    #[must_use]
    pub fn thumbnail(mut self, url: impl Into<String>) -> Self {
        self.body.thumbnail_url = Some(url.into());
        self
    }

    /// Sets the file name that the contact sees.
    #[must_use]
    pub fn filename(mut self, name: impl Into<String>) -> Self {
        self.body.filename_override = Some(name.into());
        self
    }
}
