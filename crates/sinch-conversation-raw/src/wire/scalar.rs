use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer, Serializer,
    de::{self, DeserializeSeed},
};
use serde_json::{Number as JsonNumber, Value};

use super::{Capture, JsonError, JsonMap, Mismatches, Wire, capture::kind_of};

/// Defines the methods of a visitor for kinds of value that it does not expect. Its first field is the mismatches.
macro_rules! mismatches {
    ($expected:literal: $($kind:ident)*) => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str($expected)
        }

        $(mismatches!(@$kind $expected);)*
    };
    (@bool $expected:literal) => {
        fn visit_bool<E: de::Error>(self, _: bool) -> Result<Self::Value, E> {
            Err(self.0.fail($expected, "a boolean"))
        }
    };
    (@number $expected:literal) => {
        fn visit_i64<E: de::Error>(self, _: i64) -> Result<Self::Value, E> {
            Err(self.0.fail($expected, "an integer"))
        }

        fn visit_u64<E: de::Error>(self, _: u64) -> Result<Self::Value, E> {
            Err(self.0.fail($expected, "an integer"))
        }

        fn visit_f64<E: de::Error>(self, _: f64) -> Result<Self::Value, E> {
            Err(self.0.fail($expected, "a number with a fraction"))
        }
    };
    (@text $expected:literal) => {
        fn visit_str<E: de::Error>(self, _: &str) -> Result<Self::Value, E> {
            Err(self.0.fail($expected, "a string"))
        }
    };
    (@null $expected:literal) => {
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Err(self.0.fail($expected, "null"))
        }

        fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
            Err(self.0.fail($expected, "null"))
        }
    };
    (@list $expected:literal) => {
        fn visit_seq<A: ::serde::de::SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
            Err(self.0.fail($expected, "a list"))
        }
    };
    (@map $expected:literal) => {
        fn visit_map<A: ::serde::de::MapAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
            Err(self.0.fail($expected, "an object"))
        }
    };
}

/// Decodes a value that may be `null`.
pub(super) struct Null<S>(pub(super) S);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Null<S> {
    type Value = Option<S::Value>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_option(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> de::Visitor<'de> for Null<S> {
    type Value = Option<S::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        self.0.deserialize(json).map(Some)
    }
}

struct Text<'t>(&'t mut Mismatches);

impl<'de> de::Visitor<'de> for Text<'_> {
    type Value = Cow<'de, str>;

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text))
    }

    mismatches!("a string": bool number null list map);
}

/// Decodes a string.
pub(crate) fn text<'de, D: Deserializer<'de>>(
    json: D,
    mismatches: &mut Mismatches,
) -> Result<Cow<'de, str>, D::Error> {
    json.deserialize_any(Text(mismatches))
}

struct Bool<'t>(&'t mut Mismatches);

impl<'de> de::Visitor<'de> for Bool<'_> {
    type Value = bool;

    fn visit_bool<E>(self, value: bool) -> Result<bool, E> {
        Ok(value)
    }

    mismatches!("a boolean": number text null list map);
}

struct Numeric<'t>(&'t mut Mismatches);

impl<'de> de::Visitor<'de> for Numeric<'_> {
    type Value = JsonNumber;

    fn visit_i64<E>(self, value: i64) -> Result<JsonNumber, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<JsonNumber, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<JsonNumber, E> {
        JsonNumber::from_f64(value).ok_or_else(|| self.0.fail("a number", "no number"))
    }

    mismatches!("a number": bool text null list map);
}

/// Decodes a number of a certain kind.
pub(super) fn number<'de, T, D: Deserializer<'de>>(
    json: D,
    mismatches: &mut Mismatches,
    expected: &'static str,
    convert: impl FnOnce(&JsonNumber) -> Result<T, &'static str>,
) -> Result<T, D::Error> {
    let number = json
        .deserialize_any(Numeric(mismatches))
        .inspect_err(|_| mismatches.expect(expected))?;
    convert(&number).map_err(|found| mismatches.fail(expected, found))
}

/// Implements a type by one expression for each direction.
macro_rules! scalar {
    ($($name:ty: |$json:ident, $mismatches:ident| $read:expr, |$value:ident, $to:ident| $write:expr;)*) => { $(
        impl Wire for $name {
            fn read<'de, C: Capture<'de>, D: Deserializer<'de>>(
                $json: D,
                into: &mut Option<Self>,
                $mismatches: &mut Mismatches,
            ) -> Result<(), D::Error> {
                *into = Some($read?);
                Ok(())
            }

            fn write<S: Serializer>(&self, $to: S) -> Result<S::Ok, S::Error> {
                let $value = self;
                $write
            }
        }
    )* };
}
pub(super) use scalar;

scalar! {
    String: |json, mismatches| text(json, mismatches).map(Cow::into_owned), |value, to| to.serialize_str(value);
    bool: |json, mismatches| json.deserialize_any(Bool(mismatches)), |value, to| to.serialize_bool(*value);
    Value: |json, _mismatches| Value::deserialize(json), |value, to| serde::Serialize::serialize(value, to);
    JsonMap: |json, mismatches| read_map(json, mismatches), |value, to| serde::Serialize::serialize(value, to);
}

/// Decodes a JSON object as a map.
pub(super) fn read_map<'de, D: Deserializer<'de>>(
    json: D,
    mismatches: &mut Mismatches,
) -> Result<JsonMap, D::Error> {
    match Value::deserialize(json)? {
        Value::Object(map) => Ok(map),
        other => Err(mismatches.fail("an object", kind_of(&other))),
    }
}

/// Represents a response without content: its body is not read.
impl Wire for () {
    const HAS_BODY: bool = false;

    fn read<'de, C: Capture<'de>, D: Deserializer<'de>>(
        json: D,
        into: &mut Option<Self>,
        _mismatches: &mut Mismatches,
    ) -> Result<(), D::Error> {
        de::IgnoredAny::deserialize(json)?;
        *into = Some(());
        Ok(())
    }

    fn write<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        json.serialize_unit()
    }

    fn from_json(_text: &[u8]) -> Result<Self, JsonError> {
        Ok(())
    }
}
