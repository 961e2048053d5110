use std::{borrow::Cow, collections::BTreeMap, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serializer,
    de::{self, DeserializeSeed, MapAccess, SeqAccess},
};
use serde_json::{Number, Value};

use super::{Capture, JsonError, JsonMap, Out, Seed, Trace, Wire, capture::kind_of};

/// Methods of a visitor for the kinds of value that it does not expect. Its first field is the trace.
macro_rules! mismatches {
    ($expected:literal: $($kind:ident)*) => {
        fn expecting(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.write_str($expected)
        }

        $($crate::wire::scalar::mismatches!(@$kind $expected);)*
    };
    (@bool $expected:literal) => {
        fn visit_bool<E: de::Error>(self, _: bool) -> Result<Self::Value, E> {
            Err(self.0.mismatch($expected, "a boolean"))
        }
    };
    (@number $expected:literal) => {
        fn visit_i64<E: de::Error>(self, _: i64) -> Result<Self::Value, E> {
            Err(self.0.mismatch($expected, "an integer"))
        }

        fn visit_u64<E: de::Error>(self, _: u64) -> Result<Self::Value, E> {
            Err(self.0.mismatch($expected, "an integer"))
        }

        fn visit_f64<E: de::Error>(self, _: f64) -> Result<Self::Value, E> {
            Err(self.0.mismatch($expected, "a number with a fraction"))
        }
    };
    (@text $expected:literal) => {
        fn visit_str<E: de::Error>(self, _: &str) -> Result<Self::Value, E> {
            Err(self.0.mismatch($expected, "a string"))
        }
    };
    (@null $expected:literal) => {
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Err(self.0.mismatch($expected, "null"))
        }

        fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
            Err(self.0.mismatch($expected, "null"))
        }
    };
    (@list $expected:literal) => {
        fn visit_seq<A: ::serde::de::SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
            Err(self.0.mismatch($expected, "a list"))
        }
    };
    (@map $expected:literal) => {
        fn visit_map<A: ::serde::de::MapAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
            Err(self.0.mismatch($expected, "an object"))
        }
    };
}
pub(super) use mismatches;

/// Reads a value that may be `null`.
pub(super) struct Null<S>(pub(super) S);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Null<S> {
    type Value = Option<S::Value>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_option(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> de::Visitor<'de> for Null<S> {
    type Value = Option<S::Value>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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

struct Text<'t>(&'t mut Trace);

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

/// Reads a text.
pub(crate) fn text<'de, D: Deserializer<'de>>(
    json: D,
    trace: &mut Trace,
) -> Result<Cow<'de, str>, D::Error> {
    json.deserialize_any(Text(trace))
}

struct Bool<'t>(&'t mut Trace);

impl<'de> de::Visitor<'de> for Bool<'_> {
    type Value = bool;

    fn visit_bool<E>(self, value: bool) -> Result<bool, E> {
        Ok(value)
    }

    mismatches!("a boolean": number text null list map);
}

struct Numeric<'t>(&'t mut Trace);

impl<'de> de::Visitor<'de> for Numeric<'_> {
    type Value = Number;

    fn visit_i64<E>(self, value: i64) -> Result<Number, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Number, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Number, E> {
        Number::from_f64(value).ok_or_else(|| self.0.mismatch("a number", "no number"))
    }

    mismatches!("a number": bool text null list map);
}

/// Reads a number of a kind; `None` from `convert` means that it is not of that kind.
fn number<'de, T, D: Deserializer<'de>>(
    json: D,
    trace: &mut Trace,
    expected: &'static str,
    convert: impl FnOnce(&Number) -> Option<T>,
) -> Result<T, D::Error> {
    let number = json
        .deserialize_any(Numeric(trace))
        .inspect_err(|_| trace.expect(expected))?;
    convert(&number)
        .ok_or_else(|| trace.mismatch(expected, kind_of(&Value::Number(number.clone()))))
}

/// A type that is read and written by one expression each.
macro_rules! scalar {
    ($($name:ty: |$json:ident, $trace:ident| $read:expr, |$value:ident, $to:ident| $write:expr;)*) => { $(
        impl Wire for $name {
            fn read<'de, C: Capture<'de>, D: Deserializer<'de>>(
                $json: D,
                $trace: &mut Trace,
            ) -> Result<Self, D::Error> {
                $read
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
    String: |json, trace| text(json, trace).map(Cow::into_owned), |value, to| to.serialize_str(value);
    bool: |json, trace| json.deserialize_any(Bool(trace)), |value, to| to.serialize_bool(*value);
    i64: |json, trace| number(json, trace, "a 64-bit integer", Number::as_i64),
        |value, to| to.serialize_i64(*value);
    i32: |json, trace| number(json, trace, "a 32-bit integer", |number| {
            number.as_i64().and_then(|number| i32::try_from(number).ok())
        }),
        |value, to| to.serialize_i32(*value);
    f64: |json, trace| number(json, trace, "a number", Number::as_f64),
        |value, to| write_float(*value, to);
    Value: |json, _trace| Value::deserialize(json), |value, to| serde::Serialize::serialize(value, to);
    JsonMap: |json, trace| match Value::deserialize(json)? {
            Value::Object(map) => Ok(map),
            other => Err(trace.mismatch("an object", kind_of(&other))),
        },
        |value, to| serde::Serialize::serialize(value, to);
}

/// A whole number is written without a fraction, as it came; JSON has no infinities, so they become `null`.
fn write_float<S: Serializer>(value: f64, to: S) -> Result<S::Ok, S::Error> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let whole =
        value.fract() == 0.0 && value.abs() <= EXACT && !(value == 0.0 && value.is_sign_negative());
    if whole {
        to.serialize_i64(value as i64)
    } else {
        to.serialize_f64(value)
    }
}

struct List<'t, T, C>(&'t mut Trace, PhantomData<(T, C)>);

impl<'de, T: Wire, C: Capture<'de>> de::Visitor<'de> for List<'_, T, C> {
    type Value = Vec<T>;

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut items = Vec::new();
        loop {
            let seed = Seed::<T, C>::new(self.0);
            match list.next_element_seed(seed) {
                Ok(Some(item)) => items.push(item),
                Ok(None) => return Ok(items),
                Err(error) => {
                    self.0.at_index(items.len());
                    return Err(error);
                }
            }
        }
    }

    mismatches!("a list": bool number text null map);
}

impl<T: Wire> Wire for Vec<T> {
    fn read<'de, C: Capture<'de>, D: Deserializer<'de>>(
        json: D,
        trace: &mut Trace,
    ) -> Result<Self, D::Error> {
        json.deserialize_any(List::<T, C>(trace, PhantomData))
    }

    fn write<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        json.collect_seq(self.iter().map(Out))
    }
}

struct Dictionary<'t, T, C>(&'t mut Trace, PhantomData<(T, C)>);

impl<'de, T: Wire, C: Capture<'de>> de::Visitor<'de> for Dictionary<'_, T, C> {
    type Value = BTreeMap<String, T>;

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut items = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            let read = map.next_value_seed(Seed::<T, C>::new(self.0));
            let item = read.inspect_err(|_| self.0.in_field(&key))?;
            items.insert(key, item);
        }
        Ok(items)
    }

    mismatches!("an object": bool number text null list);
}

impl<T: Wire> Wire for BTreeMap<String, T> {
    fn read<'de, C: Capture<'de>, D: Deserializer<'de>>(
        json: D,
        trace: &mut Trace,
    ) -> Result<Self, D::Error> {
        json.deserialize_any(Dictionary::<T, C>(trace, PhantomData))
    }

    fn write<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        json.collect_map(self.iter().map(|(key, item)| (key, Out(item))))
    }
}

/// The answer of an operation whose success says all there is: its body is not read.
impl Wire for () {
    fn read<'de, C: Capture<'de>, D: Deserializer<'de>>(
        json: D,
        _trace: &mut Trace,
    ) -> Result<Self, D::Error> {
        de::IgnoredAny::deserialize(json).map(|_| ())
    }

    fn write<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        json.serialize_unit()
    }

    fn from_json(_text: &[u8]) -> Result<Self, JsonError> {
        Ok(())
    }
}
