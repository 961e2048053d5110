//! How JSON becomes a type of this crate and JSON again, with nothing lost in between.
//!
//! `serde`'s derives cannot say what this API needs: a key that no document knows, a `null` where a field may be left
//! out, a union member that arrives tomorrow. All of them must come out of [`Wire::to_value`] as they went into
//! [`Wire::from_value`]. So the generated types implement [`Wire`], and `Serialize` and `Deserialize` go through it.
//!
//! ```
//! use sinch_conversation_raw::{types::AppMessage, wire::Wire};
//! use serde_json::json;
//!
//! let seen = json!({"text_message": {"text": "hi", "colour": "red"}, "agent": null});
//! let message = AppMessage::from_value(seen.clone())?;
//! assert_eq!(message.to_value(), seen);
//! # Ok::<(), sinch_conversation_raw::wire::DecodeError>(())
//! ```

mod error;
mod fields;
mod json_object;
mod number;
mod scalar;
mod secret;
mod timestamp;
mod unknown;

pub use error::{DecodeError, Mismatches};
pub use fields::{Fields, Members, Union};
pub(crate) use fields::{decode_union, union_to_value, unions};
pub use json_object::JsonObject;
pub use number::Number;
pub use secret::Secret;
pub use timestamp::{InvalidTimestamp, Timestamp};
pub use unknown::UnknownObject;

use serde_json::{Map, Value};

/// A type with a JSON form that survives decoding and encoding unchanged.
pub trait Wire: Sized {
    /// Reads the JSON form. Faults that need not stop the decoding are added to `mismatches`: an alternative that does
    /// not have its documented form is read as the `Unknown` one of its union.
    ///
    /// # Errors
    /// [`DecodeError`] names the place in the JSON, what was expected there and what was found.
    fn decode(value: &Value, mismatches: &mut Mismatches) -> Result<Self, DecodeError>;

    /// Reads the JSON form, as [`decode`](Self::decode) does, without telling of faults that did not stop it.
    ///
    /// # Errors
    /// As of [`decode`](Self::decode).
    fn from_value(value: Value) -> Result<Self, DecodeError> {
        Self::decode(&value, &mut Mismatches::default())
    }

    /// Writes the JSON form.
    fn to_value(&self) -> Value;
}

/// A type whose JSON form is an object.
pub trait Object: Sized {
    /// Takes the fields it knows, and the rest into its `extra`.
    ///
    /// # Errors
    /// [`DecodeError`] for a required field that is missing and for a field of the wrong type.
    fn read(fields: &mut Fields<'_>) -> Result<Self, DecodeError>;

    /// Adds its fields to a JSON object.
    fn write(&self, members: &mut Members);
}

impl<T: Object> Wire for T {
    fn decode(value: &Value, mismatches: &mut Mismatches) -> Result<Self, DecodeError> {
        match value {
            Value::Object(map) => T::read(&mut Fields::new(map, mismatches)),
            other => Err(DecodeError::mismatch("an object", other)),
        }
    }

    fn to_value(&self) -> Value {
        let mut members = Members::new();
        self.write(&mut members);
        Value::Object(members.into_map())
    }
}

/// A JSON object as `serde_json` holds it.
pub(crate) type JsonMap = Map<String, Value>;

/// The key that is there, by the order of the keys. A `null` is there only when none of the others is.
pub(crate) fn present<'k>(
    object: &JsonMap,
    keys: impl Iterator<Item = &'k str>,
) -> Option<&'k str> {
    let mut null = None;
    for key in keys {
        match object.get(key) {
            Some(Value::Null) => null = null.or(Some(key)),
            Some(_) => return Some(key),
            None => {}
        }
    }
    null
}

/// Gives types that are [`Wire`] their `Serialize` and `Deserialize`.
macro_rules! serde_through_wire {
    ($($name:ty),* $(,)?) => { $(
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                ::serde::Serialize::serialize(&$crate::wire::Wire::to_value(self), serializer)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = <::serde_json::Value as ::serde::Deserialize>::deserialize(deserializer)?;
                $crate::wire::Wire::from_value(value).map_err(::serde::de::Error::custom)
            }
        }
    )* };
}
pub(crate) use serde_through_wire;

/// Gives a string enum that has `as_str` and `From<&str>` everything else a string type has.
macro_rules! open_enums {
    ($($name:ident),* $(,)?) => { $(
        impl From<String> for $name {
            fn from(value: String) -> Self {
                Self::from(value.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(value))
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::wire::Wire for $name {
            fn decode(
                value: &::serde_json::Value,
                _: &mut $crate::wire::Mismatches,
            ) -> Result<Self, $crate::wire::DecodeError> {
                match value {
                    ::serde_json::Value::String(text) => Ok(Self::from(text.as_str())),
                    other => Err($crate::wire::DecodeError::mismatch("a string", other)),
                }
            }

            fn to_value(&self) -> ::serde_json::Value {
                ::serde_json::Value::String(self.as_str().to_owned())
            }
        }

        $crate::wire::serde_through_wire!($name);
    )* };
}
pub(crate) use open_enums;
