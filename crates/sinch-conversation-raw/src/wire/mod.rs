//! How JSON becomes a type of this crate and JSON again, with nothing lost in between.
//!
//! `serde`'s derives cannot say what this API needs: a key that no document knows, a `null` where a field may be left
//! out, an alternative that arrives tomorrow. All of them must come out as they went in. So the generated types have a
//! table of their fields, and one macro turns it into code that reads from and writes to `serde` in a stream.
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
    /// Whether an answer of this type has a body to read.
    #[doc(hidden)]
    const HAS_BODY: bool = true;

    /// Reads from any source, to where the value is wanted: a large one that is returned is moved at every return.
    ///
    /// # Errors
    /// The JSON has another form, or the source fails.
    #[doc(hidden)]
    fn read<'de, C: Capture<'de>, D: Deserializer<'de>>(
        json: D,
        into: &mut Option<Self>,
        mismatches: &mut Mismatches,
    ) -> Result<(), D::Error>;

    /// Writes to any target.
    ///
    /// # Errors
    /// The target fails.
    #[doc(hidden)]
    fn write<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error>;

    /// Decodes JSON text.
    ///
    /// # Errors
    /// As of [`decode_json`](Self::decode_json).
    fn from_json(text: &[u8]) -> Result<Self, JsonError> {
        Self::decode_json(text, &mut Mismatches::default())
    }

    /// Decodes JSON text. Faults that need not stop the decoding are added to `mismatches`: an alternative that does not
    /// have its documented form is read as the `Unknown` one of its union.
    ///
    /// # Errors
    /// [`JsonError`] says whether the text is no JSON or has another form, and where.
    fn decode_json(text: &[u8], mismatches: &mut Mismatches) -> Result<Self, JsonError> {
        let text = error::text_of(text)?;
        let read = |into: &mut Option<Self>, mismatches: &mut Mismatches| {
            let mut json = serde_json::Deserializer::from_str(text);
            Self::read::<&RawValue, _>(&mut json, into, mismatches)?;
            json.end()
        };
        twice(read, mismatches).map_err(|error| mismatches.json_error(error))
    }

    /// Decodes the JSON form.
    ///
    /// # Errors
    /// As of [`decode`](Self::decode).
    fn from_value(value: Value) -> Result<Self, DecodeError> {
        Self::decode(&value, &mut Mismatches::default())
    }

    /// Decodes the JSON form, as [`decode_json`](Self::decode_json) does text.
    ///
    /// # Errors
    /// [`DecodeError`] names the place in the JSON, what was expected there and what was found.
    fn decode(value: &Value, mismatches: &mut Mismatches) -> Result<Self, DecodeError> {
        // By its text, so that there is one reader for each type and not two: they are what takes long to compile.
        let decoded = Self::decode_json(value.to_string().as_bytes(), mismatches);
        decoded.map_err(|error| match error {
            JsonError::Form(error) => error,
            // Deeper than any text that is read.
            JsonError::Syntax(_) => DecodeError::new("JSON", "something else"),
        })
    }

    /// The JSON text.
    fn to_json(&self) -> Vec<u8> {
        let mut text = Vec::with_capacity(256);
        // As below, and memory takes what is written to it.
        let _ = self.write(&mut serde_json::Serializer::new(&mut text));
        text
    }

    /// The JSON form.
    fn to_value(&self) -> Value {
        // Keys are strings and numbers have a form, so this does not fail.
        self.write(serde_json::value::Serializer)
            .unwrap_or_default()
    }
}

/// Reads in a stream, and only if that finds a fault a second time, to tell its place and keep what is around it.
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

/// Reads a type to its place.
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

/// Reads a type for a caller that knows `serde` only.
pub(crate) fn deserialize<'de, T: Wire, D: Deserializer<'de>>(json: D) -> Result<T, D::Error> {
    let (mut read, mut mismatches) = (None, Mismatches::default());
    T::read::<Value, D>(json, &mut read, &mut mismatches)
        .map_err(|error| mismatches.explain(error))?;
    read.ok_or_else(|| de::Error::custom("nothing was read"))
}

/// Writes a type where `serde` wants its own trait.
pub(crate) struct Out<'a, T>(pub(crate) &'a T);

impl<T: Wire> Serialize for Out<'_, T> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        self.0.write(json)
    }
}

/// A JSON object as `serde_json` holds it.
pub(crate) type JsonMap = Map<String, Value>;
