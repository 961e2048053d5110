use std::{fmt, marker::PhantomData};

use serde::{
    Deserializer, Serializer,
    de::{self, DeserializeSeed, MapAccess},
    ser::SerializeMap,
};
use serde_json::Value;

use super::{
    Capture, Choice, JsonMap, JsonObject, Offered, Out, Seed, Trace, Wire,
    scalar::{Null, mismatches},
};

/// A type whose JSON form is an object.
pub trait Object: Sized {
    /// The keys of its fields.
    const KEYS: &'static [&'static str];

    /// The keys that tell its alternatives apart; none if it has no alternatives.
    const CHOICES: &'static [&'static str];

    /// Takes the fields it knows, and the rest into its `extra`.
    ///
    /// # Errors
    /// A required field is missing, a field has another type, or the source fails.
    fn read_members<'de, C: Capture<'de>, A: MapAccess<'de>>(
        members: Members<'_, C, A>,
    ) -> Result<Self, A::Error>;

    /// Writes its fields and the rest.
    ///
    /// # Errors
    /// The target fails.
    fn write_members<M: SerializeMap>(&self, members: &mut Writer<M>) -> Result<(), M::Error>;

    /// Whether it holds JSON that could have a key of one of its fields.
    fn has_rest(&self) -> bool;
}

/// Reads an object from any source.
pub(crate) fn read<'de, T: Object, C: Capture<'de>, D: Deserializer<'de>>(
    json: D,
    trace: &mut Trace,
) -> Result<T, D::Error> {
    json.deserialize_any(Visitor::<T, C>(trace, PhantomData))
}

/// Writes an object to any target.
pub(crate) fn write<T: Object, S: Serializer>(object: &T, json: S) -> Result<S::Ok, S::Error> {
    let mut writer = Writer::new(json.serialize_map(None)?, object.has_rest());
    object.write_members(&mut writer)?;
    writer.map.end()
}

/// Writes alternatives that have no object around them.
pub(crate) fn write_alone<K: Choice, S: Serializer>(
    choice: &K,
    json: S,
) -> Result<S::Ok, S::Error> {
    let mut writer = Writer::new(json.serialize_map(None)?, false);
    choice.write_members(&mut writer)?;
    writer.map.end()
}

struct Visitor<'t, T, C>(&'t mut Trace, PhantomData<(T, C)>);

impl<'de, T: Object, C: Capture<'de>> de::Visitor<'de> for Visitor<'_, T, C> {
    type Value = T;

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::read_members(Members {
            map,
            trace: self.0,
            after: 0,
            offered: Vec::new(),
            extra: JsonMap::new(),
            capture: PhantomData::<C>,
        })
    }

    mismatches!("an object": bool number text null list);
}

/// The members of a JSON object that is being read.
#[derive(Debug)]
pub struct Members<'t, C, A> {
    map: A,
    trace: &'t mut Trace,
    /// Where the next key is looked for first: keys mostly come in one order.
    after: usize,
    offered: Vec<(usize, C)>,
    extra: JsonMap,
    capture: PhantomData<C>,
}

impl<'de, C: Capture<'de>, A: MapAccess<'de>> Members<'_, C, A> {
    /// The number of the next key that is a field of `T`; what lies between is kept for later.
    ///
    /// # Errors
    /// The source fails.
    pub fn next<T: Object>(&mut self) -> Result<Option<usize>, A::Error> {
        self.next_of(T::KEYS, T::CHOICES)
    }

    fn next_of(
        &mut self,
        keys: &'static [&'static str],
        choices: &'static [&'static str],
    ) -> Result<Option<usize>, A::Error> {
        let after = self.after;
        loop {
            let seed = Keys {
                keys,
                choices,
                after,
            };
            match self.map.next_key_seed(seed)? {
                None => return Ok(None),
                Some(Key::Field(index)) => {
                    self.after = index + 1;
                    return Ok(Some(index));
                }
                Some(Key::Choice(index)) => {
                    let json = self.map.next_value()?;
                    self.offered.push((index, json));
                }
                Some(Key::Other(key)) => {
                    let json = self.map.next_value()?;
                    self.extra.insert(key, json);
                }
            }
        }
    }

    /// Reads the value of a field that has to be there.
    ///
    /// # Errors
    /// It is of another type.
    pub fn required<T: Wire>(&mut self, key: &'static str) -> Result<Option<T>, A::Error> {
        let read = self.map.next_value_seed(Seed::<T, C>::new(self.trace));
        read.map(Some).inspect_err(|_| self.trace.in_field(key))
    }

    /// Reads the value of a field that may be absent. A `null` counts as absent and is kept, to be written again.
    ///
    /// # Errors
    /// It is of another type.
    pub fn optional<T: Wire>(&mut self, key: &'static str) -> Result<Option<T>, A::Error> {
        let seed = Null(Seed::<T, C>::new(self.trace));
        let read = self.map.next_value_seed(seed);
        let read = read.inspect_err(|_| self.trace.in_field(key))?;
        if read.is_none() {
            self.extra.insert(key.to_owned(), Value::Null);
        }
        Ok(read)
    }

    /// The value of a field that has to be there.
    ///
    /// # Errors
    /// It was not there.
    pub fn present<T>(&mut self, key: &'static str, value: Option<T>) -> Result<T, A::Error> {
        value.ok_or_else(|| {
            let error = self.trace.mismatch("a value", "nothing");
            self.trace.in_field(key);
            error
        })
    }

    /// The alternative of the object.
    ///
    /// # Errors
    /// What was skipped as JSON is none.
    pub fn choose<K: Choice>(&mut self) -> Result<K, A::Error> {
        let mut offered = Offered::new(std::mem::take(&mut self.offered));
        let chosen = K::read(&mut offered, self.trace);
        self.keep::<K>(offered.rest())?;
        Ok(chosen.unwrap_or_else(|| K::unknown(self.extra())))
    }

    /// The alternative of an object that has nothing else; with anything beside it, it is kept whole.
    pub(super) fn only<K: Choice>(mut self) -> Result<K, A::Error> {
        let whole = self.offered.clone();
        let mut offered = Offered::new(std::mem::take(&mut self.offered));
        let chosen = K::read(&mut offered, self.trace).filter(|_| self.extra.is_empty());
        match chosen {
            Some(chosen) if offered.rest().is_empty() => Ok(chosen),
            _ => {
                self.keep::<K>(whole)?;
                Ok(K::unknown(self.extra()))
            }
        }
    }

    fn keep<K: Choice>(&mut self, offered: Vec<(usize, C)>) -> Result<(), A::Error> {
        for (index, json) in offered {
            let key = K::KEYS.get(index).copied().unwrap_or_default();
            self.extra.insert(key.to_owned(), json.value()?);
        }
        Ok(())
    }

    /// What is left.
    pub fn extra(&mut self) -> JsonObject {
        JsonObject::from(std::mem::take(&mut self.extra))
    }
}

enum Key {
    Field(usize),
    Choice(usize),
    Other(String),
}

struct Keys {
    keys: &'static [&'static str],
    choices: &'static [&'static str],
    after: usize,
}

impl<'de> DeserializeSeed<'de> for Keys {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<Key, D::Error> {
        key.deserialize_str(self)
    }
}

impl Keys {
    fn find(&self, key: &str) -> Option<Key> {
        if self.keys.get(self.after) == Some(&key) {
            return Some(Key::Field(self.after));
        }
        let place = |keys: &[&str]| keys.iter().position(|known| *known == key);
        place(self.keys)
            .map(Key::Field)
            .or_else(|| place(self.choices).map(Key::Choice))
    }
}

impl de::Visitor<'_> for Keys {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<Key, E> {
        Ok(self
            .find(key)
            .unwrap_or_else(|| Key::Other(key.to_owned())))
    }

    fn visit_string<E: de::Error>(self, key: String) -> Result<Key, E> {
        Ok(self.find(&key).unwrap_or(Key::Other(key)))
    }
}

/// The members of a JSON object that is being written.
#[derive(Debug)]
pub struct Writer<M> {
    map: M,
    /// The keys so far, where something could repeat one of them.
    written: Option<Vec<&'static str>>,
}

impl<M: SerializeMap> Writer<M> {
    fn new(map: M, has_rest: bool) -> Self {
        Self {
            map,
            written: has_rest.then(Vec::new),
        }
    }

    /// Adds a member.
    ///
    /// # Errors
    /// The target fails.
    pub fn required<T: Wire>(&mut self, key: &'static str, value: &T) -> Result<(), M::Error> {
        self.note(key);
        self.map.serialize_entry(key, &Out(value))
    }

    /// Adds a member if there is a value for it.
    ///
    /// # Errors
    /// The target fails.
    pub fn optional<T: Wire>(
        &mut self,
        key: &'static str,
        value: &Option<T>,
    ) -> Result<(), M::Error> {
        match value {
            Some(value) => self.required(key, value),
            None => Ok(()),
        }
    }

    /// Adds a member with a fixed text.
    ///
    /// # Errors
    /// The target fails.
    pub fn text(&mut self, key: &'static str, text: &str) -> Result<(), M::Error> {
        self.note(key);
        self.map.serialize_entry(key, text)
    }

    /// Adds members that no field has; a field that has been written wins.
    ///
    /// # Errors
    /// The target fails.
    pub fn rest(&mut self, rest: &JsonObject) -> Result<(), M::Error> {
        let written = self.written.as_deref().unwrap_or_default();
        let new = rest
            .iter()
            .filter(|(key, _)| !written.contains(&key.as_str()));
        for (key, value) in new {
            self.map.serialize_entry(key, value)?;
        }
        Ok(())
    }

    fn note(&mut self, key: &'static str) {
        if let Some(written) = &mut self.written {
            written.push(key);
        }
    }
}
