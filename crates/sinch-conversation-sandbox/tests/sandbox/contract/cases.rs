//! Requests made from the contract: a valid one for each operation, and some with one mistake.

use std::collections::HashSet;
use std::fmt;

use serde_json::{Map, Value, json};

/// A body with one mistake.
pub(super) struct Case {
    pub(super) body: Value,
    pub(super) field: String,
    pub(super) what: &'static str,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}: {}", self.what, self.field, self.body)
    }
}

/// The contract as it is in the repository.
pub(super) struct Contract(Value);

/// One form of an object: its properties, and the required ones.
#[derive(Default, Clone)]
struct Shape {
    properties: Map<String, Value>,
    required: Vec<String>,
    /// If properties exclude each other, the one of this form, and the others.
    chosen: Option<(String, Vec<String>)>,
    /// The schema of additional properties.
    further: Option<Value>,
}

/// The mistakes found so far, and the definitions that were visited.
#[derive(Default)]
struct Found {
    cases: Vec<Case>,
    definitions: HashSet<String>,
}

type Embed<'a> = &'a dyn Fn(Value) -> Value;

impl Contract {
    pub(super) fn read() -> Self {
        let text = include_str!("../../../src/generated/contract.json");
        Self(serde_json::from_str(text).unwrap())
    }

    pub(super) fn operation(&self, id: &str) -> &Value {
        &self.0["operations"][id]
    }

    pub(super) fn operations(&self) -> Vec<&str> {
        let operations = self.0["operations"].as_object().unwrap();
        operations.keys().map(String::as_str).collect()
    }

    /// Resolves a reference, or returns the schema itself.
    pub(super) fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let reference = schema["$ref"].as_str();
        reference.map_or(schema, |reference| {
            self.0
                .pointer(reference.strip_prefix('#').unwrap())
                .unwrap()
        })
    }

    /// Returns all forms of the object that a schema describes.
    fn shapes(&self, schema: &Value) -> Vec<Shape> {
        let mut shapes = match schema.get("$ref") {
            Some(_) => self.shapes(self.resolve(schema)),
            None => vec![Shape::default()],
        };
        if let Some(choices) = schema["oneOf"].as_array() {
            let keys: Vec<String> = choices
                .iter()
                .map(|choice| choice["required"][0].as_str().unwrap().to_owned())
                .collect();
            let each = keys.iter().flat_map(|key| {
                let others: Vec<_> = keys.iter().filter(|other| *other != key).cloned().collect();
                let whole = &schema["dependentSchemas"][key];
                let wholes = match whole.is_null() {
                    true => vec![Shape::default()],
                    false => self.shapes(whole),
                };
                wholes.into_iter().map(move |whole| Shape {
                    chosen: Some((key.clone(), others.clone())),
                    ..whole
                })
            });
            shapes = each.collect();
        }
        if let Some(cases) = schema["allOf"].as_array() {
            let each = cases.iter().flat_map(|case| {
                let (tag, word) = case["if"]["properties"]
                    .as_object()
                    .unwrap()
                    .iter()
                    .next()
                    .unwrap();
                let fixed = word.clone();
                self.shapes(&case["then"])
                    .into_iter()
                    .map(move |mut shape| {
                        let mut schema = fixed.clone();
                        schema["type"] = json!("string");
                        shape.properties.insert(tag.clone(), schema);
                        shape
                    })
            });
            shapes = each.collect();
        }
        for shape in &mut shapes {
            for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                let known = shape.properties.entry(name.clone());
                known.or_insert_with(|| property.clone());
            }
            let required = schema["required"].as_array().into_iter().flatten();
            let required = required.map(|name| name.as_str().unwrap().to_owned());
            shape.required.extend(required);
            shape.required.sort();
            shape.required.dedup();
            shape.further = shape
                .further
                .take()
                .or(schema.get("additionalProperties").cloned());
        }
        shapes
    }

    /// Returns the smallest valid value, which the operation can use.
    pub(super) fn smallest(&self, name: &str, schema: &Value) -> Value {
        let target = self.resolve(schema);
        if let Some(only) = target.get("const").or(target["enum"].get(0)) {
            return only.clone();
        }
        match target["type"].as_str() {
            Some("string") => json!(text(name, target)),
            Some("integer" | "number") => json!(target["minimum"].as_i64().unwrap_or(1).max(1)),
            Some("boolean") => json!(true),
            Some("array") => {
                let least = target["minItems"].as_u64().unwrap_or(1) as usize;
                vec![self.smallest(name, &target["items"]); least].into()
            }
            _ => {
                let shape = self.shapes(schema).swap_remove(0);
                self.smallest_of(&shape)
            }
        }
    }

    fn smallest_of(&self, shape: &Shape) -> Value {
        let chosen = shape.chosen.iter().map(|(key, _)| key);
        // The document does not require a kind, but an event without one is invalid.
        let event = shape.properties.keys().filter(|name| *name == "app_event");
        let names = shape.required.iter().chain(chosen).chain(event);
        let member = |name: &String| (name.clone(), self.smallest(name, &shape.properties[name]));
        Value::Object(names.map(member).collect())
    }

    /// Returns all mistakes that can be made below a path of a body.
    pub(super) fn wrong(&self, schema: &Value, path: &str, embed: Embed<'_>) -> Vec<Case> {
        let mut found = Found::default();
        self.collect(schema, path, embed, &mut found);
        found.cases
    }

    fn collect(&self, schema: &Value, path: &str, embed: Embed<'_>, found: &mut Found) {
        let target = self.resolve(schema);
        let mut add = |what: &'static str, field: &str, value: Value| {
            let (body, field) = (embed(value), field.to_owned());
            found.cases.push(Case { body, field, what });
        };
        match target["type"].as_str() {
            Some("string") => add("a number for", path, json!(7)),
            Some(_) => add("a text for", path, json!("text")),
            None => {}
        }
        if target.get("enum").is_some() || target.get("const").is_some() {
            add("a foreign word for", path, json!("NO_SUCH_WORD"));
        }
        if target["format"] == "date-time" {
            add("no time for", path, json!("yesterday"));
        }
        if let Some(least) = target["minimum"].as_i64() {
            add("too little for", path, json!(least - 1));
        }
        if let Some(most) = target["maximum"].as_i64() {
            add("too much for", path, json!(most + 1));
        }
        if let Some(most) = target["maxLength"].as_u64() {
            let long = "é".repeat(most as usize + 1);
            add("too long a text for", path, json!(long));
        }
        // The same definition in another place can have the same mistakes.
        if let Some(name) = schema["$ref"].as_str()
            && !found.definitions.insert(name.to_owned())
        {
            return;
        }
        if target["type"] == "array" {
            let item = self.smallest(path, &target["items"]);
            // Where the documents state no limit, the sandbox has one.
            let most = target["maxItems"].as_u64().unwrap_or(1000);
            let many = vec![item; most as usize + 1];
            add("too many items in", path, many.into());
            if target["minItems"].as_u64().is_some_and(|least| least > 0) {
                add("too few items in", path, json!([]));
            }
            let inside = |value: Value| {
                let mut list = self.smallest(path, target);
                list[0] = value;
                embed(list)
            };
            self.collect(&target["items"], &format!("{path}[0]"), &inside, found);
        } else if target["type"] == "object" || target.get("$ref").is_some() {
            for shape in self.shapes(schema) {
                self.collect_object(&shape, path, embed, found);
            }
        }
    }

    fn collect_object(&self, shape: &Shape, path: &str, embed: Embed<'_>, found: &mut Found) {
        let whole = self.smallest_of(shape);
        let below = |name: &str| match path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        let with = |name: &str, value: Value| {
            let mut object = whole.clone();
            object[name] = value;
            embed(object)
        };
        let without = |name: &str| {
            let mut object = whole.clone();
            object.as_object_mut().unwrap().remove(name);
            embed(object)
        };
        let mut add = |what, field, body| found.cases.push(Case { body, field, what });
        for name in &shape.required {
            add("a missing", below(name), without(name));
        }
        if let Some((key, others)) = &shape.chosen {
            add("no alternative in", path.to_owned(), without(key));
            let other = others
                .iter()
                .find_map(|other| shape.properties.get_key_value(other));
            if let Some((other, schema)) = other {
                add(
                    "two alternatives in",
                    path.to_owned(),
                    with(other, self.smallest(other, schema)),
                );
            }
        }
        // If an object has several forms, only the properties of this one.
        let chosen = shape.chosen.as_ref();
        let foreign = |name: &String| chosen.is_some_and(|(_, others)| others.contains(name));
        for (name, property) in shape.properties.iter().filter(|(name, _)| !foreign(name)) {
            self.collect(property, &below(name), &|value| with(name, value), found);
        }
        if let Some(further) = &shape.further {
            self.collect(further, &below("key"), &|value| with("key", value), found);
        }
    }
}

/// Returns a string that is valid in its place.
fn text(name: &str, schema: &Value) -> &'static str {
    match name {
        _ if schema["format"] == "date-time" => "2026-01-02T03:04:05Z",
        "target" | "endpoint" | "url" | "callback_url" => "https://example.com/x",
        "language_code" | "default_translation" => "en-US",
        name if name.ends_with("_id") || name.ends_with("_ids") => super::ID,
        _ => "1",
    }
}
