//! Generates JSON documents for a published schema, with the places in them where something unknown may appear.

use std::{collections::HashMap, sync::OnceLock};

use serde_json::{Map, Value, json};

use crate::published::{Schema, resolve, schemas};

/// How much of a schema a document contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What is required, and the key that identifies an alternative.
    Minimal,
    /// Every property.
    Full,
}

/// The kind of unknown content that a place allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExtensionPoint {
    /// An object with named fields allows another field.
    Object,
    /// An enum allows another string.
    Enum,
    /// The key of an alternative can be replaced by another key.
    Key(String),
}

/// A credential in the samples; it must never be shown.
pub const SECRET: &str = "hunter2-do-not-show";

/// A JSON document, and its places as JSON pointers.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The document.
    pub json: Value,
    /// The places where something unknown may appear.
    pub places: Vec<(String, ExtensionPoint)>,
}

/// Generates a document for a named schema. `seed` selects the same alternatives and enum values everywhere in a
/// document.
pub fn sample(named: &Schema, extent: Extent, seed: usize) -> Sample {
    let maker = Maker {
        document: named.document,
        extent,
        seed,
    };
    let mut places = Vec::new();
    let mut json = maker.value(named.schema, "", &mut places);
    if extent == Extent::Minimal
        && let Some(members) = json.as_object_mut()
    {
        let mut known_by = Object::default();
        maker.members(
            named.schema,
            marks(named.name),
            "",
            &mut known_by,
            &mut places,
        );
        members.extend(known_by.members);
    }
    Sample { json, places }
}

#[derive(Clone, Copy)]
struct Maker {
    document: &'static str,
    extent: Extent,
    seed: usize,
}

type Places = Vec<(String, ExtensionPoint)>;

impl Maker {
    fn value(self, schema: &'static Value, at: &str, places: &mut Places) -> Value {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let (document, _, target) = resolve(self.document, reference);
            return Self { document, ..self }.value(target, at, places);
        }
        if let Some(part) = plain_part(self.document, schema) {
            return self.value(part, at, places);
        }
        if is_object(schema) {
            let mut object = Object::default();
            self.members(schema, &[], at, &mut object, places);
            if object.named {
                places.push((at.to_owned(), ExtensionPoint::Object));
            } else if object.members.is_empty() {
                return json!({"free": {"form": [1, null, "x"]}});
            }
            return Value::Object(object.members);
        }
        self.scalar(schema, at, places)
    }

    fn scalar(self, schema: &'static Value, at: &str, places: &mut Places) -> Value {
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            places.push((at.to_owned(), ExtensionPoint::Enum));
            return values[self.seed % values.len()].clone();
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds[0].clone(),
            kind => kind.clone(),
        };
        match (kind.as_str(), schema["format"].as_str()) {
            (Some("string"), Some("date-time")) => json!("2022-02-07T20:01:09.892757478Z"),
            (Some("string"), Some("password")) => json!(SECRET),
            (Some("string"), _) => json!("text"),
            (Some("boolean"), _) => json!(true),
            (Some("integer"), _) => json!(7),
            (Some("number"), _) => json!(1.5),
            (Some("array"), _) => {
                let item = self.value(&schema["items"], &format!("{at}/0"), places);
                json!([item])
            }
            _ => json!({"any": "thing"}),
        }
    }

    /// Adds the members of an object; `also` names further required ones.
    fn members(
        self,
        schema: &'static Value,
        also: &[String],
        at: &str,
        object: &mut Object,
        places: &mut Places,
    ) {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let (document, _, target) = resolve(self.document, reference);
            return Self { document, ..self }.members(target, also, at, object, places);
        }
        let mut required: Vec<String> = also.to_vec();
        required.extend(texts(&schema["required"]));
        required.extend(
            list(&schema["allOf"])
                .iter()
                .flat_map(|part| texts(&part["required"])),
        );
        for part in list(&schema["allOf"]) {
            self.members(part, &required, at, object, places);
        }
        let alternatives = list(&schema["oneOf"]);
        if let Some(chosen) = alternatives.get(self.seed % alternatives.len().max(1)) {
            let own = self.own_keys(chosen, alternatives);
            let before = places.len();
            self.members(chosen, &own, at, object, places);
            // The content of a channel-specific message is selected by its sibling message_type, not by its own key.
            let by_key = own.len() == 1 && !self.is_tagged(schema) && !at.ends_with("/message");
            if by_key {
                places.insert(before, (at.to_owned(), ExtensionPoint::Key(own[0].clone())));
            }
        }
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            object.named = true;
            for (name, property) in properties {
                if self.extent == Extent::Full || required.contains(name) {
                    let at = format!("{at}/{name}");
                    places
                        .retain(|(place, _)| *place != at && !place.starts_with(&format!("{at}/")));
                    let value = self.value(self.corrected(property), &at, places);
                    object.members.insert(name.clone(), value);
                }
            }
        }
        if let Some(values) = schema
            .get("additionalProperties")
            .filter(|it| it.is_object())
        {
            let value = self.value(values, &format!("{at}/some key"), places);
            object.members.insert("some key".to_owned(), value);
        }
    }

    /// Applies the overlay that removes the object around the event of a send.
    fn corrected(self, property: &'static Value) -> &'static Value {
        match property["$ref"].as_str() {
            Some(reference) if reference.ends_with("/AppEventField") => {
                let (_, _, around) = resolve(self.document, reference);
                &around["properties"]["app_event"]
            }
            _ => property,
        }
    }

    /// Returns the properties that only this alternative has.
    fn own_keys(self, chosen: &'static Value, alternatives: &'static [Value]) -> Vec<String> {
        let others: Vec<Vec<String>> = alternatives
            .iter()
            .filter(|other| *other != chosen)
            .map(|other| self.keys(other))
            .collect();
        let mut own = self.keys(chosen);
        own.retain(|key| !others.iter().any(|keys| keys.contains(key)));
        own
    }

    fn keys(self, schema: &'static Value) -> Vec<String> {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let (document, _, target) = resolve(self.document, reference);
            return Self { document, ..self }.keys(target);
        }
        let own = schema.get("properties").and_then(Value::as_object);
        let mut keys: Vec<String> = own
            .into_iter()
            .flatten()
            .map(|(key, _)| key.clone())
            .collect();
        keys.extend(
            list(&schema["allOf"])
                .iter()
                .flat_map(|part| self.keys(part)),
        );
        keys
    }

    /// Returns whether alternatives are identified by a value and not by a key.
    fn is_tagged(self, schema: &'static Value) -> bool {
        let alternatives = list(&schema["oneOf"]);
        alternatives
            .iter()
            .all(|it| self.keys(it).iter().any(|key| key == "type"))
            || alternatives.len() == 1
    }
}

#[derive(Default)]
struct Object {
    members: Map<String, Value>,
    named: bool,
}

/// Returns the keys that identify a schema among alternatives.
fn marks(name: &str) -> &'static [String] {
    static MARKS: OnceLock<HashMap<&'static str, Vec<String>>> = OnceLock::new();
    let marks = MARKS.get_or_init(|| {
        // An overlay adds this one to the callbacks.
        let added = (
            "BatchStatusUpdateEvent",
            vec!["batch_status_update_notification".to_owned()],
        );
        let mut marks: HashMap<&'static str, Vec<String>> = HashMap::from([added]);
        for schema in schemas() {
            let maker = Maker {
                document: schema.document,
                extent: Extent::Minimal,
                seed: 0,
            };
            for union in unions(schema.schema)
                .into_iter()
                .filter(|union| !maker.is_tagged(union))
            {
                let alternatives = list(&union["oneOf"]);
                for chosen in alternatives {
                    if let Some(reference) = chosen["$ref"].as_str() {
                        let (_, name, _) = resolve(schema.document, reference);
                        marks
                            .entry(name)
                            .or_default()
                            .extend(maker.own_keys(chosen, alternatives));
                    }
                }
            }
        }
        marks
    });
    marks.get(name).map(Vec::as_slice).unwrap_or_default()
}

/// Returns the schemas with alternatives in a schema, itself included.
fn unions(schema: &'static Value) -> Vec<&'static Value> {
    let inside: Vec<&'static Value> = match schema {
        Value::Object(members) => members.values().flat_map(unions).collect(),
        Value::Array(items) => items.iter().flat_map(unions).collect(),
        _ => Vec::new(),
    };
    let own = schema.get("oneOf").map(|_| schema);
    own.into_iter().chain(inside).collect()
}

fn is_object(schema: &Value) -> bool {
    let says_object = match &schema["type"] {
        Value::Array(kinds) => kinds.contains(&json!("object")),
        kind => kind == "object",
    };
    says_object
        || ["properties", "allOf", "oneOf"]
            .iter()
            .any(|key| schema.get(key).is_some())
}

/// Returns the part with the type, if `allOf` surrounds an enum, a number or a string.
fn plain_part(document: &'static str, schema: &'static Value) -> Option<&'static Value> {
    list(&schema["allOf"]).iter().find(|part| {
        part["$ref"].as_str().is_some_and(|reference| {
            let (_, _, target) = resolve(document, reference);
            !is_object(target)
        })
    })
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn texts(value: &Value) -> Vec<String> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}
