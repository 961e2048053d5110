//! Converts a list with `explode: false` in the query to one comma-separated string.

use serde_json::{Value, json};

use super::{
    PassError,
    walk::{self, Node},
};

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, PassError> {
    let mut touched = Vec::new();
    let known = walk::components(document).cloned().unwrap_or_default();
    walk::each_operation(document, &mut |place, operation| {
        let Some(Value::Array(parameters)) = operation.get_mut("parameters") else {
            return;
        };
        for parameter in parameters
            .iter_mut()
            .filter(|it| is_joined_list(it, &known))
        {
            let name = parameter
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default();
            touched.push(format!("{place} {name}"));
            if let Some(parameter) = parameter.as_object_mut() {
                parameter.shift_remove("explode");
                parameter.insert("schema".to_owned(), json!({"type": "string"}));
            }
        }
    });
    Ok(touched)
}

fn is_joined_list(parameter: &Value, known: &Node) -> bool {
    let schema = parameter.get("schema").map(|schema| {
        let named = walk::referenced(schema).and_then(|name| known.get(name));
        named.unwrap_or(schema)
    });
    parameter.get("in") == Some(&json!("query"))
        && parameter.get("explode") == Some(&json!(false))
        && schema.and_then(|schema| schema.get("type")) == Some(&json!("array"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_only_lists_that_do_not_explode() {
        let list = json!({"type": "array", "items": {"type": "string"}});
        let named = json!({"$ref": "#/components/schemas/List"});
        let mut seen = json!({
            "paths": {"/a": {"get": {"parameters": [
                {"name": "mask", "in": "query", "explode": false, "schema": list},
                {"name": "ids", "in": "query", "schema": list},
                {"name": "named", "in": "query", "explode": false, "schema": named}
            ]}}},
            "components": {"schemas": {"List": list}}
        });
        let touched = apply(&mut seen).expect("no faults");
        assert_eq!(touched, ["/paths/~1a/get mask", "/paths/~1a/get named"]);
        assert_eq!(
            seen.pointer("/paths/~1a/get/parameters/0"),
            Some(&json!({"name": "mask", "in": "query", "schema": {"type": "string"}}))
        );
        assert_eq!(
            seen.pointer("/paths/~1a/get/parameters/1/schema"),
            Some(&list)
        );
    }
}
