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

    /// The keys that tell its alternatives apart; none if it has no alternatives.
    const CHOICES: &'static [&'static str];

    /// Takes the fields it knows, and the rest into its `extra`.
    ///
    /// # Errors
    /// A required field is missing, a field has another type, or the source fails.
    fn read_members<'de, C: Capture<'de>, A: MapAccess<'de>>(
        members: Members<'_, C, A>,
        into: &mut Option<Self>,
    ) -> Result<(), A::Error>;

    /// Writes its fields and the rest.
    fn write_members<M: SerializeMap>(&self, members: &mut Writer<M>);

    /// Whether it holds JSON that could have a key of one of its fields.
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

/// Takes a look at what the JSON is, for the error: `serde` does not tell the kind that it found.
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

/// Writes alternatives that have no object around them.
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

/// The members of a JSON object that is being read.
#[derive(Debug)]
pub struct Members<'t, C, A> {
    map: A,
    mismatches: &'t mut Mismatches,
    /// Where the next key is looked for first: keys mostly come in one order.
    after: usize,
    /// The number of the alternative that was read as it came.
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

    /// The number of the next key that is a field of `T`, or one of its alternatives, which are counted after the
    /// fields; what lies between is kept for later.
    ///
    /// # Errors
    /// The source fails.
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

    /// Reads the value of a field that has to be there.
    ///
    /// # Errors
    /// It is of another type.
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

    /// Reads the value of a field that may be absent. A `null` counts as absent and is kept, to be written again.
    ///
    /// # Errors
    /// It is of another type.
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

    /// Reads the value of a field whose form no published document backs. One of another form is kept as an unknown
    /// field is.
    ///
    /// # Errors
    /// The source fails.
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

    /// Reads the value of a field that has to be there, and whose content may come in an object of one key.
    ///
    /// # Errors
    /// It is of another type.
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

    /// The error for a field that has to be there and was not.
    #[cold]
    pub fn missing(&mut self, key: &'static str) -> A::Error {
        let error = self.mismatches.fail("a value", "nothing");
        self.mismatches.prepend(self.mismatches.len(), key);
        error
    }

    /// Reads the value of a key of an alternative, or keeps it where it takes more than the key to know what it is.
    ///
    /// # Errors
    /// It is of another form, or it takes a second reading to choose among several.
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

    /// Stops the first reading.
    #[cold]
    fn ambiguous(&mut self) -> A::Error {
        self.mismatches.fail("one alternative", "several")
    }

    /// The alternative of the object. One that is not as documented is the unknown one, with the reason.
    ///
    /// # Errors
    /// What was skipped as JSON is none, or it takes a second reading.
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

    /// The alternative of an object that has nothing else; with anything next to it, it is kept whole.
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

    /// What is left.
    pub fn extra(&mut self) -> JsonObject {
        JsonObject::from(std::mem::take(&mut self.extra))
    }
}

/// Reads the content of the alternative of that number.
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

/// The members of a JSON object that is being written.
#[derive(Debug)]
pub struct Writer<M: SerializeMap> {
    map: M,
    /// Why the target failed; nothing is written to it any more.
    failed: Option<M::Error>,
    /// The keys so far, where something could repeat one of them.
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

    /// Adds a member if there is a value for it.
    pub fn optional<T: Wire>(&mut self, key: &'static str, value: &Option<T>) {
        if let Some(value) = value {
            self.required(key, value);
        }
    }

    /// Adds a member with a fixed text.
    pub fn text(&mut self, key: &'static str, text: &str) {
        self.note(key);
        self.add(key, text);
    }

    /// Adds members that no field has; a field that has been written wins.
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
