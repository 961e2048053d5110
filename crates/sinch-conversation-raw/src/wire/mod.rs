//! Lossless conversion between JSON and the types of this crate.
//!
//! `serde`'s derives cannot express what this API needs: undocumented keys, `null` for absent fields, and alternatives
//! of the future, all of which have to be written as they were read. So the generated types have a table of their
//! fields, which a macro turns into streaming code for `serde`.
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

mod capture;
mod choice;
mod collection;
mod error;
mod json_object;
mod macros;
mod number;
mod object;
mod scalar;
mod secret;
mod timestamp;
mod unknown;
mod whole;

pub use capture::Capture;
pub(crate) use capture::present;
pub use choice::{Choice, Offered};
pub(crate) use choice::{read_alone, unknown};
pub use error::{DecodeError, JsonError, Mismatches};
pub use json_object::JsonObject;
pub(crate) use macros::{choice, object, open_enum, whole, wire};
pub use number::Number;
pub use object::{Members, Object, Writer};
pub(crate) use object::{read as read_object, write as write_object, write_alone};
pub(crate) use scalar::text;
pub use secret::Secret;
pub use timestamp::{InvalidTimestamp, Timestamp};
pub use unknown::UnknownObject;
pub use whole::Whole;
pub(crate) use whole::read as read_whole;

use std::marker::PhantomData;

use serde::{
    Deserializer, Serialize, Serializer,
    de::{self, DeserializeSeed},
};
use serde_json::{Map, Value, value::RawValue};

/// A type with a JSON form that survives decoding and encoding unchanged.
pub trait Wire: Sized {
    /// Whether a response of this type has a body to read.
    #[doc(hidden)]
    const HAS_BODY: bool = true;

    /// Reads from any source into `into`, because returning a large value would move it at every level.
    ///
    /// # Errors
    /// When the JSON has another form, or the source fails.
    #[doc(hidden)]
    fn read<'de, C: Capture<'de>, D: Deserializer<'de>>(
        json: D,
        into: &mut Option<Self>,
        mismatches: &mut Mismatches,
    ) -> Result<(), D::Error>;

    /// Writes to any target.
    ///
    /// # Errors
    /// When the target fails.
    #[doc(hidden)]
    fn write<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error>;

    /// Decodes JSON text.
    ///
    /// # Errors
    /// Those of [`decode_json`](Self::decode_json).
    fn from_json(text: &[u8]) -> Result<Self, JsonError> {
        Self::decode_json(text, &mut Mismatches::default())
    }

    /// Decodes JSON text. Mismatches that need not stop the decoding are added to `mismatches`: an alternative that
    /// does not have its documented form becomes the `Unknown` one of its union.
    ///
    /// # Errors
    /// [`JsonError`] says whether the text is invalid JSON or has another form, and where.
    fn decode_json(text: &[u8], mismatches: &mut Mismatches) -> Result<Self, JsonError> {
        let text = error::text_of(text)?;
        let read = |into: &mut Option<Self>, mismatches: &mut Mismatches| {
            let mut json = serde_json::Deserializer::from_str(text);
            Self::read::<&RawValue, _>(&mut json, into, mismatches)?;
            json.end()
        };
        twice(read, mismatches).map_err(|error| mismatches.json_error(error))
    }

    /// Decodes a JSON value.
    ///
    /// # Errors
    /// Those of [`decode`](Self::decode).
    fn from_value(value: Value) -> Result<Self, DecodeError> {
        Self::decode(&value, &mut Mismatches::default())
    }

    /// Decodes a JSON value, as [`decode_json`](Self::decode_json) decodes text.
    ///
    /// # Errors
    /// [`DecodeError`] names the path in the JSON, what was expected there and what was found.
    fn decode(value: &Value, mismatches: &mut Mismatches) -> Result<Self, DecodeError> {
        // Decodes from text, so that there is one decoder for each type and not two: they dominate the compile time.
        let decoded = Self::decode_json(value.to_string().as_bytes(), mismatches);
        decoded.map_err(|error| match error {
            JsonError::Form(error) => error,
            // The JSON is nested more deeply than the decoder allows.
            JsonError::Syntax(_) => DecodeError::new("JSON", "something else"),
        })
    }

    /// Encodes as JSON text.
    fn to_json(&self) -> Vec<u8> {
        let mut text = Vec::with_capacity(256);
        // As below, and writing to memory does not fail.
        let _ = self.write(&mut serde_json::Serializer::new(&mut text));
        text
    }

    /// Encodes as a JSON value.
    fn to_value(&self) -> Value {
        // Keys are strings and numbers are finite, so this does not fail.
        self.write(serde_json::value::Serializer)
            .unwrap_or_default()
    }
}

/// Decodes strictly and streaming first; after a mismatch, decodes again to find its path and keep the JSON around it.
fn twice<T, E: de::Error>(
    read: impl Fn(&mut Option<T>, &mut Mismatches) -> Result<(), E>,
    mismatches: &mut Mismatches,
) -> Result<T, E> {
    let (mut value, mut strict) = (None, Mismatches::strict());
    if read(&mut value, &mut strict).is_err() || !strict.is_empty() {
        value = None;
        read(&mut value, mismatches)?;
    }
    value.ok_or_else(|| mismatches.fail("a value", "nothing"))
}

/// Decodes a type into its target.
pub(crate) struct Seed<'t, T, C>(&'t mut Option<T>, &'t mut Mismatches, PhantomData<C>);

impl<'t, T, C> Seed<'t, T, C> {
    pub(crate) fn new(into: &'t mut Option<T>, mismatches: &'t mut Mismatches) -> Self {
        Self(into, mismatches, PhantomData)
    }
}

impl<'de, T: Wire, C: Capture<'de>> DeserializeSeed<'de> for Seed<'_, T, C> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        T::read::<C, D>(json, self.0, self.1)
    }
}

/// Decodes a type for `serde`.
pub(crate) fn deserialize<'de, T: Wire, D: Deserializer<'de>>(json: D) -> Result<T, D::Error> {
    let (mut read, mut mismatches) = (None, Mismatches::default());
    T::read::<Value, D>(json, &mut read, &mut mismatches)
        .map_err(|error| mismatches.explain(error))?;
    read.ok_or_else(|| de::Error::custom("nothing was read"))
}

/// Encodes a type for `serde`.
pub(crate) struct Out<'a, T>(pub(crate) &'a T);

impl<T: Wire> Serialize for Out<'_, T> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        self.0.write(json)
    }
}

/// A JSON object as `serde_json` holds it.
pub(crate) type JsonMap = Map<String, Value>;
