use std::fmt;

use serde::{Deserializer, Serializer};

use super::{
    Capture, Mismatches, Wire,
    scalar::{number, scalar},
};

/// The first integer from which on not every integer is an `f64`.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A number with or without a fraction, with its original digits.
///
/// An `f64` would change integers beyond 2^53. Two numbers are equal if their values are, so `55` equals `55.0`.
/// Integers beyond 64 bits become the nearest `f64`.
///
/// ```
/// use sinch_conversation_raw::{types::Coordinates, wire::Wire};
/// use serde_json::json;
///
/// let built = Coordinates::new(55.61, 13);
/// assert_eq!(built.latitude.as_f64(), 55.61);
///
/// let seen = json!({"latitude": 9007199254740993_i64, "longitude": 0.5});
/// assert_eq!(Coordinates::from_value(seen.clone())?.to_value(), seen);
/// # Ok::<(), sinch_conversation_raw::wire::DecodeError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Number(Digits);

#[derive(Clone, Copy, PartialEq)]
enum Digits {
    /// Wide enough for `i64` and `u64`.
    Whole(i128),
    Fraction(f64),
}

impl Number {
    /// Returns the nearest `f64`.
    pub fn as_f64(self) -> f64 {
        match self.0 {
            Digits::Whole(number) => number as f64,
            Digits::Fraction(number) => number,
        }
    }

    /// Returns the value as an integer, if it is one that was not rounded.
    fn whole(self) -> Option<i128> {
        match self.0 {
            Digits::Whole(number) => Some(number),
            Digits::Fraction(number) => {
                (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i128)
            }
        }
    }
}

/// Writes an integral value without a fraction.
impl From<f64> for Number {
    fn from(number: f64) -> Self {
        let negative_zero = number == 0.0 && number.is_sign_negative();
        let fraction = Self(Digits::Fraction(number));
        match fraction.whole() {
            Some(whole) if !negative_zero => Self(Digits::Whole(whole)),
            _ => fraction,
        }
    }
}

macro_rules! from_integers {
    ($($integer:ty),*) => { $(
        impl From<$integer> for Number {
            fn from(number: $integer) -> Self {
                Self(Digits::Whole(number.into()))
            }
        }
    )* };
}

from_integers!(i32, u32, i64, u64);

impl From<Number> for f64 {
    fn from(number: Number) -> Self {
        number.as_f64()
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (self.whole(), other.whole()) {
            (None, None) => self.0 == other.0,
            (left, right) => left == right,
        }
    }
}

impl PartialEq<f64> for Number {
    fn eq(&self, other: &f64) -> bool {
        *self == Self::from(*other)
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Digits::Whole(number) => fmt::Display::fmt(&number, f),
            Digits::Fraction(number) => fmt::Display::fmt(&number, f),
        }
    }
}

scalar! {
    Number: |json, mismatches| number(json, mismatches, "a number", |number| {
            let digits = match whole(number) {
                Some(number) => Some(Digits::Whole(number)),
                None => number.as_f64().map(Digits::Fraction),
            };
            digits.map(Self).ok_or("another number")
        }),
        // JSON has no infinities, so they become `null`.
        |value, to| match value.0 {
            Digits::Fraction(number) => to.serialize_f64(number),
            Digits::Whole(number) => match (i64::try_from(number), u64::try_from(number)) {
                (Ok(number), _) => to.serialize_i64(number),
                (_, Ok(number)) => to.serialize_u64(number),
                _ => to.serialize_unit(),
            },
        };
    i64: |json, mismatches| number(json, mismatches, "an integer from -9223372036854775808 to 9223372036854775807", integer),
        |value, to| to.serialize_i64(*value);
    i32: |json, mismatches| number(json, mismatches, "an integer from -2147483648 to 2147483647", integer),
        |value, to| to.serialize_i32(*value);
}

super::wire!(Number);

/// Returns an integer that is written without a fraction.
fn whole(number: &serde_json::Number) -> Option<i128> {
    let signed = number.as_i64().map(i128::from);
    signed.or_else(|| number.as_u64().map(i128::from))
}

/// Returns an integer that fits a type. As in JSON Schema, a number whose fraction is zero is an integer.
fn integer<T: TryFrom<i128>>(number: &serde_json::Number) -> Result<T, &'static str> {
    let written = whole(number);
    let float = number.as_f64().filter(|number| number.fract() == 0.0);
    let value = written
        .or(float.map(|number| number as i128))
        .ok_or("a number with a fraction")?;
    let exact = written.is_some() || float.is_some_and(|number| number.abs() <= EXACT);
    match T::try_from(value) {
        Ok(fitting) if exact => Ok(fitting),
        Ok(_) => Err("a number too large to be exact"),
        Err(_) if value < 0 => Err("a smaller one"),
        Err(_) => Err("a larger one"),
    }
}
