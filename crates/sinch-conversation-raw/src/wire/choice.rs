use std::borrow::Cow;

use serde::{
    Deserializer,
    de::{self, MapAccess},
    ser::SerializeMap,
};
use serde_json::Value;

use super::{
    Capture, DecodeError, Members, Mismatches, Object, UnknownObject, Wire, Writer,
    capture::kind_of, object,
};

/// The alternatives of an object, one variant each, and `Unknown` for undocumented ones.
pub trait Choice: Sized {
    /// The keys that identify the alternatives.
    const KEYS: &'static [&'static str];

    /// Whether each key belongs to one alternative, so that its content can be streamed.
    const BY_KEY: bool;

    /// Reads the content of the alternative with this key.
    ///
    /// # Errors
    /// When it has another form, or the source fails.
    fn stream<'de, C: Capture<'de>, D: Deserializer<'de>>(
        _index: usize,
        _json: D,
        _into: &mut Option<Self>,
        mismatches: &mut Mismatches,
    ) -> Result<(), D::Error> {
        Err(mismatches.fail("the content of a key", "a selector"))
    }

    /// Returns the alternative; `None` if it is not documented.
    ///
    /// # Errors
    /// When the alternative is documented, but its content has another form.
    fn read<'de, C: Capture<'de>>(
        offered: &mut Offered<C>,
        mismatches: &mut Mismatches,
    ) -> Result<Option<Self>, DecodeError>;

    /// Writes the keys of the alternative.
    fn write_members<M: SerializeMap>(&self, members: &mut Writer<M>);

    /// Returns the variant that keeps JSON as it is.
    fn unknown(json: UnknownObject) -> Self;

    /// Returns whether it is that variant.
    fn is_unknown(&self) -> bool;
}

/// The values of the keys that identify alternatives, each with the index of its key.
#[derive(Debug)]
pub struct Offered<C>(Vec<(usize, C)>);

impl<'de, C: Capture<'de>> Offered<C> {
    pub(super) fn new(mut offered: Vec<(usize, C)>) -> Self {
        offered.sort_by_key(|(index, _)| *index);
        Self(offered)
    }

    /// Returns the index of the first key that has a value, or else of the first one that is `null`.
    pub fn first(&self) -> Option<usize> {
        let place = |null: bool| self.0.iter().find(|(_, json)| json.is_null() == null);
        place(false)
            .or_else(|| place(true))
            .map(|(index, _)| *index)
    }

    /// Returns the string value of a key.
    pub fn text(&self, index: usize) -> Option<String> {
        self.get(index)?.text().map(Cow::into_owned)
    }

    /// Decodes the value of a key, and removes it if that succeeds.
    ///
    /// # Errors
    /// When it is absent, or has another form.
    pub fn decode<T: Wire>(
        &mut self,
        index: usize,
        key: &'static str,
        mismatches: &mut Mismatches,
    ) -> Result<T, DecodeError> {
        let read = mismatches.within(
            || key,
            |mismatches| match self.get(index) {
                Some(json) => json.decode(mismatches),
                None => Err(DecodeError::missing()),
            },
        );
        match read {
            Ok(read) => {
                self.remove(index);
                Ok(read)
            }
            Err(mut fault) => {
                fault.prepend(key);
                Err(fault)
            }
        }
    }

    fn get(&self, index: usize) -> Option<&C> {
        let found = self.0.iter().rev().find(|(at, _)| *at == index);
        found.map(|(_, json)| json)
    }

    /// Removes a key whose content is kept elsewhere.
    pub fn remove(&mut self, index: usize) {
        self.0.retain(|(at, _)| *at != index);
    }

    pub(super) fn rest(self) -> Vec<(usize, C)> {
        self.0
    }
}

/// Alternatives without an object around them.
struct Alone<K>(K);

impl<K: Choice> Object for Alone<K> {
    const KEYS: &'static [&'static str] = &[];
    const CHOICES: &'static [&'static str] = K::KEYS;

    fn read_members<'de, C: Capture<'de>, A: MapAccess<'de>>(
        mut members: Members<'_, C, A>,
        into: &mut Option<Self>,
    ) -> Result<(), A::Error> {
        let mut chosen = None;
        while let Some(index) = members.next_field::<Self>()? {
            members.alternative::<K>(index, &mut chosen)?;
        }
        *into = Some(Self(members.only(chosen)?));
        Ok(())
    }

    fn write_members<M: SerializeMap>(&self, members: &mut Writer<M>) {
        self.0.write_members(members);
    }

    fn has_rest(&self) -> bool {
        false
    }
}

/// Reads alternatives without an object around them.
pub(crate) fn read_alone<'de, K: Choice, C: Capture<'de>, D: Deserializer<'de>>(
    json: D,
    into: &mut Option<K>,
    mismatches: &mut Mismatches,
) -> Result<(), D::Error> {
    let mut alone = None;
    object::read::<Alone<K>, C, D>(json, &mut alone, mismatches)?;
    *into = alone.map(|Alone(read)| read);
    Ok(())
}

/// Keeps the JSON of an object that is none of its alternatives, or not as documented.
pub(crate) fn unknown<'de, C: Capture<'de>, E: de::Error>(
    json: &C,
    reason: Option<DecodeError>,
    mismatches: &mut Mismatches,
) -> Result<UnknownObject, E> {
    match json.value()? {
        Value::Object(map) => Ok(UnknownObject::new(map.into(), reason)),
        other => Err(mismatches.fail("an object", kind_of(&other))),
    }
}
