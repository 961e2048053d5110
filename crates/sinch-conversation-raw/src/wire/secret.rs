use std::fmt;

use serde::{Deserializer, Serializer};

use super::{
    Capture, Mismatches, Wire,
    scalar::{scalar, text},
};

/// A credential: sent and received as a string, never shown by `Debug`, and without `Display`.
///
/// ```
/// use sinch_conversation_raw::wire::Secret;
///
/// let secret = Secret::from("s3cret");
/// assert_eq!(secret.expose(), "s3cret");
/// assert_eq!(format!("{secret:?}"), "Secret(***)");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret(String);

impl Secret {
    /// Wraps a credential.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// Returns the credential in plain text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(secret: String) -> Self {
        Self(secret)
    }
}

impl From<&str> for Secret {
    fn from(secret: &str) -> Self {
        Self(secret.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

scalar! {
    Secret: |json, mismatches| text(json, mismatches).map(|text| Self(text.into_owned())), |value, to| to.serialize_str(&value.0);
}

super::wire!(Secret);
