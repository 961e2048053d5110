//! Gives component schemas their Rust names: PascalCase, or `x-rust-name`.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    PassError,
    walk::{self, Node},
};
use crate::{
    document::pointer,
    names::{NameKind, Scope, identifier},
};

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, PassError> {
    let Some(schemas) = walk::components(document) else {
        return Ok(Vec::new());
    };
    let mut renamed = HashMap::new();
    let mut scope = Scope::new(NameKind::Type);
    let mut touched = Vec::new();
    for (name, schema) in schemas.iter_mut() {
        let place = pointer("/components/schemas", name);
        let schema = schema.as_object_mut();
        let chosen = schema.map(|schema| chosen_name(schema, &place));
        let chosen = match chosen.transpose()?.flatten() {
            Some(chosen) => scope.take(chosen, &place)?,
            None => scope.name(name, &place)?,
        };
        if chosen != *name {
            touched.push(format!("{name} -> {chosen}"));
            renamed.insert(name.clone(), chosen);
        }
    }
    *schemas = std::mem::take(schemas)
        .into_iter()
        .map(|(name, schema)| (renamed.get(&name).cloned().unwrap_or(name), schema))
        .collect();
    retarget(document, &renamed);
    Ok(touched)
}

/// Returns `x-rust-name`, which has to be a valid type name.
pub(super) fn chosen_name(schema: &mut Node, place: &str) -> Result<Option<String>, PassError> {
    match schema.shift_remove("x-rust-name") {
        None => Ok(None),
        Some(Value::String(name)) if identifier(NameKind::Type, &name).as_ref() == Some(&name) => {
            Ok(Some(name))
        }
        Some(other) => Err(PassError::new(
            format!("{place}/x-rust-name"),
            format!("expected the name of a type, in PascalCase, found {other}"),
            "correct it",
        )),
    }
}

/// Updates references, and the mapping of a discriminator, to the new names.
fn retarget(node: &mut Value, renamed: &HashMap<String, String>) {
    match node {
        Value::String(text) => {
            if let Some(name) = text.strip_prefix("#/components/schemas/")
                && let Some(chosen) = renamed.get(name)
            {
                *text = format!("#/components/schemas/{chosen}");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| retarget(item, renamed)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|member| retarget(member, renamed)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn renames_and_follows() {
        let mut seen = json!({"components": {"schemas": {
            "v2Template": {"type": "object", "properties": {"e": {"$ref": "#/components/schemas/runtimeError"}}},
            "runtimeError": {"type": "object", "x-rust-name": "ApiError"}
        }}});
        let touched = apply(&mut seen).expect("no collision");
        assert_eq!(
            touched,
            ["v2Template -> V2Template", "runtimeError -> ApiError"]
        );
        assert_eq!(
            seen,
            json!({"components": {"schemas": {
                "V2Template": {"type": "object", "properties": {"e": {"$ref": "#/components/schemas/ApiError"}}},
                "ApiError": {"type": "object"}
            }}})
        );
    }

    #[test]
    fn refuses_two_of_one_name() {
        let mut seen = json!({"components": {"schemas": {"aB": {}, "a_b": {}}}});
        let fault = apply(&mut seen).expect_err("both are AB");
        assert_eq!(fault.pointer, "/components/schemas/a_b");
    }
}
