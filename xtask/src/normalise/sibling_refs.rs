//! Makes references to other documents local: `conversation.yaml#/components/…` becomes `#/components/…`.

use serde_json::Value;

use super::{PassError, walk::try_schemas};

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, PassError> {
    try_schemas(document, |place, schema, touched| {
        let Some(Value::String(reference)) = schema.get_mut("$ref") else {
            return Ok(());
        };
        match reference.split_once('#') {
            Some(("", _)) => Ok(()),
            Some((file, local))
                if !file.contains('/') && local.starts_with("/components/schemas/") =>
            {
                touched.push(format!("{place} -> {reference}"));
                *reference = format!("#{local}");
                Ok(())
            }
            _ => Err(PassError::new(
                place,
                format!(
                    "expected a reference into this document or another one in the same folder, found {reference:?}"
                ),
                "put the referenced schema under components/schemas with an overlay",
            )),
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(reference: &str) -> Value {
        json!({"components": {"schemas": {"A": {"$ref": reference}}}})
    }

    #[test]
    fn points_into_the_merged_document() {
        let mut seen = document("conversation.yaml#/components/schemas/AppMessage");
        let touched = apply(&mut seen).expect("a sibling reference");
        assert_eq!(seen, document("#/components/schemas/AppMessage"));
        assert_eq!(touched.len(), 1);
    }

    #[test]
    fn refuses_other_places() {
        let fault = apply(&mut document("../x/y.yaml#/definitions/A")).expect_err("another folder");
        assert_eq!(fault.pointer, "/components/schemas/A");
    }
}
