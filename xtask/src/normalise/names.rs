//! Component schemas take their Rust names: PascalCase, or what `x-rust-name` says.

use std::collections::HashMap;

use heck::ToUpperCamelCase;
use serde_json::Value;

use super::{Fault, walk};

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, Fault> {
    let Some(schemas) = walk::components(document) else {
        return Ok(Vec::new());
    };
    let mut renamed = HashMap::new();
    let mut owners: HashMap<String, String> = HashMap::new();
    let mut touched = Vec::new();
    for (name, schema) in schemas.iter_mut() {
        let chosen = take_rust_name(schema).unwrap_or_else(|| name.to_upper_camel_case());
        if let Some(owner) = owners.insert(chosen.clone(), name.clone()) {
            return Err(collision(name, &owner, &chosen));
        }
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

fn take_rust_name(schema: &mut Value) -> Option<String> {
    match schema.as_object_mut()?.shift_remove("x-rust-name")? {
        Value::String(name) => Some(name),
        _ => None,
    }
}

fn collision(name: &str, owner: &str, chosen: &str) -> Fault {
    Fault {
        pointer: format!("/components/schemas/{name}"),
        message: format!("expected a Rust name of its own, but {owner} is called {chosen} too"),
        remedy: "give one of them an x-rust-name with an overlay".to_owned(),
    }
}

/// References, and the mapping of a discriminator, follow the new names.
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
