//! Reading a document with its pointer at hand, so that every fault can say where it is.

use serde_json::{Map, Value};

use crate::document::{self, DocumentError};

/// A reference to a reference to a reference ends here.
const MAX_HOPS: usize = 16;

const REPAIR: &str = "correct the document, or add an overlay that does";

/// A value and the way to it.
#[derive(Debug, Clone)]
pub(super) struct Node<'a> {
    root: &'a Value,
    origin: &'a str,
    value: &'a Value,
    pointer: String,
}

impl<'a> Node<'a> {
    pub(super) fn root(document: &'a Value, origin: &'a str) -> Self {
        Self {
            root: document,
            origin,
            value: document,
            pointer: String::new(),
        }
    }

    pub(super) fn value(&self) -> &'a Value {
        self.value
    }

    pub(super) fn document(&self) -> &'a Value {
        self.root
    }

    pub(super) fn object(&self) -> Result<&'a Map<String, Value>, DocumentError> {
        self.value
            .as_object()
            .ok_or_else(|| self.expected("an object"))
    }

    /// The value under a key of this object.
    pub(super) fn get(&self, key: &str) -> Result<Option<Self>, DocumentError> {
        let value = self.object()?.get(key);
        Ok(value.map(|value| self.child(key, value)))
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<&'a str>, DocumentError> {
        self.get(key)?.map(|node| node.as_text()).transpose()
    }

    pub(super) fn as_text(&self) -> Result<&'a str, DocumentError> {
        self.value.as_str().ok_or_else(|| self.expected("a string"))
    }

    /// A boolean that is `false` when absent.
    pub(super) fn flag(&self, key: &str) -> Result<bool, DocumentError> {
        match self.get(key)? {
            None => Ok(false),
            Some(node) => node
                .value
                .as_bool()
                .ok_or_else(|| node.expected("a boolean")),
        }
    }

    /// The entries of the object under a key; none when absent.
    pub(super) fn entries(&self, key: &str) -> Result<Vec<(&'a str, Self)>, DocumentError> {
        match self.get(key)? {
            None => Ok(Vec::new()),
            Some(node) => Ok(node
                .object()?
                .iter()
                .map(|(name, value)| (name.as_str(), node.child(name, value)))
                .collect()),
        }
    }

    /// The elements of the array under a key; none when absent.
    pub(super) fn items(&self, key: &str) -> Result<Vec<Self>, DocumentError> {
        match self.get(key)? {
            None => Ok(Vec::new()),
            Some(node) => Ok(node
                .value
                .as_array()
                .ok_or_else(|| node.expected("an array"))?
                .iter()
                .enumerate()
                .map(|(index, value)| node.child(&index.to_string(), value))
                .collect()),
        }
    }

    /// The strings of the array under a key; none when absent.
    pub(super) fn texts(&self, key: &str) -> Result<Vec<String>, DocumentError> {
        self.items(key)?
            .iter()
            .map(|node| node.as_text().map(str::to_owned))
            .collect()
    }

    /// What the `$ref` of this node names, or the node itself.
    pub(super) fn follow(self) -> Result<Self, DocumentError> {
        let mut node = self;
        for _ in 0..MAX_HOPS {
            let Some(reference) = node.text("$ref")? else {
                return Ok(node);
            };
            let Some(value) = document::resolve(node.root, reference) else {
                return Err(node.dangling(reference));
            };
            node = Self {
                value,
                pointer: reference.trim_start_matches('#').to_owned(),
                ..node
            };
        }
        Err(node.fault(
            "expected a component, found references that lead on and on",
            REPAIR,
        ))
    }

    pub(super) fn dangling(&self, reference: &str) -> DocumentError {
        self.fault(
            format!("expected the name of a component of this document, found `{reference}`"),
            "bundle the document into one file, or add the component that is named",
        )
    }

    pub(super) fn expected(&self, what: &str) -> DocumentError {
        let found = match self.value {
            Value::Null => "nothing (null)",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        };
        self.fault(format!("expected {what}, found {found}"), REPAIR)
    }

    pub(super) fn fault(&self, message: impl Into<String>, remedy: &str) -> DocumentError {
        DocumentError {
            origin: self.origin.to_owned(),
            pointer: self.pointer.clone(),
            message: message.into(),
            remedy: remedy.to_owned(),
        }
    }

    fn child(&self, key: &str, value: &'a Value) -> Self {
        Self {
            value,
            pointer: document::pointer(&self.pointer, key),
            ..self.clone()
        }
    }
}
