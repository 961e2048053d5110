//! Renames `default` to `x-default`: otherwise the generator would send it with every change.

use serde_json::Value;

use super::{PassError, walk};

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, PassError> {
    let mut touched = Vec::new();
    walk::each_schema(document, &mut |place, schema| {
        if let Some(value) = schema.shift_remove("default") {
            touched.push(format!("{place} {value}"));
            schema.insert("x-default".to_owned(), value);
        }
    });
    Ok(touched)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sets_the_value_aside_and_keeps_a_property_of_that_name() {
        let mut seen = json!({"components": {"schemas": {"A": {
            "type": "object", "properties": {"default": {"type": "boolean", "default": false}}
        }}}});
        let touched = apply(&mut seen).expect("no faults");
        assert_eq!(touched, ["/components/schemas/A/properties/default false"]);
        assert_eq!(
            seen.pointer("/components/schemas/A/properties/default"),
            Some(&json!({"type": "boolean", "x-default": false}))
        );
    }
}
