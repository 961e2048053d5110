//! Replaces references to parameters, responses and request bodies by their targets.

use serde_json::Value;

use super::{PassError, walk};
use crate::document::{MAX_VALUES, pointer};

const KINDS: &[&str] = &["parameters", "responses", "requestBodies"];

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, PassError> {
    let known = document.get("components").cloned().unwrap_or_default();
    let mut inline = Inline {
        known: &known,
        open: Vec::new(),
        is_used: false,
        values: 0,
    };
    if let Some(paths) = document.get_mut("paths") {
        inline.run(paths, "/paths")?;
    }
    let touched = inline.is_used.then(|| "references".to_owned());
    if let Some(Value::Object(components)) = document.get_mut("components") {
        components.retain(|key, _| key == "schemas");
    }
    share_path_parameters(document);
    Ok(touched.into_iter().collect())
}

/// Replaces references by their targets.
struct Inline<'a> {
    known: &'a Value,
    /// The references that are being resolved.
    open: Vec<String>,
    is_used: bool,
    values: usize,
}

impl Inline<'_> {
    fn run(&mut self, node: &mut Value, place: &str) -> Result<(), PassError> {
        let outside = self.open.len();
        while let Some(target) = component_reference(node) {
            *node = self.target(&target, place)?;
            self.open.push(target);
            self.is_used = true;
        }
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(fault(
                place,
                format!("expected references to at most {MAX_VALUES} values in all"),
            ));
        }
        match node {
            Value::Object(members) => {
                for (key, child) in members.iter_mut() {
                    self.run(child, &pointer(place, key))?;
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.run(item, &format!("{place}/{index}"))?;
                }
            }
            _ => {}
        }
        self.open.truncate(outside);
        Ok(())
    }

    fn target(&self, target: &str, place: &str) -> Result<Value, PassError> {
        let found = self.known.pointer(&format!("/{target}"));
        match found {
            Some(found)
                if target.matches('/').count() == 1
                    && !self.open.iter().any(|open| open == target) =>
            {
                Ok(found.clone())
            }
            Some(_) => Err(fault(
                place,
                format!(
                    "expected a reference to one component that does not contain it, found #/components/{target}"
                ),
            )),
            None => Err(fault(
                place,
                format!("expected a reference that resolves, found #/components/{target}"),
            )),
        }
    }
}

fn fault(place: &str, message: String) -> PassError {
    let remedy = "define that component with an overlay, or report the document";
    PassError::new(place, message, remedy)
}

fn component_reference(node: &Value) -> Option<String> {
    let target = node
        .get("$ref")?
        .as_str()?
        .strip_prefix("#/components/")?
        .to_owned();
    let kind = target.split('/').next()?;
    KINDS.contains(&kind).then_some(target)
}

/// Copies the parameters of a path to its operations; an operation's own parameter of the same name and place takes
/// precedence.
fn share_path_parameters(document: &mut Value) {
    let Some(Value::Object(paths)) = document.get_mut("paths") else {
        return;
    };
    for item in paths.values_mut().filter_map(Value::as_object_mut) {
        let Some(Value::Array(shared)) = item.shift_remove("parameters") else {
            continue;
        };
        for (method, operation) in item.iter_mut() {
            let (true, Value::Object(operation)) = (walk::is_method(method), operation) else {
                continue;
            };
            let own = match operation.shift_remove("parameters") {
                Some(Value::Array(own)) => own,
                _ => Vec::new(),
            };
            let mut all: Vec<Value> = shared
                .iter()
                .filter(|parameter| !own.iter().any(|mine| same_parameter(mine, parameter)))
                .cloned()
                .collect();
            all.extend(own);
            operation.insert("parameters".to_owned(), Value::Array(all));
        }
    }
}

fn same_parameter(a: &Value, b: &Value) -> bool {
    a.get("name") == b.get("name") && a.get("in") == b.get("in")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn inlines_and_shares() {
        let mut seen = json!({
            "paths": {"/a/{id}": {
                "parameters": [{"$ref": "#/components/parameters/id"}],
                "get": {"responses": {"200": {"$ref": "#/components/responses/ok"}}},
                "put": {"parameters": [{"name": "id", "in": "path", "description": "own"}]}
            }},
            "components": {
                "parameters": {"id": {"name": "id", "in": "path"}},
                "responses": {"ok": {"description": "fine"}},
                "schemas": {}
            }
        });
        let touched = apply(&mut seen).expect("references resolve");
        assert_eq!(touched, ["references"]);
        assert_eq!(
            seen,
            json!({
                "paths": {"/a/{id}": {
                    "get": {
                        "responses": {"200": {"description": "fine"}},
                        "parameters": [{"name": "id", "in": "path"}]
                    },
                    "put": {"parameters": [{"name": "id", "in": "path", "description": "own"}]}
                }},
                "components": {"schemas": {}}
            })
        );
    }

    #[test]
    fn names_a_reference_that_leads_nowhere() {
        let mut seen = json!({"paths": {"/a": {"get": {"responses": {
            "200": {"$ref": "#/components/responses/none"}}}}}});
        let fault = apply(&mut seen).expect_err("nothing of that name");
        assert_eq!(fault.pointer, "/paths/~1a/get/responses/200");
    }
}
