use std::fmt;

use serde_json::Value;

use super::{DecodeError, Mismatches, Wire};

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

    /// The credential in clear.
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

impl Wire for Secret {
    fn decode(value: &Value, mismatches: &mut Mismatches) -> Result<Self, DecodeError> {
        String::decode(value, mismatches).map(Self)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

super::serde_through_wire!(Secret);
