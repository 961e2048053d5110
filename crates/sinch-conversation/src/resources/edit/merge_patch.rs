//! The difference of two JSON objects as a JSON merge patch (RFC 7386).

use serde_json::{Map, Value};

type Object = Map<String, Value>;

/// The patch that makes `after` of `before`; `None` when `after` has a new `null`, which no patch can express.
pub(super) fn difference(before: &Object, after: &Object) -> Option<Object> {
    let mut patch = Object::new();
    for (key, value) in after {
        let change = match (before.get(key), value) {
            (Some(old), new) if old == new => continue,
            (Some(Value::Object(old)), Value::Object(new)) => Value::Object(difference(old, new)?),
            (_, new) if holds_null(new) => return None,
            (_, new) => new.clone(),
        };
        patch.insert(key.clone(), change);
    }
    let gone = before.keys().filter(|key| !after.contains_key(*key));
    patch.extend(gone.map(|key| (key.clone(), Value::Null)));
    Some(patch)
}

/// A patch reads `null` as the end of a member, but not inside of a list.
fn holds_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(members) => members.values().any(holds_null),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Object {
        value.as_object().cloned().unwrap()
    }

    /// As in the RFC.
    fn apply(target: &mut Value, patch: &Value) {
        let Value::Object(patch) = patch else {
            return *target = patch.clone();
        };
        if !target.is_object() {
            *target = json!({});
        }
        let members = target.as_object_mut().unwrap();
        for (key, value) in patch {
            if value.is_null() {
                members.remove(key);
            } else {
                apply(members.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
    }

    #[test]
    fn a_patch_says_what_changed_and_nothing_else() {
        let before = json!({"kept": {"deep": [1, null]}, "gone": 1, "in": {"a": 1, "b": null, "c": 3}, "x": {"y": 1}});
        let after = json!({"kept": {"deep": [1, null]}, "new": {"z": [null]}, "in": {"a": 2, "b": null}, "x": "text"});
        let patch = difference(&object(before.clone()), &object(after.clone())).unwrap();
        assert_eq!(
            Value::Object(patch.clone()),
            json!({"new": {"z": [null]}, "in": {"a": 2, "c": null}, "x": "text", "gone": null})
        );
        let mut target = before;
        apply(&mut target, &Value::Object(patch));
        assert_eq!(target, after);
    }

    #[test]
    fn what_a_patch_cannot_say_is_noticed() {
        let before = object(json!({"a": 1, "b": {"c": 1}}));
        for after in [
            json!({"a": null}),
            json!({"b": {"c": null}}),
            json!({"n": {"m": {"o": null}}}),
        ] {
            assert_eq!(difference(&before, &object(after.clone())), None, "{after}");
        }
    }
}
