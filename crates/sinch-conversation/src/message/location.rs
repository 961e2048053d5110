//! A place on a map.

use sinch_conversation_raw::types::{Coordinates, LocationMessage};

/// A place on a map.
///
/// ```
/// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
/// use sinch_conversation::message::Location;
/// use sinch_conversation::recipient::whatsapp;
///
/// let place = Location::new("Our shop", 59.33, 18.06).label("Osteria");
/// app.send(place).to(whatsapp("+46700000001")).await?;
/// # assert_eq!(sandbox.sent().await?.len(), 1);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Location {
    pub(super) body: LocationMessage,
}

impl Location {
    /// Creates a place by its coordinates in degrees. The title is the text to tap.
    pub fn new(title: impl Into<String>, latitude: f64, longitude: f64) -> Self {
        Self {
            body: LocationMessage::new(Coordinates::new(latitude, longitude), title),
        }
    }

    /// Sets the name of the place.
    #[must_use]
    pub fn label(mut self, name: impl Into<String>) -> Self {
        self.body.label = Some(name.into());
        self
    }
}
