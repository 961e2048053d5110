//! Corrections to a published document, as OpenAPI Overlay 1.0 documents.
//!
//! An action whose target is not in the document is an error: the document was corrected, or the target has moved.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::{
    document::{self, DocumentError},
    files::list,
};

/// An overlay file that has been read.
#[derive(Debug, Clone)]
pub struct Overlay {
    origin: String,
    actions: Vec<Action>,
}

#[derive(Debug, Clone)]
struct Action {
    target: String,
    path: JsonPath,
    /// The value to merge into the target; `None` removes it.
    update: Option<Value>,
}

impl Overlay {
    /// Reads the overlays of a document, ordered by name.
    pub fn read_all(spec: &Path, document: &str) -> Result<Vec<Self>> {
        let folder = spec.join("overlays").join(document);
        let mut files = list(&folder)?;
        files.retain(|path| path.extension().is_some_and(|it| it == "yaml"));
        let read = |path: PathBuf| {
            let text = fs::read_to_string(&path)
                .with_context(|| format!("{}: cannot read the file", path.display()))?;
            // The path as a maintainer would type it, relative to the checkout.
            let origin = format!(
                "spec/{}",
                path.strip_prefix(spec).unwrap_or(&path).display()
            );
            Ok(Self::parse(&text, &origin)?)
        };
        files.into_iter().map(read).collect()
    }

    /// Parses one overlay; `origin` names it in errors.
    pub fn parse(text: &str, origin: &str) -> Result<Self, DocumentError> {
        let overlay = document::parse(text, origin)?;
        let fault = |pointer: &str, message: &str| {
            let remedy = "write it as an OpenAPI Overlay 1.0 document";
            DocumentError::new(origin, pointer, message, remedy)
        };
        let version = overlay.get("overlay").and_then(Value::as_str);
        if !version.is_some_and(|version| version.starts_with("1.0")) {
            return Err(fault("/overlay", "expected version 1.0.0"));
        }
        let actions = overlay
            .get("actions")
            .and_then(Value::as_array)
            .ok_or_else(|| fault("/actions", "expected a list of actions"))?;
        let actions = actions
            .iter()
            .enumerate()
            .map(|(index, action)| {
                Action::parse(action)
                    .map_err(|message| fault(&format!("/actions/{index}"), &message))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            origin: origin.to_owned(),
            actions,
        })
    }

    /// Applies the actions in order. Returns the targets, for the report.
    pub fn apply(&self, document: &mut Value) -> Result<Vec<String>, DocumentError> {
        let mut touched = Vec::new();
        for (index, action) in self.actions.iter().enumerate() {
            let places = action.places(document);
            if places.is_empty() {
                let target = &action.target;
                return Err(DocumentError::new(
                    &self.origin,
                    format!("/actions/{index}"),
                    format!("expected {target} to be in the document, but nothing is there"),
                    "remove the action if the document has been corrected, otherwise correct its target",
                ));
            }
            for place in places {
                match (&action.update, document.pointer_mut(&place)) {
                    (Some(update), Some(node)) => merge(node, update),
                    _ => remove(document, &place),
                }
            }
            touched.push(action.target.clone());
        }
        Ok(touched)
    }
}

impl Action {
    fn parse(action: &Value) -> Result<Self, String> {
        let text = |key: &str| action.get(key).and_then(Value::as_str);
        let target = text("target").ok_or("expected a JSONPath in target")?;
        if text("description").is_none_or(str::is_empty) {
            return Err("expected a description that says why".to_owned());
        }
        let remove = action.get("remove") == Some(&Value::Bool(true));
        let update = action.get("update").cloned();
        if update.is_some() == remove {
            return Err("expected either update or remove: true".to_owned());
        }
        Ok(Self {
            path: JsonPath::parse(target)
                .map_err(|error| format!("expected a JSONPath, but {error}"))?,
            target: target.to_owned(),
            update,
        })
    }

    /// Returns JSON pointers to what the target selects, the last first, so that removing one does not move the others.
    fn places(&self, document: &Value) -> Vec<String> {
        let mut places: Vec<String> = self
            .path
            .query_located(document)
            .iter()
            .map(|node| node.location().to_json_pointer())
            .collect();
        places.reverse();
        places
    }
}

/// Merges objects, extends lists, and replaces everything else.
fn merge(node: &mut Value, update: &Value) {
    match (node, update) {
        (Value::Object(node), Value::Object(update)) => {
            for (key, value) in update {
                match node.get_mut(key) {
                    Some(known) => merge(known, value),
                    None => {
                        node.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (Value::Array(node), Value::Array(update)) => node.extend(update.iter().cloned()),
        (Value::Array(node), entry) => node.push(entry.clone()),
        (node, update) => *node = update.clone(),
    }
}

/// Removes the value at a JSON pointer.
pub(crate) fn remove(document: &mut Value, place: &str) {
    let Some((parent, key)) = place.rsplit_once('/') else {
        return;
    };
    let key = key.replace("~1", "/").replace("~0", "~");
    match document.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            members.shift_remove(&key);
        }
        Some(Value::Array(items)) => {
            if let Some(index) = key.parse().ok().filter(|index| *index < items.len()) {
                items.remove(index);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn overlay(actions: &str) -> Result<Overlay, DocumentError> {
        Overlay::parse(
            &format!("overlay: 1.0.0\ninfo: {{title: t, version: '1'}}\nactions:\n{actions}"),
            "o.yaml",
        )
    }

    #[test]
    fn updates_and_removes() {
        let overlay = overlay(
            "- {target: '$.a', description: why, update: {x: 1, l: [3]}}\n\
             - {target: '$.l[?@.gone]', description: why, remove: true}\n\
             - {target: '$.l', description: why, update: {n: 1}}\n",
        )
        .expect("an overlay");
        let mut seen = json!({"a": {"x": 0, "y": 2, "l": [1]}, "l": [{"gone": true}, {"gone": true}, {"b": 1}]});
        let touched = overlay.apply(&mut seen).expect("targets are there");
        assert_eq!(
            seen,
            json!({"a": {"x": 1, "y": 2, "l": [1, 3]}, "l": [{"b": 1}, {"n": 1}]})
        );
        assert_eq!(touched.len(), 3);
    }

    #[test]
    fn a_target_that_is_gone_is_a_fault() {
        let overlay =
            overlay("- {target: '$.a.b', description: why, remove: true}\n").expect("an overlay");
        let mut seen = json!({"a": {}});
        let fault = overlay.apply(&mut seen).expect_err("no b");
        assert_eq!(
            (fault.origin.as_str(), fault.pointer.as_str()),
            ("o.yaml", "/actions/0")
        );
    }

    #[test]
    fn each_action_says_why_and_what() {
        for (action, expected) in [
            ("{target: '$.a', update: {}}", "says why"),
            ("{target: '$.a', description: d}", "update or remove"),
            ("{target: 'a b', description: d, remove: true}", "JSONPath"),
        ] {
            let fault = overlay(&format!("- {action}\n")).expect_err("not an action");
            assert!(fault.message.contains(expected), "{}", fault.message);
        }
    }
}
