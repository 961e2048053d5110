//! Documentation: counted where it changed, listed where it is new, and ignored where meaning is compared.

use serde_json::{Map, Value};

use super::Wording;
use super::role::Role;
use crate::document::pointer;

/// Returns the titles, summaries and descriptions that are new in a document: a reviewer has to read them, since they
/// become documentation of the crate.
pub(super) fn introduced(old: &Value, new: &Value) -> Vec<Wording> {
    let mut found = Vec::new();
    collect(Some(old), new, Role::Node, "", &mut found);
    found
}

fn collect(old: Option<&Value>, new: &Value, role: Role, place: &str, found: &mut Vec<Wording>) {
    match new {
        Value::Object(members) => {
            for (key, is) in members {
                let was = old.and_then(|old| old.get(key));
                let place = pointer(place, key);
                match (role.child(key, is), is) {
                    (Role::Prose, Value::String(text))
                        if matches!(key.as_str(), "title" | "summary" | "description") =>
                    {
                        found.extend(wording(was, text, place));
                    }
                    (Role::Prose | Role::Data, _) => {}
                    (child, _) => collect(was, is, child, &place, found),
                }
            }
        }
        Value::Array(items) => {
            let known = old.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            for (index, is) in items.iter().enumerate() {
                let was = match identity(is) {
                    Some(name) => known.iter().find(|was| identity(was) == Some(name)),
                    None => known.get(index),
                };
                collect(was, is, role, &format!("{place}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// Returns the new lines.
fn wording(was: Option<&Value>, text: &str, place: String) -> Option<Wording> {
    let was = was.and_then(Value::as_str).unwrap_or_default();
    let is_new = |line: &&str| !line.trim().is_empty() && !was.lines().any(|known| known == *line);
    let lines: Vec<String> = text.lines().filter(is_new).map(str::to_owned).collect();
    (!lines.is_empty()).then_some(Wording { place, lines })
}

/// Returns the number of places whose text or samples differ, among the nodes that both documents have.
pub(super) fn differences(old: &Value, new: &Value) -> usize {
    count(old, new, Role::Node)
}

fn count(old: &Value, new: &Value, role: Role) -> usize {
    match (old, new) {
        _ if role == Role::Data => 0,
        _ if role == Role::Prose => usize::from(old != new),
        (Value::Object(old), Value::Object(new)) => count_object(old, new, role),
        (Value::Array(old), Value::Array(new)) => paired(old, new)
            .map(|(old, new)| count(old, new, role))
            .sum(),
        _ => 0,
    }
}

fn count_object(old: &Map<String, Value>, new: &Map<String, Value>, role: Role) -> usize {
    // Moving something into or out of a component moves its prose too.
    if role != Role::Names && old.contains_key("$ref") != new.contains_key("$ref") {
        return 0;
    }
    let of_old: usize = old
        .iter()
        .map(|(key, was)| {
            let child = role.child(key, was);
            match new.get(key) {
                Some(is) => count(was, is, child),
                None => usize::from(child == Role::Prose),
            }
        })
        .sum();
    let only_new = new
        .iter()
        .filter(|(key, is)| !old.contains_key(*key) && role.child(key, is) == Role::Prose)
        .count();
    of_old + only_new
}

/// Pairs elements that correspond: by name if they have one, otherwise by position.
fn paired<'a>(
    old: &'a [Value],
    new: &'a [Value],
) -> impl Iterator<Item = (&'a Value, &'a Value)> + 'a {
    old.iter()
        .enumerate()
        .filter_map(|(position, was)| match identity(was) {
            Some(identity_of_old) => new
                .iter()
                .find(|is| identity(is) == Some(identity_of_old))
                .map(|is| (was, is)),
            None => new.get(position).map(|is| (was, is)),
        })
}

fn identity(element: &Value) -> Option<(&str, Option<&str>)> {
    let text = |key: &str| element.get(key).and_then(Value::as_str);
    text("$ref")
        .or_else(|| text("name"))
        .map(|name| (name, text("in")))
}

/// Returns the value without extensions and without anything that is only for a reader.
pub(crate) fn strip(value: &Value, role: Role) -> Value {
    let extended = matches!(role, Role::Node | Role::Schema);
    match value {
        Value::Object(object) => object
            .iter()
            .filter(|(key, _)| !(extended && key.starts_with("x-")))
            .map(|(key, child)| (key, child, role.child(key, child)))
            .filter(|(_, _, child_role)| *child_role != Role::Prose)
            .map(|(key, child, child_role)| (key.clone(), strip(child, child_role)))
            .collect(),
        Value::Array(items) => items.iter().map(|item| strip(item, role)).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_called_description_is_not_prose() {
        let old = json!({"components": {"schemas": {"A": {
            "description": "before", "properties": {"description": {"type": "string"}}}}}});
        let mut new = old.clone();
        new["components"]["schemas"]["A"]["properties"]["description"]["type"] = json!("integer");
        assert_eq!(differences(&old, &new), 0);
        new["components"]["schemas"]["A"]["description"] = json!("after");
        assert_eq!(differences(&old, &new), 1);
    }

    #[test]
    fn parameters_are_paired_by_name() {
        let old = json!({"parameters": [
            {"name": "a", "in": "query", "description": "first"},
            {"name": "b", "in": "query", "description": "second"}]});
        let mut new = old.clone();
        new["parameters"].as_array_mut().unwrap().reverse();
        assert_eq!(differences(&old, &new), 0);
    }

    #[test]
    fn prose_of_what_moved_is_not_counted() {
        let old = json!({"parameters": [{"name": "a", "in": "query", "description": "first"}],
            "schema": {"items": {"title": "t"}}});
        let new = json!({"parameters": [{"$ref": "#/components/parameters/a"}],
            "schema": {"items": {"$ref": "#/components/schemas/T"}}});
        assert_eq!(differences(&old, &new), 0);
    }

    #[test]
    fn stripping_keeps_names_and_drops_extensions() {
        let schema =
            json!({"title": "t", "x-order": 1, "properties": {"title": {"example": 1}, "x-y": {}}});
        assert_eq!(
            strip(&schema, Role::Schema),
            json!({"properties": {"title": {}, "x-y": {}}})
        );
    }
}
