//! Gives objects, unions and enums inside other schemas a name, and makes them components.
//!
//! The name is, in this order: `x-rust-name`; the name of the property, if it is unique in the document; the name of
//! the outer type with that of the property.

use serde_json::{Map, Value};

use super::{
    PassError,
    names::chosen_name,
    walk::{self, Node, reference_to},
};
use crate::{
    document::pointer,
    names::{NameKind, Scope, identifier},
};

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, PassError> {
    let Some(schemas) = walk::components(document).map(std::mem::take) else {
        return Ok(Vec::new());
    };
    let taken = Scope::of_types(&schemas)?;
    let mut hoist = Hoist {
        taken,
        done: Map::new(),
        touched: Vec::new(),
    };
    for (name, mut schema) in schemas {
        let mut inner = Vec::new();
        hoist.inside(&mut schema, &name, &mut inner)?;
        hoist.keep(name, schema, inner);
    }
    if let Some(Value::Object(documents)) = document.get_mut("paths") {
        for paths in documents.values_mut() {
            hoist.operations(paths)?;
        }
    }
    if let Some(schemas) = walk::components(document) {
        *schemas = hoist.done;
    }
    Ok(hoist.touched)
}

/// A type that was moved out, and the types that were moved out of it.
struct Found {
    name: String,
    schema: Value,
    inner: Vec<Found>,
}

struct Hoist {
    taken: Scope,
    done: Node,
    touched: Vec<String>,
}

impl Hoist {
    /// Adds a type, followed by the types from inside of it.
    fn keep(&mut self, name: String, schema: Value, inner: Vec<Found>) {
        self.done.insert(name, schema);
        for found in inner {
            self.keep(found.name, found.schema, found.inner);
        }
    }

    fn operations(&mut self, paths: &mut Value) -> Result<(), PassError> {
        let items = paths.as_object_mut().into_iter().flatten();
        let operations = items.filter_map(|(_, item)| item.as_object_mut()).flatten();
        for (_, operation) in operations {
            let mut found = Vec::new();
            for (place, name) in schemas_of(operation) {
                if let Some(schema) = operation.pointer_mut(&place) {
                    self.take(schema, &[name], &mut found)?;
                }
            }
            for found in found {
                self.keep(found.name, found.schema, found.inner);
            }
        }
        Ok(())
    }

    /// Finds inline types within a named schema.
    fn inside(
        &mut self,
        schema: &mut Value,
        owner: &str,
        found: &mut Vec<Found>,
    ) -> Result<(), PassError> {
        let Some(node) = schema.as_object_mut() else {
            return Ok(());
        };
        if let Some(Value::Object(properties)) = node.get_mut("properties") {
            let alone = properties.len() == 1;
            for (property, schema) in properties.iter_mut() {
                let property = type_name(property);
                let both = type_name(&format!("{owner}{property}"));
                let names = if alone {
                    vec![property, both]
                } else {
                    vec![both]
                };
                self.take(schema, &names, found)?;
            }
        }
        self.contents(node, owner, found)?;
        if let Some(Value::Array(parts)) = node.get_mut("allOf") {
            for part in parts {
                if part.get("oneOf").is_some() {
                    self.take(part, &[type_name(&format!("{owner}Kind"))], found)?;
                } else {
                    self.inside(part, owner, found)?;
                }
            }
        }
        if let Some(Value::Array(members)) = node.get_mut("oneOf") {
            for (index, member) in members.iter_mut().enumerate() {
                let several = member
                    .get("properties")
                    .and_then(Value::as_object)
                    .is_some_and(|properties| properties.len() > 1);
                if several {
                    self.take(
                        member,
                        &[type_name(&format!("{owner}Option{}", index + 1))],
                        found,
                    )?;
                } else {
                    self.inside(member, owner, found)?;
                }
            }
        }
        Ok(())
    }

    /// Finds inline types within a list or map.
    fn contents(
        &mut self,
        node: &mut Node,
        owner: &str,
        found: &mut Vec<Found>,
    ) -> Result<(), PassError> {
        for (key, suffix) in [("items", "Item"), ("additionalProperties", "Value")] {
            if let Some(schema) = node.get_mut(key) {
                self.take(schema, &[type_name(&format!("{owner}{suffix}"))], found)?;
            }
        }
        Ok(())
    }

    /// Replaces an inline type by a reference; looks into lists and maps.
    fn take(
        &mut self,
        schema: &mut Value,
        names: &[String],
        found: &mut Vec<Found>,
    ) -> Result<(), PassError> {
        let Some(node) = schema.as_object_mut() else {
            return Ok(());
        };
        let place = format!("/components/schemas/{}", names.join(" or "));
        let chosen = match chosen_name(node, &place)? {
            Some(name) => vec![name],
            None => names.to_vec(),
        };
        if !wants_a_name(node) {
            let owner = names.last().map(String::as_str).unwrap_or_default();
            return self.contents(node, owner, found);
        }
        let free = chosen.iter().find(|name| self.taken.is_free(name));
        let wanted = free.or(chosen.last()).cloned().unwrap_or_default();
        let name = self.taken.take(wanted, &format!("{place} (inline)"))?;
        self.touched.push(name.clone());
        let said: Vec<_> = ["description", "deprecated"]
            .into_iter()
            .filter_map(|key| Some((key.to_owned(), node.get(key)?.clone())))
            .collect();
        let mut taken_out = std::mem::replace(schema, reference_to(&name));
        if let Some(node) = schema.as_object_mut() {
            node.extend(said);
        }
        let mut inner = Vec::new();
        self.inside(&mut taken_out, &name, &mut inner)?;
        found.push(Found {
            name,
            schema: taken_out,
            inner,
        });
        Ok(())
    }
}

/// Returns the schemas of an operation, each with a name for its type.
fn schemas_of(operation: &Value) -> Vec<(String, String)> {
    const BODY: &str = "/content/application~1json/schema";
    let text = |value: &Value, key: &str| {
        let text = value.get(key).and_then(Value::as_str);
        text.map(type_name).unwrap_or_default()
    };
    let named = |suffix: &str| type_name(&format!("{}{suffix}", text(operation, "operationId")));
    let parameters = operation.get("parameters").and_then(Value::as_array);
    let parameters = parameters.into_iter().flatten().enumerate();
    let responses = operation.get("responses").and_then(Value::as_object);
    let responses = responses.into_iter().flat_map(|responses| responses.keys());
    parameters
        .map(|(index, it)| {
            (
                format!("/parameters/{index}/schema"),
                named(&text(it, "name")),
            )
        })
        .chain([(format!("/requestBody{BODY}"), named("Request"))])
        .chain(responses.map(|status| (pointer("/responses", status) + BODY, named("Response"))))
        .collect()
}

fn type_name(name: &str) -> String {
    identifier(NameKind::Type, name).unwrap_or_default()
}

/// Returns whether a type needs a name: free-form objects, lists, maps and plain values do not, nor does an enum of one
/// value, which is a constant.
fn wants_a_name(node: &Node) -> bool {
    let several_values = node
        .get("enum")
        .and_then(Value::as_array)
        .is_some_and(|values| values.len() > 1);
    several_values
        || ["properties", "oneOf", "allOf"]
            .iter()
            .any(|key| node.contains_key(*key))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run(schemas: Value) -> (Value, Vec<String>) {
        let mut seen = json!({"paths": {}, "components": {"schemas": schemas}});
        let touched = apply(&mut seen).expect("names are free");
        (
            seen.pointer("/components/schemas")
                .cloned()
                .expect("schemas"),
            touched,
        )
    }

    #[test]
    fn names_come_from_the_property_or_the_owner() {
        let inline = json!({"type": "object", "properties": {"t": {"type": "string"}}});
        let (schemas, touched) = run(json!({
            "TextField": {"type": "object", "properties": {"text_message": inline}},
            "Event": {"type": "object", "properties": {"id": {"type": "string"}, "report": inline, "list": {
                "type": "array", "items": {"type": "string", "enum": ["A", "B"]}
            }}}
        }));
        assert_eq!(touched, ["TextMessage", "EventReport", "EventListItem"]);
        let order: Vec<_> = schemas.as_object().expect("a map").keys().collect();
        assert_eq!(
            order,
            [
                "TextField",
                "TextMessage",
                "Event",
                "EventReport",
                "EventListItem"
            ]
        );
        assert_eq!(
            schemas.pointer("/TextField/properties/text_message/$ref"),
            Some(&json!("#/components/schemas/TextMessage"))
        );
    }

    #[test]
    fn a_taken_name_falls_back_to_the_owner() {
        let inline = json!({"type": "object", "properties": {"t": {}}});
        let (_, touched) = run(json!({
            "Line": {"type": "object"},
            "LineField": {"type": "object", "properties": {"line": inline}}
        }));
        assert_eq!(touched, ["LineFieldLine"]);
    }

    #[test]
    fn the_overlay_has_the_last_word() {
        let (schemas, touched) = run(json!({
            "A": {"type": "object", "properties": {"b": {"x-rust-name": "Chosen", "enum": ["X", "Y"]}}}
        }));
        assert_eq!(touched, ["Chosen"]);
        assert_eq!(
            schemas.pointer("/Chosen"),
            Some(&json!({"enum": ["X", "Y"]}))
        );
    }
}
