//! Removes schemas that no operation and no callback needs, such as parts that `all-of` merged.

use std::collections::HashSet;

use serde_json::Value;

use super::{PassError, walk};

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, PassError> {
    let mut reached: HashSet<String> = HashSet::new();
    for root in roots(document) {
        reached.extend(walk::reached(&root, document).map(str::to_owned));
    }
    let mut touched = Vec::new();
    if let Some(schemas) = walk::components(document) {
        schemas.retain(|name, _| {
            let is_needed = reached.contains(name);
            if !is_needed {
                touched.push(name.clone());
            }
            is_needed
        });
    }
    Ok(touched)
}

/// Returns the roots: the operations, the callbacks, and the enum of their triggers.
fn roots(document: &Value) -> Vec<Value> {
    let schemas = document.pointer("/components/schemas");
    let schemas = schemas.and_then(Value::as_object).into_iter().flatten();
    let callbacks = schemas.filter_map(|(name, schema)| {
        let triggers = schema.get("x-triggers")?.get("of")?;
        Some([
            walk::reference_to(name),
            serde_json::json!({"$ref": triggers}),
        ])
    });
    let operations = document.get("paths").cloned();
    operations.into_iter().chain(callbacks.flatten()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_operations_and_callbacks_need_is_left() {
        let to = walk::reference_to;
        let mut seen = json!({
            "paths": {"doc": {"/a": {"get": {"responses": {"2XX": {"schema": to("Answer")}}}}}},
            "components": {"schemas": {
                "Answer": {"properties": {"list": {"items": to("Item")}}, "x-alternatives": to("Kind")},
                "Item": {"properties": {"again": to("Answer")}},
                "Kind": {"x-union": {"alternatives": [
                    {"variant": "A", "mark": "a", "whole": false, "schema": to("A"), "member": "Around"}
                ]}},
                "A": {}, "Around": {"properties": {"a": to("A")}},
                "Base": {"properties": {"part": to("Part")}}, "Part": {},
                "Callback": {"x-triggers": {"of": "#/components/schemas/Trigger"}, "x-union": {"alternatives": []}},
                "Trigger": {"enum": ["X"]}
            }}
        });
        assert_eq!(
            apply(&mut seen),
            Ok(["Around", "Base", "Part"].map(str::to_owned).into())
        );
        let left = walk::components(&mut seen).expect("schemas");
        assert_eq!(
            left.keys().collect::<Vec<_>>(),
            ["Answer", "Item", "Kind", "A", "Callback", "Trigger"]
        );
    }
}
