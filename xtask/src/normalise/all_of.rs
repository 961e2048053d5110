//! Merges the parts of `allOf` into one object with all their properties.
//!
//! A part with alternatives (`oneOf`) stays separate: the object refers to it in `x-alternatives`. If two parts define
//! the same property, the later one takes precedence key by key, as the documents intend (a `type` narrowed to one
//! value).

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{
    PassError,
    walk::{self, Node, reference_to, referenced},
};
use crate::document::{MAX_VALUES, pointer, values_in};

/// The deepest nesting of parts.
const DEEPEST: usize = 32;

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, PassError> {
    let Some(schemas) = walk::components(document) else {
        return Ok(Vec::new());
    };
    let published = schemas.clone();
    let mut flat = Flat {
        known: &published,
        done: HashMap::new(),
        open: Vec::new(),
        values: 0,
    };
    let composed = published.iter().filter(|(_, schema)| is_composed(schema));
    let mut composed: HashMap<&str, Parts> = composed
        .map(|(name, _)| Ok((name.as_str(), flat.component(name)?)))
        .collect::<Result<_, PassError>>()?;
    let mut touched = Vec::new();
    for (name, schema) in schemas.iter_mut() {
        if let Some(parts) = composed.remove(name.as_str()) {
            touched.push(parts.summary(name));
            *schema = parts.into_schema(schema.get("description").cloned());
        }
    }
    Ok(touched)
}

fn is_composed(schema: &Value) -> bool {
    schema.get("allOf").is_some()
        || (schema.get("oneOf").is_some() && schema.get("properties").is_some())
}

fn is_union(schema: &Value) -> bool {
    schema.get("oneOf").is_some() && !is_composed(schema)
}

/// The merged parts of an object.
#[derive(Clone, Default)]
struct Parts {
    properties: Node,
    required: Vec<Value>,
    alternatives: Option<String>,
    inherited: Vec<String>,
}

impl Parts {
    fn summary(&self, name: &str) -> String {
        match &self.alternatives {
            Some(union) => format!("{name} = {} + one of {union}", self.inherited.join(" + ")),
            None => format!("{name} = {}", self.inherited.join(" + ")),
        }
    }

    fn into_schema(self, description: Option<Value>) -> Value {
        let mut schema = Node::new();
        schema.insert("type".to_owned(), json!("object"));
        if let Some(description) = description {
            schema.insert("description".to_owned(), description);
        }
        if !self.required.is_empty() {
            schema.insert("required".to_owned(), Value::Array(self.required));
        }
        schema.insert("properties".to_owned(), Value::Object(self.properties));
        if let Some(union) = self.alternatives {
            schema.insert("x-alternatives".to_owned(), reference_to(&union));
        }
        Value::Object(schema)
    }

    fn add_properties(&mut self, properties: &Node) {
        for (name, schema) in properties {
            match (self.properties.get_mut(name), schema) {
                (Some(Value::Object(known)), Value::Object(later)) => known.extend(later.clone()),
                _ => {
                    self.properties.insert(name.clone(), schema.clone());
                }
            }
        }
    }

    fn add_required(&mut self, required: &[Value]) {
        for name in required {
            if !self.required.contains(name) {
                self.required.push(name.clone());
            }
        }
    }

    fn add_alternatives(&mut self, union: &str, owner: &str) -> Result<(), PassError> {
        match self.alternatives.replace(union.to_owned()) {
            Some(first) if first != union => Err(PassError::new(
                pointer("/components/schemas", owner),
                format!("expected one set of alternatives, found {first} and {union}"),
                "merge them into one oneOf with an overlay",
            )),
            _ => Ok(()),
        }
    }

    fn add(&mut self, other: Self, owner: &str) -> Result<(), PassError> {
        self.add_properties(&other.properties);
        self.add_required(&other.required);
        match other.alternatives {
            Some(union) => self.add_alternatives(&union, owner),
            None => Ok(()),
        }
    }
}

/// Merges schemas, each named one once.
struct Flat<'a> {
    known: &'a Node,
    done: HashMap<&'a str, Parts>,
    /// The schemas that are being merged, outermost first.
    open: Vec<&'a str>,
    /// How many values were copied from other schemas.
    values: usize,
}

impl<'a> Flat<'a> {
    fn component(&mut self, name: &'a str) -> Result<Parts, PassError> {
        if let Some(parts) = self.done.get(name) {
            return Ok(parts.clone());
        }
        if self.open.contains(&name) || self.open.len() >= DEEPEST {
            return Err(PassError::new(
                pointer("/components/schemas", name),
                format!("expected at most {DEEPEST} levels of allOf"),
                "break the circle or chain of allOf with an overlay",
            ));
        }
        self.open.push(name);
        let parts = self.flatten(self.known.get(name).unwrap_or(&Value::Null), name)?;
        self.open.pop();
        self.done.insert(name, parts.clone());
        Ok(parts)
    }

    fn flatten(&mut self, schema: &'a Value, owner: &str) -> Result<Parts, PassError> {
        let mut parts = Parts::default();
        let inner = schema.get("allOf").and_then(Value::as_array);
        for part in inner.into_iter().flatten() {
            let Some(name) = referenced(part) else {
                parts.add(self.flatten(part, owner)?, owner)?;
                continue;
            };
            parts.inherited.push(name.to_owned());
            if self.known.get(name).is_some_and(is_union) {
                parts.add_alternatives(name, owner)?;
            } else {
                let part = self.component(name)?;
                self.spend(&part, owner)?;
                parts.add(part, owner)?;
            }
        }
        if let Some(Value::Object(properties)) = schema.get("properties") {
            parts.add_properties(properties);
        }
        if let Some(Value::Array(required)) = schema.get("required") {
            parts.add_required(required);
        }
        Ok(parts)
    }

    fn spend(&mut self, part: &Parts, owner: &str) -> Result<(), PassError> {
        self.values += part.properties.values().map(values_in).sum::<usize>();
        if self.values <= MAX_VALUES {
            return Ok(());
        }
        Err(PassError::new(
            pointer("/components/schemas", owner),
            format!("expected allOf to copy at most {MAX_VALUES} values in all"),
            "check that this is the intended document",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(schemas: Value) -> Result<Value, PassError> {
        let mut seen = json!({"components": {"schemas": schemas}});
        apply(&mut seen)?;
        Ok(seen
            .pointer("/components/schemas")
            .cloned()
            .unwrap_or_default())
    }

    #[test]
    fn joins_parts_and_keeps_alternatives_apart() {
        let schemas = run(json!({
            "Message": {"description": "m", "allOf": [
                {"$ref": "#/components/schemas/Types"},
                {"$ref": "#/components/schemas/Common"},
                {"required": ["id"]}
            ]},
            "Types": {"oneOf": [{"type": "object", "properties": {"text": {}}}]},
            "Common": {"type": "object", "properties": {"id": {"type": "string"}}}
        }))
        .expect("parts fit");
        assert_eq!(
            schemas.pointer("/Message"),
            Some(&json!({
                "type": "object", "description": "m", "required": ["id"],
                "properties": {"id": {"type": "string"}},
                "x-alternatives": {"$ref": "#/components/schemas/Types"}
            }))
        );
    }

    #[test]
    fn a_later_part_narrows_an_earlier_one() {
        let schemas = run(json!({
            "Base": {"type": "object", "properties": {"type": {"type": "string", "enum": ["REGULAR"]}, "title": {}}},
            "Fixed": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"type": "object", "properties": {
                "type": {"enum": ["FIXED"]}
            }}]}
        }))
        .expect("parts fit");
        assert_eq!(
            schemas.pointer("/Fixed/properties"),
            Some(&json!({"type": {"type": "string", "enum": ["FIXED"]}, "title": {}}))
        );
    }

    #[test]
    fn a_circle_is_a_fault() {
        let fault = run(json!({"A": {"allOf": [{"$ref": "#/components/schemas/A"}]}}))
            .expect_err("a circle");
        assert_eq!(fault.pointer, "/components/schemas/A");
    }
}
