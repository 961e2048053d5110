use std::{fmt, marker::PhantomData};

use serde::{
    Deserializer, Serialize, Serializer,
    de::{self, DeserializeSeed, MapAccess},
    ser::SerializeMap,
};
use serde_json::Value;

use super::{
    Capture, Choice, JsonMap, JsonObject, Mismatches, Offered, Out, Seed, UnknownObject, Wire,
    scalar::Null,
};

/// A type whose JSON form is an object.
pub trait Object: Sized {
    /// The keys of its fields.
    const KEYS: &'static [&'static str];

    /// The keys that identify its alternatives; none if it has no alternatives.
    const CHOICES: &'static [&'static str];

    /// Reads its fields, and the rest into `extra`.
    ///
    /// # Errors
    /// When a required field is missing, a field has another type, or the source fails.
    fn read_members<'de, C: Capture<'de>, A: MapAccess<'de>>(
        members: Members<'_, C, A>,
        into: &mut Option<Self>,
    ) -> Result<(), A::Error>;

    /// Writes its fields and the rest.
    fn write_members<M: SerializeMap>(&self, members: &mut Writer<M>);

    /// Returns whether it holds JSON that could have a key of one of its fields.
    fn has_rest(&self) -> bool;
}

/// Reads an object from any source.
pub(crate) fn read<'de, T: Object, C: Capture<'de>, D: Deserializer<'de>>(
    json: D,
    into: &mut Option<T>,
    mismatches: &mut Mismatches,
) -> Result<(), D::Error> {
    if mismatches.is_strict() {
        return json.deserialize_map(Visitor::<T, C>(mismatches, into, PhantomData));
    }
    let json: C = expect(json, "an object", mismatches)?;
    json.read(Visitor::<T, C>(mismatches, into, PhantomData))
}

/// Reads JSON for an error, because `serde` does not report the kind that it found.
pub(super) fn expect<'de, C: Capture<'de>, D: Deserializer<'de>>(
    json: D,
    expected: &'static str,
    mismatches: &mut Mismatches,
) -> Result<C, D::Error> {
    let json = C::deserialize(json)?;
    match json.kind() {
        found if found == expected => Ok(json),
        found => Err(mismatches.fail(expected, found)),
    }
}

/// Writes an object to any target.
pub(crate) fn write<T: Object, S: Serializer>(object: &T, json: S) -> Result<S::Ok, S::Error> {
    let mut writer = Writer::new(json.serialize_map(None)?, object.has_rest());
    object.write_members(&mut writer);
    writer.end()
}

/// Writes alternatives without an object around them.
pub(crate) fn write_alone<K: Choice, S: Serializer>(
    choice: &K,
    json: S,
) -> Result<S::Ok, S::Error> {
    let mut writer = Writer::new(json.serialize_map(None)?, false);
    choice.write_members(&mut writer);
    writer.end()
}

struct Visitor<'t, T, C>(&'t mut Mismatches, &'t mut Option<T>, PhantomData<C>);

impl<'de, T: Object, C: Capture<'de>> DeserializeSeed<'de> for Visitor<'_, T, C> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de, T: Object, C: Capture<'de>> de::Visitor<'de> for Visitor<'_, T, C> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        T::read_members(Members::<C, A>::new(map, self.0), self.1)
    }
}

/// The members of a JSON object, while it is decoded.
#[derive(Debug)]
pub struct Members<'t, C, A> {
    map: A,
    mismatches: &'t mut Mismatches,
    /// Where to look for the next key first, since keys mostly have the same order.
    after: usize,
    /// The index of the alternative that was streamed.
    chosen: Option<usize>,
    offered: Vec<(usize, C)>,
    extra: JsonMap,
    capture: PhantomData<C>,
}

impl<'t, 'de, C: Capture<'de>, A: MapAccess<'de>> Members<'t, C, A> {
    pub(super) fn new(map: A, mismatches: &'t mut Mismatches) -> Self {
        Self {
            map,
            mismatches,
            after: 0,
            chosen: None,
            offered: Vec::new(),
            extra: JsonMap::new(),
            capture: PhantomData,
        }
    }

    /// Returns the index of the next key that is a field of `T`, or of one of its alternatives, which are counted after
    /// the fields; other keys are kept for later.
    ///
    /// # Errors
    /// When the source fails.
    pub fn next_field<T: Object>(&mut self) -> Result<Option<usize>, A::Error> {
        self.next_known(T::KEYS, T::CHOICES)
    }

    fn next_known(
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
                Some(Key::Choice(index)) => return Ok(Some(keys.len() + index)),
                Some(Key::Other(key)) => {
                    let json = self.map.next_value()?;
                    self.extra.insert(key, json);
                }
            }
        }
    }

    /// Decodes a required field.
    ///
    /// # Errors
    /// When it has another type.
    pub fn required<T: Wire>(
        &mut self,
        key: &'static str,
        into: &mut Option<T>,
    ) -> Result<(), A::Error> {
        let before = self.mismatches.len();
        let seed = Seed::<T, C>::new(into, self.mismatches);
        let read = self.map.next_value_seed(seed);
        self.mismatches.inside(|| key, before, read)
    }

    /// Decodes an optional field. A `null` counts as absent and is kept, to be written again.
    ///
    /// # Errors
    /// When it has another type.
    pub fn optional<T: Wire>(
        &mut self,
        key: &'static str,
        into: &mut Option<T>,
    ) -> Result<(), A::Error> {
        let before = self.mismatches.len();
        let seed = Null(Seed::<T, C>::new(&mut *into, self.mismatches));
        let read = self.map.next_value_seed(seed);
        if self.mismatches.inside(|| key, before, read)?.is_none() {
            *into = None;
            self.extra.insert(key.to_owned(), Value::Null);
        }
        Ok(())
    }

    /// Decodes a field whose form is not verified. A value of another form is kept like an unknown field.
    ///
    /// # Errors
    /// When the source fails.
    pub fn unverified<T: Wire>(
        &mut self,
        key: &'static str,
        into: &mut Option<T>,
    ) -> Result<(), A::Error> {
        if self.mismatches.is_strict() {
            return self.optional(key, into);
        }
        let json: C = self.map.next_value()?;
        *into = match json.is_null() {
            true => None,
            false => self
                .mismatches
                .recover(|mismatches| {
                    json.decode(mismatches).map_err(|mut fault| {
                        fault.prepend(key);
                        fault
                    })
                })
                .ok(),
        };
        if into.is_none() {
            self.extra.insert(key.to_owned(), json.value()?);
        }
        Ok(())
    }

    /// Decodes a required field whose content may be wrapped in an object with one key.
    ///
    /// # Errors
    /// When it has another type.
    pub fn unwrapped<T: Wire>(
        &mut self,
        key: &'static str,
        into: &mut Option<T>,
        wrapper: &'static str,
    ) -> Result<(), A::Error> {
        let json: C = self.map.next_value()?;
        let inner = json.only(wrapper);
        let place = || match &inner {
            Some(_) => format!("{key}.{wrapper}"),
            None => key.to_owned(),
        };
        let json = inner.as_ref().unwrap_or(&json);
        let read = self.mismatches.within(place, |mismatches| {
            json.decode(mismatches)
                .map_err(|fault| mismatches.stop(fault))
        });
        *into = Some(read?);
        Ok(())
    }

    /// Makes the error for a missing required field.
    #[cold]
    pub fn missing(&mut self, key: &'static str) -> A::Error {
        let error = self.mismatches.fail("a value", "nothing");
        self.mismatches.prepend(self.mismatches.len(), key);
        error
    }

    /// Decodes the content of an alternative, or keeps it if the key alone does not identify it.
    ///
    /// # Errors
    /// When it has another form, or only a second pass can choose among several.
    pub fn alternative<K: Choice>(
        &mut self,
        index: usize,
        chosen: &mut Option<K>,
    ) -> Result<(), A::Error> {
        if !(K::BY_KEY && self.mismatches.is_strict()) {
            let json = self.map.next_value()?;
            self.offered.push((index, json));
            return Ok(());
        }
        let key = K::KEYS.get(index).copied().unwrap_or_default();
        let is_repeated = self.chosen == Some(index) || self.extra.contains_key(key);
        let had_another = self.chosen.is_some();
        let seed = Alternative::<K, C>(index, chosen, self.mismatches, PhantomData);
        match self.map.next_value_seed(Null(seed))? {
            _ if is_repeated => Err(self.ambiguous()),
            Some(()) if had_another => Err(self.ambiguous()),
            Some(()) => {
                self.chosen = Some(index);
                Ok(())
            }
            None => {
                self.extra.insert(key.to_owned(), Value::Null);
                Ok(())
            }
        }
    }

    /// Stops the first pass.
    #[cold]
    fn ambiguous(&mut self) -> A::Error {
        self.mismatches.fail("one alternative", "several")
    }

    /// Returns the alternative of the object. An undocumented one is `Unknown`, with the reason.
    ///
    /// # Errors
    /// When skipped JSON is invalid, or a second pass is needed.
    pub fn choose<K: Choice>(&mut self) -> Result<K, A::Error> {
        let is_null = |key: &&str| self.extra.contains_key(*key);
        if K::BY_KEY && self.mismatches.is_strict() && K::KEYS.iter().any(is_null) {
            return Err(self.ambiguous());
        }
        let mut offered = Offered::new(std::mem::take(&mut self.offered));
        let chosen = self
            .mismatches
            .recover(|mismatches| K::read(&mut offered, mismatches));
        self.keep::<K>(offered.rest())?;
        Ok(match chosen {
            Ok(Some(chosen)) => chosen,
            Ok(None) => K::unknown(UnknownObject::new(self.extra(), None)),
            Err(reason) => K::unknown(UnknownObject::new(self.extra(), Some(reason))),
        })
    }

    /// Returns the alternative of an object without other members; with any, the whole object is `Unknown`.
    pub(super) fn only<K: Choice>(mut self, chosen: Option<K>) -> Result<K, A::Error> {
        let whole = (self.offered.clone(), self.extra.clone());
        let chosen = match chosen {
            Some(chosen) => chosen,
            None => self.choose::<K>()?,
        };
        if chosen.is_unknown() || self.extra.is_empty() {
            return Ok(chosen);
        }
        if K::BY_KEY && self.mismatches.is_strict() {
            return Err(self.ambiguous());
        }
        self.extra = whole.1;
        self.keep::<K>(whole.0)?;
        Ok(K::unknown(self.extra().into()))
    }

    fn keep<K: Choice>(&mut self, offered: Vec<(usize, C)>) -> Result<(), A::Error> {
        for (index, json) in offered {
            let key = K::KEYS.get(index).copied().unwrap_or_default();
            self.extra.insert(key.to_owned(), json.value()?);
        }
        Ok(())
    }

    /// Returns the remaining members.
    pub fn extra(&mut self) -> JsonObject {
        JsonObject::from(std::mem::take(&mut self.extra))
    }
}

/// Decodes the content of the alternative with this index.
struct Alternative<'t, K, C>(usize, &'t mut Option<K>, &'t mut Mismatches, PhantomData<C>);

impl<'de, K: Choice, C: Capture<'de>> DeserializeSeed<'de> for Alternative<'_, K, C> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        K::stream::<C, D>(self.0, json, self.1, self.2)
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
        Ok(self.find(key).unwrap_or_else(|| Key::Other(key.to_owned())))
    }

    fn visit_string<E: de::Error>(self, key: String) -> Result<Key, E> {
        Ok(self.find(&key).unwrap_or(Key::Other(key)))
    }
}

/// The members of a JSON object, while it is encoded.
#[derive(Debug)]
pub struct Writer<M: SerializeMap> {
    map: M,
    /// The error of the target, after which nothing more is written.
    failed: Option<M::Error>,
    /// The keys so far, if something could repeat one of them.
    written: Option<Vec<&'static str>>,
}

impl<M: SerializeMap> Writer<M> {
    fn new(map: M, has_rest: bool) -> Self {
        Self {
            map,
            failed: None,
            written: has_rest.then(Vec::new),
        }
    }

    fn end(self) -> Result<M::Ok, M::Error> {
        match self.failed {
            Some(error) => Err(error),
            None => self.map.end(),
        }
    }

    /// Adds a member.
    pub fn required<T: Wire>(&mut self, key: &'static str, value: &T) {
        self.note(key);
        self.add(key, &Out(value));
    }

    /// Adds a member if it has a value.
    pub fn optional<T: Wire>(&mut self, key: &'static str, value: &Option<T>) {
        if let Some(value) = value {
            self.required(key, value);
        }
    }

    /// Adds a member with a fixed string.
    pub fn text(&mut self, key: &'static str, text: &str) {
        self.note(key);
        self.add(key, text);
    }

    /// Adds undocumented members; fields with the same key take precedence.
    pub fn rest(&mut self, rest: &JsonObject) {
        for (key, value) in rest.iter() {
            let written = self.written.as_deref().unwrap_or_default();
            if !written.contains(&key.as_str()) {
                self.add(key, value);
            }
        }
    }

    fn add<V: Serialize + ?Sized>(&mut self, key: &str, value: &V) {
        if self.failed.is_none()
            && let Err(error) = self.map.serialize_entry(key, value)
        {
            self.failed = Some(error);
        }
    }

    fn note(&mut self, key: &'static str) {
        if let Some(written) = &mut self.written {
            written.push(key);
        }
    }
}
