//! Measures the size of values.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Cause, FieldPath, Measure};
use crate::wire::{Secret, Timestamp};

/// A value that can be measured.
pub trait Measured {
    /// Returns its size; `None` if there is no value, or its size cannot be determined from it alone.
    ///
    /// # Errors
    /// When its form has no such size.
    fn measure(&self, of: Measure) -> Result<Option<i64>, Cause>;
}

/// A list or an object whose members can be measured.
#[doc(hidden)]
pub trait Members {
    /// Calls `visit` for each member with its path.
    fn each(&self, at: &FieldPath<'_>, visit: &mut dyn FnMut(&FieldPath<'_>, &dyn Measured));
}

fn size(count: usize) -> Option<i64> {
    Some(i64::try_from(count).unwrap_or(i64::MAX))
}

impl Measured for str {
    fn measure(&self, of: Measure) -> Result<Option<i64>, Cause> {
        match of {
            Measure::Seconds => {
                let number = self.strip_suffix('s').and_then(|text| text.parse().ok());
                let expected = "whole seconds";
                number.map(Some).ok_or(Cause::Malformed { expected })
            }
            _ => Ok(size(self.chars().count())),
        }
    }
}

impl Measured for Map<String, Value> {
    fn measure(&self, of: Measure) -> Result<Option<i64>, Cause> {
        match of {
            Measure::Items => Ok(size(self.len())),
            // Object keys are strings, so this does not fail.
            _ => serde_json::to_string(self)
                .unwrap_or_default()
                .measure(Measure::Characters),
        }
    }
}

/// Implements it for types whose size depends on nothing else.
macro_rules! measured {
    ($([$($generic:ident)?] $name:ty: $value:ident => $size:expr;)*) => { $(
        impl$(<$generic>)? Measured for $name {
            fn measure(&self, _: Measure) -> Result<Option<i64>, Cause> {
                let $value = self;
                Ok($size)
            }
        }
    )* };
}

measured! {
    [] i32: value => Some(i64::from(*value));
    [] i64: value => Some(*value);
    [T] Vec<T>: list => size(list.len());
    [T] BTreeMap<String, T>: map => size(map.len());
}

impl Measured for String {
    fn measure(&self, of: Measure) -> Result<Option<i64>, Cause> {
        self.as_str().measure(of)
    }
}

impl Measured for Timestamp {
    fn measure(&self, _: Measure) -> Result<Option<i64>, Cause> {
        Ok(None)
    }
}

impl Measured for Secret {
    fn measure(&self, of: Measure) -> Result<Option<i64>, Cause> {
        self.expose().measure(of)
    }
}

impl<T: Measured> Measured for Option<T> {
    fn measure(&self, of: Measure) -> Result<Option<i64>, Cause> {
        self.as_ref().map_or(Ok(None), |value| value.measure(of))
    }
}

impl<T: Measured> Members for Vec<T> {
    fn each(&self, at: &FieldPath<'_>, visit: &mut dyn FnMut(&FieldPath<'_>, &dyn Measured)) {
        for (index, item) in self.iter().enumerate() {
            visit(&FieldPath::Index(at, index), item);
        }
    }
}

impl<T: Measured> Members for BTreeMap<String, T> {
    fn each(&self, at: &FieldPath<'_>, visit: &mut dyn FnMut(&FieldPath<'_>, &dyn Measured)) {
        for (key, item) in self {
            visit(&at.key(key), item);
        }
    }
}

impl<T: Members> Members for Option<T> {
    fn each(&self, at: &FieldPath<'_>, visit: &mut dyn FnMut(&FieldPath<'_>, &dyn Measured)) {
        if let Some(members) = self {
            members.each(at, visit);
        }
    }
}
