use std::{collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    Deserializer, Serializer,
    de::{self, DeserializeSeed, MapAccess, SeqAccess},
};

use super::{Capture, Mismatches, Out, Seed, Wire, object::expect};

struct List<'t, T, C>(&'t mut Mismatches, PhantomData<(T, C)>);

impl<'de, T: Wire, C: Capture<'de>> DeserializeSeed<'de> for List<'_, T, C> {
    type Value = Vec<T>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Vec<T>, D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de, T: Wire, C: Capture<'de>> de::Visitor<'de> for List<'_, T, C> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut items = Vec::new();
        loop {
            let mut item = None;
            self.0.within(
                || format!("[{}]", items.len()),
                |mismatches| list.next_element_seed(Seed::<T, C>::new(&mut item, mismatches)),
            )?;
            match item {
                Some(item) => items.push(item),
                None => return Ok(items),
            }
        }
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn read<'de, C: Capture<'de>, D: Deserializer<'de>>(
        json: D,
        into: &mut Option<Self>,
        mismatches: &mut Mismatches,
    ) -> Result<(), D::Error> {
        *into = Some(if mismatches.is_strict() {
            json.deserialize_seq(List::<T, C>(mismatches, PhantomData))?
        } else {
            let json: C = expect(json, "a list", mismatches)?;
            json.read(List::<T, C>(mismatches, PhantomData))?
        });
        Ok(())
    }

    fn write<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        json.collect_seq(self.iter().map(Out))
    }
}

struct Dictionary<'t, T, C>(&'t mut Mismatches, PhantomData<(T, C)>);

impl<'de, T: Wire, C: Capture<'de>> DeserializeSeed<'de> for Dictionary<'_, T, C> {
    type Value = BTreeMap<String, T>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de, T: Wire, C: Capture<'de>> de::Visitor<'de> for Dictionary<'_, T, C> {
    type Value = BTreeMap<String, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut items = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            let mut item = None;
            self.0.within(
                || &key,
                |mismatches| map.next_value_seed(Seed::<T, C>::new(&mut item, mismatches)),
            )?;
            items.extend(item.map(|item| (key, item)));
        }
        Ok(items)
    }
}

impl<T: Wire> Wire for BTreeMap<String, T> {
    fn read<'de, C: Capture<'de>, D: Deserializer<'de>>(
        json: D,
        into: &mut Option<Self>,
        mismatches: &mut Mismatches,
    ) -> Result<(), D::Error> {
        *into = Some(if mismatches.is_strict() {
            json.deserialize_map(Dictionary::<T, C>(mismatches, PhantomData))?
        } else {
            let json: C = expect(json, "an object", mismatches)?;
            json.read(Dictionary::<T, C>(mismatches, PhantomData))?
        });
        Ok(())
    }

    fn write<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        json.collect_map(self.iter().map(|(key, item)| (key, Out(item))))
    }
}
