use serde_json::Value;

use super::{DecodeError, JsonMap, JsonObject, Mismatches, UnknownObject, Wire};

/// A JSON object that is being read: what no field has taken is left for `extra`.
#[derive(Debug)]
pub struct Fields<'a> {
    map: &'a JsonMap,
    taken: Vec<&'static str>,
    all_taken: bool,
    mismatches: &'a mut Mismatches,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(map: &'a JsonMap, mismatches: &'a mut Mismatches) -> Self {
        Self {
            map,
            taken: Vec::new(),
            all_taken: false,
            mismatches,
        }
    }

    /// Takes a field that has to be there.
    ///
    /// # Errors
    /// The field is missing or of another type.
    pub fn required<T: Wire>(&mut self, key: &'static str) -> Result<T, DecodeError> {
        let value = self.get(key);
        self.taken.push(key);
        self.mismatches.within(
            || key,
            |mismatches| {
                let value = value.ok_or_else(DecodeError::missing)?;
                T::decode(value, mismatches)
            },
        )
    }

    /// Takes a field that may be absent.
    ///
    /// A `null` counts as absent and stays behind, so that it ends in `extra` and is written again.
    ///
    /// # Errors
    /// The field is of another type.
    pub fn optional<T: Wire>(&mut self, key: &'static str) -> Result<Option<T>, DecodeError> {
        if self.has(key) {
            self.required(key).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Takes a field whose form no published document backs: one of another form stays behind, as an unknown field does.
    pub fn unverified<T: Wire>(&mut self, key: &'static str) -> Option<T> {
        let (taken, found) = (self.taken.len(), self.mismatches.len());
        self.optional(key).unwrap_or_else(|error| {
            self.forget(taken, found);
            self.mismatches.add(error);
            None
        })
    }

    /// Takes a field that has to be there, and whose content may come in an object of one key.
    ///
    /// # Errors
    /// The field is missing or of another type.
    pub fn unwrapped<T: Wire>(
        &mut self,
        key: &'static str,
        wrapper: &'static str,
    ) -> Result<T, DecodeError> {
        let inner = self.get(key).and_then(Value::as_object);
        match inner.and_then(|inner| Some((inner.len(), inner.get(wrapper)?))) {
            Some((1, content)) => {
                self.taken.push(key);
                self.mismatches.within(
                    || format!("{key}.{wrapper}"),
                    |mismatches| T::decode(content, mismatches),
                )
            }
            _ => self.required(key),
        }
    }

    /// Takes the alternative that is there. One that does not have its documented form is the unknown alternative, with
    /// the reason.
    pub fn union<U: Union>(&mut self) -> U {
        let (taken, found) = (self.taken.len(), self.mismatches.len());
        match U::read(self) {
            Ok(Some(union)) => union,
            Ok(None) => U::unknown(self.rest().into()),
            Err(error) => {
                self.forget(taken, found);
                self.mismatches.add(error.clone());
                U::unknown(UnknownObject::malformed(self.rest(), error))
            }
        }
    }

    /// Which of the keys is there, by the order of the keys. A `null` is there only when none of the others is.
    pub fn present(&self, keys: &[&'static str]) -> Option<&'static str> {
        if self.all_taken {
            return None;
        }
        let free = keys.iter().copied();
        super::present(self.map, free.filter(|key| !self.taken.contains(key)))
    }

    /// The text of a field, which stays.
    pub fn text(&self, key: &'static str) -> Option<&'a str> {
        self.get(key).and_then(Value::as_str)
    }

    /// Drops a field whose content is known from elsewhere.
    pub fn discard(&mut self, key: &'static str) {
        self.taken.push(key);
    }

    /// Takes all that is left.
    pub fn rest(&mut self) -> JsonObject {
        if std::mem::replace(&mut self.all_taken, true) || self.taken.len() >= self.map.len() {
            return JsonObject::default();
        }
        let left = self
            .map
            .iter()
            .filter(|(key, _)| !self.taken.contains(&key.as_str()));
        left.map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    fn get(&self, key: &'static str) -> Option<&'a Value> {
        let free = !self.all_taken && !self.taken.contains(&key);
        self.map.get(key).filter(|_| free)
    }

    fn has(&self, key: &'static str) -> bool {
        self.get(key).is_some_and(|value| !value.is_null())
    }

    /// Goes back to where that many fields were taken and that many faults were found.
    fn forget(&mut self, taken: usize, found: usize) {
        self.taken.truncate(taken);
        self.all_taken = false;
        self.mismatches.truncate(found);
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
    /// Takes the fields of the alternative that is present; `None` if none is that the documents know.
    ///
    /// # Errors
    /// The alternative is known, but its content has not its form.
    fn read(fields: &mut Fields<'_>) -> Result<Option<Self>, DecodeError>;

    /// Adds the fields of the alternative.
    fn write(&self, members: &mut Members);

    /// The variant that keeps JSON as it is.
    fn unknown(json: UnknownObject) -> Self;
}

/// A union that stands alone has no place for further fields, so JSON that has some is kept whole.
pub(crate) fn decode_union<U: Union>(
    value: &Value,
    mismatches: &mut Mismatches,
) -> Result<U, DecodeError> {
    let Value::Object(map) = value else {
        return Err(DecodeError::mismatch("an object", value));
    };
    let mut fields = Fields::new(map, mismatches);
    let union = fields.union();
    if fields.rest().is_empty() {
        Ok(union)
    } else {
        Ok(U::unknown(JsonObject::from(map.clone()).into()))
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
            fn decode(
                value: &::serde_json::Value,
                mismatches: &mut $crate::wire::Mismatches,
            ) -> Result<Self, $crate::wire::DecodeError> {
                $crate::wire::decode_union(value, mismatches)
            }

            fn to_value(&self) -> ::serde_json::Value {
                $crate::wire::union_to_value(self)
            }
        }

        $crate::wire::serde_through_wire!($name);
    )* };
}
pub(crate) use unions;
