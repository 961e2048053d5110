use serde::{
    Deserializer,
    de::{self, MapAccess},
    ser::SerializeMap,
};
use serde_json::Value;

use super::{Capture, JsonObject, Members, Object, Trace, Writer, capture::kind_of, object};

/// The alternatives of an object, one variant each, and `Unknown` for what no document knows.
pub trait Choice: Sized {
    /// The keys that tell them apart.
    const KEYS: &'static [&'static str];

    /// The alternative that is there; `None` if none is known, with the reason in `trace` if its content is wrong.
    fn read<'de, C: Capture<'de>>(offered: &mut Offered<C>, trace: &mut Trace) -> Option<Self>;

    /// Writes the keys of the alternative.
    ///
    /// # Errors
    /// The target fails.
    fn write_members<M: SerializeMap>(&self, members: &mut Writer<M>) -> Result<(), M::Error>;

    /// The variant that keeps JSON as it is.
    fn unknown(json: JsonObject) -> Self;

    /// Whether it is that variant.
    fn is_unknown(&self) -> bool;
}

/// Values of the keys that tell alternatives apart, each with the number of its key.
#[derive(Debug)]
pub struct Offered<C>(Vec<(usize, C)>);

impl<'de, C: Capture<'de>> Offered<C> {
    pub(super) fn new(mut offered: Vec<(usize, C)>) -> Self {
        offered.sort_by_key(|(index, _)| *index);
        Self(offered)
    }

    /// The first key that has a value.
    pub fn first(&self) -> Option<(usize, C)> {
        self.0.iter().find(|(_, json)| !json.is_null()).cloned()
    }

    /// The value of a key, if it has one.
    pub fn get(&self, index: usize) -> Option<C> {
        let found = self.0.iter().rev().find(|(at, _)| *at == index);
        found.map(|(_, json)| json.clone()).filter(|json| !json.is_null())
    }

    /// Takes a key out, since it has been read.
    pub fn remove(&mut self, index: usize) {
        self.0.retain(|(at, _)| *at != index);
    }

    pub(super) fn rest(self) -> Vec<(usize, C)> {
        self.0
    }
}

/// Alternatives that stand without an object around them.
struct Alone<K>(K);

impl<K: Choice> Object for Alone<K> {
    const KEYS: &'static [&'static str] = &[];
    const CHOICES: &'static [&'static str] = K::KEYS;

    fn read_members<'de, C: Capture<'de>, A: MapAccess<'de>>(
        mut members: Members<'_, C, A>,
    ) -> Result<Self, A::Error> {
        members.next::<Self>()?;
        members.only().map(Self)
    }

    fn write_members<M: SerializeMap>(&self, members: &mut Writer<M>) -> Result<(), M::Error> {
        self.0.write_members(members)
    }

    fn has_rest(&self) -> bool {
        false
    }
}

/// Reads alternatives that have no object around them.
pub(crate) fn read_alone<'de, K: Choice, C: Capture<'de>, D: Deserializer<'de>>(
    json: D,
    trace: &mut Trace,
) -> Result<K, D::Error> {
    object::read::<Alone<K>, C, D>(json, trace).map(|alone| alone.0)
}

/// The JSON of an object that is none of its alternatives.
pub(crate) fn unknown<'de, C: Capture<'de>, E: de::Error>(
    json: &C,
    trace: &mut Trace,
) -> Result<JsonObject, E> {
    match json.value()? {
        Value::Object(map) => Ok(map.into()),
        other => Err(trace.mismatch("an object", kind_of(&other))),
    }
}
