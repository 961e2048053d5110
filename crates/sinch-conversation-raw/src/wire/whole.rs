//! Enums of whole objects, each identified by a key that only it has.

use std::{borrow::Cow, marker::PhantomData, vec};

use serde::{
    Deserializer,
    de::{self, DeserializeSeed, MapAccess, value::CowStrDeserializer},
};

use super::{Capture, JsonObject, Members, Mismatches, UnknownObject, capture::Text};

/// An enum of objects that are identified by their keys.
pub trait Whole: Sized {
    /// The keys that identify the alternatives.
    const KEYS: &'static [&'static str];

    /// Decodes the alternative with this key.
    ///
    /// # Errors
    /// When it has another form, or the source fails.
    fn read_members<'de, C: Capture<'de>, A: MapAccess<'de>>(
        index: usize,
        members: Members<'_, C, A>,
        into: &mut Option<Self>,
    ) -> Result<(), A::Error>;

    /// Returns the members that the alternative does not have as fields.
    fn rest(&self) -> &JsonObject;

    /// Returns the variant that keeps JSON as it is.
    fn unknown(json: UnknownObject) -> Self;
}

/// Streams from the key that identifies the alternative; only the members before it are kept until then.
pub(crate) fn read<'de, T: Whole, C: Capture<'de>, D: Deserializer<'de>>(
    json: D,
    into: &mut Option<T>,
    mismatches: &mut Mismatches,
) -> Result<(), D::Error> {
    json.deserialize_map(Visitor::<T, C>(mismatches, into, PhantomData))
}

struct Visitor<'t, T, C>(&'t mut Mismatches, &'t mut Option<T>, PhantomData<C>);

impl<'de, T: Whole, C: Capture<'de>> de::Visitor<'de> for Visitor<'_, T, C> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut ahead = Vec::with_capacity(8);
        while let Some(Text(key)) = map.next_key()? {
            if let Some(index) = T::KEYS.iter().position(|known| *known == key) {
                let map = Replay {
                    ahead: ahead.into_iter(),
                    key: Some(key),
                    value: None,
                    map,
                };
                T::read_members(index, Members::<C, _>::new(map, self.0), self.1)?;
                // A second pass chooses among several.
                let mut unknown = self.1.iter().flat_map(|read| read.rest().keys());
                return match unknown.any(|key| T::KEYS.contains(&key.as_str())) {
                    true => Err(self.0.fail("one alternative", "several")),
                    false => Ok(()),
                };
            }
            ahead.push((key, map.next_value::<C>()?));
        }
        let members = ahead.into_iter();
        let members = members.map(|(key, json)| Ok((key.into_owned(), json.value()?)));
        let rest = members.collect::<Result<JsonObject, A::Error>>()?;
        *self.1 = Some(T::unknown(rest.into()));
        Ok(())
    }
}

/// An object whose first members have been read already, up to the key of another one.
struct Replay<'de, C, A> {
    ahead: vec::IntoIter<(Cow<'de, str>, C)>,
    key: Option<Cow<'de, str>>,
    value: Option<C>,
    map: A,
}

impl<'de, C: Capture<'de>, A: MapAccess<'de>> MapAccess<'de> for Replay<'de, C, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        let key = match self.ahead.next() {
            Some((key, json)) => {
                self.value = Some(json);
                Some(key)
            }
            None => self.key.take(),
        };
        match key {
            Some(key) => seed.deserialize(CowStrDeserializer::new(key)).map(Some),
            None => self.map.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        match self.value.take() {
            Some(json) => json.read(seed),
            None => self.map.next_value_seed(seed),
        }
    }
}
