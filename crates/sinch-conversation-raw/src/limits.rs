//! What the documents allow in a request: lengths, numbers of items, ranges.
//!
//! Nothing that the API sends is checked. A client checks what it is about to send:
//!
//! ```
//! use sinch_conversation_raw::{limits::Limited, types::UpdateMessageMetadataRequest};
//!
//! let request = UpdateMessageMetadataRequest::new("x".repeat(1025));
//! let breaches = request.breaches("");
//! assert_eq!(breaches.len(), 1);
//! assert_eq!(
//!     breaches[0].to_string(),
//!     "metadata: expected at most 1024 characters, found 1025",
//! );
//! ```

use std::{collections::BTreeMap, fmt};

use serde_json::{Map, Value};

use crate::wire::{Secret, Timestamp, UnknownObject};

/// The bounds of a value. Both ends are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limit {
    /// What is bounded.
    pub of: Measure,
    /// The least that is allowed.
    pub min: i64,
    /// The most that is allowed; `i64::MAX` where the document has no upper bound.
    pub max: i64,
    /// The unit of a number, such as `won`; empty where it has none.
    pub unit: &'static str,
    /// A number outside of the bounds that is allowed too.
    pub or: Option<i64>,
}

/// What a [`Limit`] bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Measure {
    /// The characters of a text. A JSON object counts as the text that it is sent as.
    Characters,
    /// The items of a list, or the members of an object.
    Items,
    /// A number.
    Value,
    /// The seconds in a text such as `10s`.
    Seconds,
    /// The days between now and a time. Left to the caller, who has the clock.
    Days,
}

/// A value that the documents do not allow in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Breach {
    /// The field, such as `message.carousel_message.cards[3].choices`.
    pub field: String,
    /// What is wrong with it.
    pub cause: Cause,
}

/// Why a value is not allowed. It has nothing of the value but its size.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The value is outside of its bounds.
    #[non_exhaustive]
    OutOfBounds {
        /// The bounds.
        limit: Limit,
        /// What was found, in the limit's measure.
        found: i64,
    },
    /// The value has another form than the documented one.
    #[non_exhaustive]
    Malformed {
        /// The form that is wanted.
        expected: &'static str,
    },
}

/// A part of a request that has limits somewhere.
///
/// Implemented by the types of request bodies and by what these consist of, where the documents have a limit.
pub trait Limited {
    /// Adds what is beyond its limit.
    #[doc(hidden)]
    fn visit(&self, at: &Place<'_>, found: &mut Vec<Breach>);

    /// All values that are beyond their limits, in the order of the document's fields. The fields' names begin with
    /// `prefix`, such as `message.`.
    fn breaches(&self, prefix: &str) -> Vec<Breach> {
        let mut found = Vec::new();
        self.visit(&Place::Start(prefix), &mut found);
        found
    }
}

/// A value that can be measured.
pub trait Measured {
    /// Its size; `None` where there is no value, or none that can be told from the value alone.
    ///
    /// # Errors
    /// It does not have the form that has this measure.
    fn measure(&self, of: Measure) -> Result<Option<i64>, Cause>;
}

/// A list or an object whose members can be measured.
#[doc(hidden)]
pub trait Members {
    /// Calls `visit` for each, with its place.
    fn each(&self, at: &Place<'_>, visit: &mut dyn FnMut(&Place<'_>, &dyn Measured));
}

/// Where a value is. It is written down only when something is wrong there.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    Start(&'a str),
    Key(&'a Place<'a>, &'a str),
    Index(&'a Place<'a>, usize),
    /// All items of a list together.
    All(&'a Place<'a>),
}

impl Place<'_> {
    /// A member of an object. An empty key is the object itself.
    pub(crate) fn key<'a>(&'a self, key: &'a str) -> Place<'a> {
        if key.is_empty() {
            *self
        } else {
            Place::Key(self, key)
        }
    }

    fn write(&self, path: &mut String) {
        match self {
            Self::Start(prefix) => path.push_str(prefix),
            Self::Key(parent, key) => {
                parent.write(path);
                if !path.is_empty() && !path.ends_with('.') {
                    path.push('.');
                }
                path.push_str(key);
            }
            Self::Index(parent, index) => {
                parent.write(path);
                path.push_str(&format!("[{index}]"));
            }
            Self::All(parent) => {
                parent.write(path);
                path.push_str("[]");
            }
        }
    }

    fn breach(&self, cause: Cause) -> Breach {
        let mut field = String::new();
        self.write(&mut field);
        Breach { field, cause }
    }
}

impl Limit {
    pub(crate) const fn new(of: Measure, min: i64, max: i64) -> Self {
        Self {
            of,
            min,
            max,
            unit: "",
            or: None,
        }
    }

    pub(crate) const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    pub(crate) const fn or(mut self, number: i64) -> Self {
        self.or = Some(number);
        self
    }

    fn allows(&self, found: i64) -> bool {
        (self.min..=self.max).contains(&found) || self.or == Some(found)
    }

    /// What is wrong with a value; `None` where it is within the limit.
    ///
    /// ```
    /// use sinch_conversation_raw::types::SendMessageRequest;
    ///
    /// let limit = SendMessageRequest::CORRELATION_ID;
    /// assert_eq!(limit.cause("order 7"), None);
    /// let cause = limit.cause(&*"x".repeat(129)).map(|cause| cause.to_string());
    /// assert_eq!(cause.as_deref(), Some("expected at most 128 characters, found 129"));
    /// ```
    pub fn cause<T: Measured + ?Sized>(&self, value: &T) -> Option<Cause> {
        let limit = *self;
        match value.measure(self.of) {
            Ok(Some(found)) if !self.allows(found) => Some(Cause::OutOfBounds { limit, found }),
            Ok(_) => None,
            Err(cause) => Some(cause),
        }
    }

    /// Adds a value that is beyond the limit.
    pub(crate) fn check<T: Measured + ?Sized>(
        &self,
        value: &T,
        at: &Place<'_>,
        breaches: &mut Vec<Breach>,
    ) {
        breaches.extend(self.cause(value).map(|cause| at.breach(cause)));
    }
}

/// Adds an alternative that was read, is not as documented, and would be sent on.
pub(crate) fn undocumented(held: &UnknownObject, at: &Place<'_>, breaches: &mut Vec<Breach>) {
    if let Some(reason) = held.reason() {
        let expected = reason.expected();
        let at = at.key(reason.path());
        breaches.push(at.breach(Cause::Malformed { expected }));
    }
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
            // Its keys are texts, so this does not fail.
            _ => serde_json::to_string(self)
                .unwrap_or_default()
                .measure(Measure::Characters),
        }
    }
}

/// Types whose size needs no second look.
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
    fn each(&self, at: &Place<'_>, visit: &mut dyn FnMut(&Place<'_>, &dyn Measured)) {
        for (index, item) in self.iter().enumerate() {
            visit(&Place::Index(at, index), item);
        }
    }
}

impl<T: Measured> Members for BTreeMap<String, T> {
    fn each(&self, at: &Place<'_>, visit: &mut dyn FnMut(&Place<'_>, &dyn Measured)) {
        for (key, item) in self {
            visit(&at.key(key), item);
        }
    }
}

impl<T: Members> Members for Option<T> {
    fn each(&self, at: &Place<'_>, visit: &mut dyn FnMut(&Place<'_>, &dyn Measured)) {
        if let Some(members) = self {
            members.each(at, visit);
        }
    }
}

impl<T: Limited> Limited for Option<T> {
    fn visit(&self, at: &Place<'_>, found: &mut Vec<Breach>) {
        if let Some(value) = self {
            value.visit(at, found);
        }
    }
}

impl<T: Limited> Limited for Vec<T> {
    fn visit(&self, at: &Place<'_>, found: &mut Vec<Breach>) {
        for (index, item) in self.iter().enumerate() {
            item.visit(&Place::Index(at, index), found);
        }
    }
}

impl<T: Limited> Limited for BTreeMap<String, T> {
    fn visit(&self, at: &Place<'_>, found: &mut Vec<Breach>) {
        for (key, item) in self {
            item.visit(&at.key(key), found);
        }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.cause)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfBounds { limit, found } => write!(f, "expected {limit}, found {found}"),
            Self::Malformed { expected } => write!(f, "expected {expected}"),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { min, max, .. } = self;
        let counted = matches!(self.of, Measure::Characters | Measure::Items);
        match (*min, *max) {
            (i64::MIN, max) => write!(f, "at most {max}"),
            (0, max) if counted => write!(f, "at most {max}"),
            (min, i64::MAX) => write!(f, "at least {min}"),
            _ => write!(f, "{min} to {max}"),
        }?;
        match self.of {
            Measure::Characters => f.write_str(" characters"),
            Measure::Items => f.write_str(" items"),
            Measure::Seconds => f.write_str(" whole seconds with the suffix s, such as 10s"),
            Measure::Days => f.write_str(" days"),
            Measure::Value if self.unit.is_empty() => Ok(()),
            Measure::Value => write!(f, " {}", self.unit),
        }
    }
}

/// The limits of an object's fields, a row each, and the name of the field with its alternatives. A row without a limit
/// is a field that has limits inside.
macro_rules! fields {
    ($name:ident $($kind:ident)?; $($key:literal $field:ident $($constant:ident)? $([$($limit:tt)*])?,)*) => {
        impl $name {
            $($crate::limits::fields!(@constant $key $($constant)? $([$($limit)*])?);)*
        }

        impl $crate::limits::Limited for $name {
            fn visit(&self, at: &$crate::limits::Place<'_>, found: &mut Vec<$crate::limits::Breach>) {
                $($crate::limits::Limited::visit(&self.$kind, at, found);)?
                $($crate::limits::fields!(
                    @check &self.$field, &at.key($key), found, $($constant)? $([$($limit)*])?
                );)*
            }
        }
    };
    (@constant $key:literal $constant:ident [$($limit:tt)*]) => {
        #[doc = concat!("What `", $key, "` may be in a request.")]
        pub const $constant: $crate::limits::Limit = $crate::limits::fields!(@limit $($limit)*);
    };
    (@constant $key:literal $([$($limit:tt)*])?) => {};
    (@check $value:expr, $at:expr, $found:ident,) => {
        $crate::limits::Limited::visit($value, $at, $found)
    };
    (@check $value:expr, $at:expr, $found:ident, $constant:ident [$($limit:tt)*]) => {
        Self::$constant.check($value, $at, $found)
    };
    (@check $value:expr, $at:expr, $found:ident, [each $($limit:tt)*]) => {
        $crate::limits::Members::each($value, $at, &mut |at, value| {
            const LIMIT: $crate::limits::Limit = $crate::limits::fields!(@limit $($limit)*);
            LIMIT.check(value, at, $found);
        })
    };
    (@check $value:expr, $at:expr, $found:ident, [member $member:literal $($limit:tt)*]) => {
        if let Some(value) = $value.as_ref().and_then(|members| members.get($member)) {
            const LIMIT: $crate::limits::Limit = $crate::limits::fields!(@limit $($limit)*);
            LIMIT.check(value, &$at.key($member), $found);
        }
    };
    (@check $value:expr, $at:expr, $found:ident, [total $inner:ident $($limit:tt)*]) => {{
        const LIMIT: $crate::limits::Limit = $crate::limits::fields!(@limit $($limit)*);
        let total: Vec<_> = $value.iter().flat_map(|list| &list.$inner).collect();
        LIMIT.check(&total, &$crate::limits::Place::All($at).key(stringify!($inner)), $found);
    }};
    (@limit $of:ident $min:literal $max:literal $(in $unit:literal)? $(or $or:literal)?) => {
        $crate::limits::Limit::new($crate::limits::Measure::$of, $min, $max)
            $(.unit($unit))?
            $(.or($or))?
    };
}
pub(crate) use fields;

/// The alternatives that have limits inside, each with the key under which its content stands; no key where the content
/// is the object itself.
macro_rules! variants {
    ($name:ident; $($key:literal $variant:ident,)*) => {
        impl $crate::limits::Limited for $name {
            fn visit(&self, at: &$crate::limits::Place<'_>, found: &mut Vec<$crate::limits::Breach>) {
                match self {
                    $(Self::$variant(held) => {
                        $crate::limits::Limited::visit(held, &at.key($key), found)
                    })*
                    Self::Unknown(held) => $crate::limits::undocumented(held, at, found),
                    #[allow(unreachable_patterns, reason = "all alternatives may have limits")]
                    _ => {}
                }
            }
        }
    };
}
pub(crate) use variants;
