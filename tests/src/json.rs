//! Comparison of JSON in which numbers are compared by value, so `1` and `1.0` are equal.

use serde_json::Value;

/// Returns the first place where two documents differ, as a JSON pointer; `None` if they are equal.
pub fn difference(left: &Value, right: &Value) -> Option<String> {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            let keys = left
                .keys()
                .chain(right.keys().filter(|key| !left.contains_key(*key)));
            keys.into_iter().find_map(|key| {
                let inside = match (left.get(key), right.get(key)) {
                    (Some(left), Some(right)) => difference(left, right)?,
                    _ => String::new(),
                };
                Some(format!("/{key}{inside}"))
            })
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => left
            .iter()
            .zip(right)
            .enumerate()
            .find_map(|(index, (left, right))| {
                Some(format!("/{index}{}", difference(left, right)?))
            }),
        (Value::Number(left), Value::Number(right)) if left.as_f64() == right.as_f64() => {
            let exact = left.is_f64() || right.is_f64() || left == right;
            (!exact).then(String::new)
        }
        (left, right) => (left != right).then(String::new),
    }
}
