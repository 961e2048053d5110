use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeSeed},
};
use serde_json::{Value, value::RawValue};

use super::{DecodeError, JsonMap, Mismatches, Seed, Wire};

/// JSON that is kept until its type is known: as text, if the source is text.
pub trait Capture<'de>: Deserialize<'de> + Clone {
    /// Reads it with a seed.
    ///
    /// # Errors
    /// When it has another form.
    fn read<S: DeserializeSeed<'de>, E: de::Error>(self, seed: S) -> Result<S::Value, E>;

    /// Decodes it.
    ///
    /// # Errors
    /// When it has another form.
    fn decode<T: Wire>(&self, mismatches: &mut Mismatches) -> Result<T, DecodeError>;

    /// Returns the index in `keys` of the first one that has a value, or else of the first one that is `null`; `None`
    /// if there is none.
    fn first_of(&self, keys: &[&str]) -> Option<usize>;

    /// Returns the value of the object's only member, if it has that key.
    fn only(&self, key: &str) -> Option<Self>;

    /// Returns the string value of a member; `None` if there is none.
    fn text_of(&self, key: &str) -> Option<String>;

    /// Returns the string; `None` if it is not one.
    fn text(&self) -> Option<Cow<'_, str>>;

    /// Returns whether it is `null`.
    fn is_null(&self) -> bool;

    /// Returns its kind of JSON, for an error.
    fn kind(&self) -> &'static str;

    /// Returns the JSON value.
    ///
    /// # Errors
    /// When the source is not valid JSON, which is not noticed when it is skipped.
    fn value<E: de::Error>(&self) -> Result<Value, E>;
}

impl<'de> Capture<'de> for &'de RawValue {
    fn read<S: DeserializeSeed<'de>, E: de::Error>(self, seed: S) -> Result<S::Value, E> {
        let mut json = serde_json::Deserializer::from_str(self.get());
        seed.deserialize(&mut json).map_err(E::custom)
    }

    fn decode<T: Wire>(&self, mismatches: &mut Mismatches) -> Result<T, DecodeError> {
        let mut read = None;
        let seed = Seed::<T, Self>::new(&mut read, mismatches);
        let outcome = self.read::<_, serde_json::Error>(seed);
        let missing =
            || outcome.map_or_else(|_| mismatches.take_fatal(), |()| DecodeError::missing());
        read.ok_or_else(missing)
    }

    fn first_of(&self, keys: &[&str]) -> Option<usize> {
        let members = shallow(self)?;
        let value = |key: &str| members.iter().rev().find(|(known, _)| known == key);
        let place = |null: bool| {
            keys.iter()
                .position(|key| value(key).is_some_and(|(_, json)| json.is_null() == null))
        };
        place(false).or_else(|| place(true))
    }

    fn only(&self, key: &str) -> Option<Self> {
        match shallow(self)?.as_slice() {
            [(known, json)] if known == key => Some(json),
            _ => None,
        }
    }

    fn text_of(&self, key: &str) -> Option<String> {
        let members = shallow(self)?;
        let (_, json) = members.iter().rev().find(|(known, _)| known == key)?;
        json.text().map(Cow::into_owned)
    }

    fn text(&self) -> Option<Cow<'_, str>> {
        serde_json::from_str(self.get()).ok().map(|Text(text)| text)
    }

    fn is_null(&self) -> bool {
        self.get() == "null"
    }

    fn kind(&self) -> &'static str {
        match self.get().as_bytes().first() {
            Some(b'{') => "an object",
            Some(b'[') => "a list",
            _ => serde_json::from_str(self.get()).map_or("something else", |value| kind_of(&value)),
        }
    }

    fn value<E: de::Error>(&self) -> Result<Value, E> {
        serde_json::from_str(self.get()).map_err(E::custom)
    }
}

impl<'de> Capture<'de> for Value {
    fn read<S: DeserializeSeed<'de>, E: de::Error>(self, seed: S) -> Result<S::Value, E> {
        seed.deserialize(self).map_err(E::custom)
    }

    fn decode<T: Wire>(&self, mismatches: &mut Mismatches) -> Result<T, DecodeError> {
        T::decode(self, mismatches)
    }

    fn first_of(&self, keys: &[&str]) -> Option<usize> {
        let found = present(self.as_object()?, keys.iter().copied())?;
        keys.iter().position(|key| *key == found)
    }

    fn only(&self, key: &str) -> Option<Self> {
        let map = self.as_object().filter(|map| map.len() == 1)?;
        map.get(key).cloned()
    }

    fn text_of(&self, key: &str) -> Option<String> {
        self.get(key)?.as_str().map(str::to_owned)
    }

    fn text(&self) -> Option<Cow<'_, str>> {
        self.as_str().map(Cow::Borrowed)
    }

    fn is_null(&self) -> bool {
        Value::is_null(self)
    }

    fn kind(&self) -> &'static str {
        kind_of(self)
    }

    fn value<E: de::Error>(&self) -> Result<Value, E> {
        Ok(self.clone())
    }
}

/// Returns the key that is present, in the order of the keys. A `null` counts only if none of the others is present.
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

/// Returns the members of an object, each value as text.
fn shallow<'a>(json: &'a RawValue) -> Option<Vec<(Cow<'a, str>, &'a RawValue)>> {
    struct Members;

    impl<'de> de::Visitor<'de> for Members {
        type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::with_capacity(8);
            while let Some(Text(key)) = map.next_key()? {
                members.push((key, map.next_value()?));
            }
            Ok(members)
        }
    }

    serde_json::Deserializer::from_str(json.get())
        .deserialize_map(Members)
        .ok()
}

/// A string, borrowed if it has no escapes.
pub(super) struct Text<'de>(pub(super) Cow<'de, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }

        json.deserialize_str(Visitor)
    }
}

pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
