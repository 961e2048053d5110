//! Changing a stored document: which fields a PATCH sets, clears and leaves.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use sinch_conversation_raw::wire::{Object, Wire};

use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::engine::merge_patch::merge_patch;
use crate::model::strict;

type Members = Map<String, Value>;

/// Returns the document after a PATCH. Without `update_mask`, the fields in the body are set, nested objects included.
/// With it, the named fields are set, or cleared when the body lacks them. Lists are replaced as a whole, and `null`
/// clears. Fields that `B`, the type of the body, lacks and those in `fixed` never change: a mask that names one is
/// refused, in a body they are ignored.
pub(super) fn apply<B: Object, T: Wire>(
    present: &T,
    call: &Call,
    fixed: &[&str],
) -> Result<T, ApiError> {
    let changeable = B::KEYS.iter().filter(|key| !fixed.contains(key));
    apply_to(present, call, &changeable.copied().collect::<Vec<_>>())
}

fn apply_to<T: Wire>(present: &T, call: &Call, changeable: &[&str]) -> Result<T, ApiError> {
    let mut document = present.to_value();
    let body = call.patch()?;
    match call.query_list("update_mask") {
        None => {
            let mut body = body.clone();
            body.retain(|name, _| changeable.contains(&name.as_str()));
            merge_patch(&mut document, &body);
        }
        Some(mask) => change(&mut document, body, &mask, changeable)?,
    }
    Ok(strict::read(&document)?)
}

/// Makes a document of the fields of the body that its type `B` has, without those in `fixed`.
pub(super) fn create<B: Object, T: Wire>(call: &Call, fixed: &[&str]) -> Result<T, ApiError> {
    let mut body = call.json()?.clone();
    body.retain(|name, _| B::KEYS.contains(&name.as_str()) && !fixed.contains(&name.as_str()));
    Ok(strict::read(&Value::Object(body))?)
}

fn change(
    document: &mut Value,
    body: &Members,
    mask: &[&str],
    changeable: &[&str],
) -> Result<(), ApiError> {
    // Naming a path twice is the same as naming it once.
    for path in mask.iter().collect::<BTreeSet<_>>() {
        let names: Vec<&str> = path.split('.').collect();
        if !names.first().is_some_and(|top| changeable.contains(top)) {
            let description = format!("{path:?} is not among {}", changeable.join(", "));
            return Err(ApiError::invalid("update_mask", description));
        }
        set(document, &names, find(body, &names));
    }
    Ok(())
}

fn find(object: &Members, path: &[&str]) -> Option<Value> {
    let (name, rest) = path.split_first()?;
    let value = object.get(*name)?;
    if rest.is_empty() {
        Some(value.clone())
    } else {
        find(value.as_object()?, rest)
    }
}

fn set(document: &mut Value, path: &[&str], value: Option<Value>) {
    let (Some((name, rest)), Value::Object(object)) = (path.split_first(), document) else {
        return;
    };
    if !rest.is_empty() {
        let inner = object
            .entry(*name)
            .or_insert_with(|| Value::Object(Members::new()));
        return set(inner, rest, value);
    }
    match value {
        None | Some(Value::Null) => object.remove(*name),
        Some(value) => object.insert((*name).to_owned(), value),
    };
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sinch_conversation_raw::OPERATIONS;
    use sinch_conversation_raw::wire::JsonObject;

    use super::*;
    use crate::api::call::{Checked, Parameters};

    fn patched(query: &str, body: &Value) -> Result<Value, ApiError> {
        let operation = OPERATIONS.first().unwrap();
        let call = Call {
            operation,
            parameters: Parameters::new(Vec::new(), Some(query)),
            body: Checked {
                body: body.clone(),
                patch: None,
            },
        };
        let present = json!({"id": "1", "name": "old", "policy": {"days": 1, "kind": "x"}, "tags": ["a", "b"]});
        let present = JsonObject::from_value(present).unwrap();
        Ok(apply_to(&present, &call, &["name", "policy", "tags"])?.to_value())
    }

    #[test]
    fn without_a_mask_present_fields_change() {
        let after = patched(
            "",
            &json!({"id": "2", "name": "new", "tags": ["c"], "policy": null}),
        )
        .unwrap();
        assert_eq!(after, json!({"id": "1", "name": "new", "tags": ["c"]}));
        let after = patched("", &json!({"policy": {"days": 7, "kind": null}})).unwrap();
        assert_eq!(after["policy"], json!({"days": 7}));
    }

    #[test]
    fn a_mask_sets_clears_and_reaches_inside() {
        let query = "update_mask=name,policy.days&update_mask=tags";
        let after = patched(
            query,
            &json!({"policy": {"days": 7, "kind": "y"}, "tags": []}),
        )
        .unwrap();
        assert_eq!(
            after,
            json!({"id": "1", "policy": {"days": 7, "kind": "x"}, "tags": []})
        );
    }

    #[test]
    fn a_mask_with_another_field_is_refused() {
        for mask in ["id", "name,nonsense", "policy.days,.name"] {
            assert!(
                patched(&format!("update_mask={mask}"), &json!({"name": "new"})).is_err(),
                "{mask}"
            );
        }
    }
}
