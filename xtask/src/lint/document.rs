//! A document laid out for the rules: its schemas, operations, parameters, references and texts, each with its
//! pointer, in the order of the document.

mod keys;

use serde_json::{Map, Value};

use crate::diff::role::Role;
use crate::document;

pub(super) use self::keys::{Keys, required};

pub(super) type Object = Map<String, Value>;

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// How a schema hangs on what surrounds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// A component schema.
    Component,
    /// A field of an object.
    Property,
    /// A member of a `oneOf` or `anyOf`.
    Member,
    /// A part of an `allOf`.
    Base,
    /// The values of `additionalProperties`.
    Extra,
    /// Items of an array, the schema of a body or parameter, and the like.
    Other,
}

/// A schema and where it is.
pub(super) struct SchemaAt<'a> {
    pub(super) pointer: String,
    /// The last step to it: the name of a field or component.
    pub(super) key: String,
    pub(super) value: &'a Object,
    pub(super) edge: Edge,
    /// The schema around it.
    pub(super) parent: Option<usize>,
}

/// An operation and where it is.
pub(super) struct OperationAt<'a> {
    pub(super) pointer: String,
    pub(super) method: &'a str,
    pub(super) value: &'a Object,
}

/// Anything else with a place: a parameter, the target of a reference, a text.
pub(super) struct At<'a, T: ?Sized> {
    pub(super) pointer: String,
    pub(super) value: &'a T,
}

/// A document, laid out.
pub(super) struct Document<'a> {
    pub(super) root: &'a Value,
    pub(super) schemas: Vec<SchemaAt<'a>>,
    pub(super) operations: Vec<OperationAt<'a>>,
    pub(super) parameters: Vec<At<'a, Object>>,
    pub(super) references: Vec<At<'a, str>>,
    /// Titles, summaries and descriptions: what becomes documentation of the crate.
    pub(super) texts: Vec<At<'a, str>>,
}

impl<'a> Document<'a> {
    pub(super) fn new(root: &'a Value) -> Self {
        let mut document = Self {
            root,
            schemas: Vec::new(),
            operations: operations(root),
            parameters: Vec::new(),
            references: Vec::new(),
            texts: Vec::new(),
        };
        document.walk();
        document
    }

    /// What a value stands for: the target of its `$ref`, or itself.
    pub(super) fn follow(&self, value: &'a Value) -> &'a Value {
        let mut value = value;
        // Ends also when references lead in a circle.
        for _ in 0..16 {
            let target = value
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|reference| document::resolve(self.root, reference));
            match target {
                Some(target) => value = target,
                None => break,
            }
        }
        value
    }

    /// The responses of an operation by status, with the references among them followed.
    pub(super) fn responses(
        &self,
        operation: &OperationAt<'a>,
    ) -> impl Iterator<Item = (&'a str, &'a Value)> {
        operation
            .value
            .get("responses")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter(|(status, _)| !status.starts_with("x-"))
            .map(|(status, response)| (status.as_str(), self.follow(response)))
    }

    fn walk(&mut self) {
        let mut waiting = vec![Visit {
            value: self.root,
            pointer: String::new(),
            key: "",
            role: Role::Node,
            edge: Edge::Other,
            parent: None,
        }];
        while let Some(visit) = waiting.pop() {
            let first_new = waiting.len();
            self.visit(visit, &mut waiting);
            // The stack gives back the last one first.
            if let Some(new) = waiting.get_mut(first_new..) {
                new.reverse();
            }
        }
    }

    fn visit(&mut self, visit: Visit<'a>, waiting: &mut Vec<Visit<'a>>) {
        let object = match visit.value {
            Value::Array(items) => {
                return waiting.extend(items.iter().enumerate().map(|(index, item)| Visit {
                    value: item,
                    pointer: format!("{}/{index}", visit.pointer),
                    ..visit
                }));
            }
            Value::Object(object) => object,
            _ => return,
        };
        let keyed = matches!(visit.role, Role::Node | Role::Schema);
        if keyed {
            self.take_strings(object, &visit);
        }
        let mut parent = visit.parent;
        if visit.role == Role::Schema {
            parent = Some(self.schemas.len());
            self.schemas.push(SchemaAt {
                pointer: visit.pointer.clone(),
                key: visit.key.to_owned(),
                value: object,
                edge: visit.edge,
                parent: visit.parent,
            });
        } else if visit.role == Role::Node
            && object.contains_key("in")
            && object.contains_key("name")
        {
            self.parameters.push(At {
                pointer: visit.pointer.clone(),
                value: object,
            });
        }
        for (key, value) in object {
            let role = visit.role.child(key, value);
            if matches!(role, Role::Prose | Role::Data) {
                continue;
            }
            waiting.push(Visit {
                value,
                pointer: document::pointer(&visit.pointer, key),
                key,
                role,
                edge: edge(visit.role, visit.parent.is_none(), visit.key, key),
                // Only schemas within schemas have one around them.
                parent: parent.filter(|_| matches!(role, Role::Schema | Role::SchemaNames)),
            });
        }
    }

    fn take_strings(&mut self, object: &'a Object, visit: &Visit<'a>) {
        for (key, value) in object {
            let Value::String(text) = value else { continue };
            let list = match key.as_str() {
                "title" | "summary" | "description" => &mut self.texts,
                "$ref" => &mut self.references,
                _ => continue,
            };
            list.push(At {
                pointer: document::pointer(&visit.pointer, key),
                value: text,
            });
        }
    }
}

/// A value that is still to be looked at.
struct Visit<'a> {
    value: &'a Value,
    pointer: String,
    key: &'a str,
    role: Role,
    edge: Edge,
    parent: Option<usize>,
}

/// How the value under `key` hangs on the value that itself hangs under `parent_key`.
fn edge(parent: Role, outside_schemas: bool, parent_key: &str, key: &str) -> Edge {
    match (parent, key) {
        (Role::SchemaNames, _) if outside_schemas => Edge::Component,
        (Role::SchemaNames, _) if parent_key == "properties" => Edge::Property,
        (Role::Schema, "oneOf" | "anyOf") => Edge::Member,
        (Role::Schema, "allOf") => Edge::Base,
        (Role::Schema, "additionalProperties") => Edge::Extra,
        _ => Edge::Other,
    }
}

fn operations(root: &Value) -> Vec<OperationAt<'_>> {
    let paths = root.get("paths").and_then(Value::as_object);
    paths
        .into_iter()
        .flatten()
        .filter_map(|(path, item)| Some((path, item.as_object()?)))
        .flat_map(|(path, item)| {
            item.iter()
                .filter(|(method, _)| METHODS.contains(&method.as_str()))
                .filter_map(move |(method, operation)| {
                    Some(OperationAt {
                        pointer: document::pointer(&document::pointer("/paths", path), method),
                        method,
                        value: operation.as_object()?,
                    })
                })
        })
        .collect()
}
