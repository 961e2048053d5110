use serde_json::Value;

use super::{DecodeError, JsonMap, JsonObject, Wire};

/// The fields of a JSON object that nobody has taken yet.
#[derive(Debug)]
pub struct Fields(JsonMap);

impl Fields {
    pub(crate) fn new(map: JsonMap) -> Self {
        Self(map)
    }

    /// Takes a field that has to be there.
    ///
    /// # Errors
    /// The field is missing or of another type.
    pub fn required<T: Wire>(&mut self, key: &str) -> Result<T, DecodeError> {
        let value = self
            .0
            .remove(key)
            .ok_or_else(|| DecodeError::missing(key))?;
        T::from_value(value).map_err(|error| error.in_field(key))
    }

    /// Takes a field that may be absent.
    ///
    /// A `null` counts as absent and stays behind, so that it ends in `extra` and is written again.
    ///
    /// # Errors
    /// The field is of another type.
    pub fn optional<T: Wire>(&mut self, key: &str) -> Result<Option<T>, DecodeError> {
        if self.has(key) {
            self.required(key).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Whether the field is there and is not `null`.
    pub fn has(&self, key: &str) -> bool {
        self.0.get(key).is_some_and(|value| !value.is_null())
    }

    /// The text of a field, which stays.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(Value::as_str)
    }

    /// Drops a field whose content is known from elsewhere.
    pub fn discard(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// Takes all that is left.
    pub fn rest(&mut self) -> JsonObject {
        JsonObject::from(std::mem::take(&mut self.0))
    }
}

/// The members of a JSON object that is being written.
#[derive(Debug, Default)]
pub struct Members(JsonMap);

impl Members {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn into_map(self) -> JsonMap {
        self.0
    }

    /// Adds a member.
    pub fn put<T: Wire>(&mut self, key: &str, value: &T) {
        self.0.insert(key.to_owned(), value.to_value());
    }

    /// Adds a member if there is a value for it.
    pub fn put_optional<T: Wire>(&mut self, key: &str, value: &Option<T>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }

    /// Adds a member with a fixed text, such as the name of a union member.
    pub fn put_text(&mut self, key: &str, text: &str) {
        self.0
            .insert(key.to_owned(), Value::String(text.to_owned()));
    }

    /// Adds members that no field stands for; a field that has been written wins.
    pub fn put_rest(&mut self, rest: &JsonObject) {
        for (key, value) in rest.iter() {
            if !self.0.contains_key(key) {
                self.0.insert(key.clone(), value.clone());
            }
        }
    }
}

/// An enum with one variant for each alternative of an object, and `Unknown` for what no document knows.
pub trait Union: Sized {
    /// Takes the fields of the alternative that is present; all of them into `Unknown` if none is.
    ///
    /// # Errors
    /// The alternative is known, but its content has not its form.
    fn read(fields: &mut Fields) -> Result<Self, DecodeError>;

    /// Adds the fields of the alternative.
    fn write(&self, members: &mut Members);

    /// The variant that keeps JSON as it is.
    fn unknown(json: JsonObject) -> Self;
}

/// A union that stands alone has no place for further fields, so JSON that has some is kept whole.
pub(crate) fn union_from_value<U: Union>(value: Value) -> Result<U, DecodeError> {
    let Value::Object(map) = value else {
        return Err(DecodeError::mismatch("an object", &value));
    };
    let whole = map.clone();
    let mut fields = Fields::new(map);
    let union = U::read(&mut fields)?;
    if fields.0.is_empty() {
        Ok(union)
    } else {
        Ok(U::unknown(JsonObject::from(whole)))
    }
}

pub(crate) fn union_to_value<U: Union>(union: &U) -> Value {
    let mut members = Members::new();
    union.write(&mut members);
    Value::Object(members.into_map())
}

/// Makes unions [`Wire`] types.
macro_rules! unions {
    ($($name:ident),* $(,)?) => { $(
        impl $crate::wire::Wire for $name {
            fn from_value(value: ::serde_json::Value) -> Result<Self, $crate::wire::DecodeError> {
                $crate::wire::union_from_value(value)
            }

            fn to_value(&self) -> ::serde_json::Value {
                $crate::wire::union_to_value(self)
            }
        }

        $crate::wire::serde_through_wire!($name);
    )* };
}
pub(crate) use unions;
