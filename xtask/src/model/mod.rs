//! A model of the normalised documents: operations, and types by name.
//!
//! Everything that compares or lists documents uses it. The normaliser has resolved references, named inline objects,
//! and determined how the alternatives of unions are told apart.

mod read;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::normalise::unions::Select;

/// All operations and types of the normalised documents.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Model {
    /// In the order of the documents.
    pub operations: Vec<Operation>,
    /// By Rust name.
    pub types: BTreeMap<String, Schema>,
}

/// A method of a path.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Operation {
    /// The name of its document.
    pub document: String,
    /// `operationId`.
    pub id: String,
    /// In upper case.
    pub method: String,
    /// With its parameters in braces.
    pub path: String,
    /// What it does, in a few words; empty if the document does not say.
    pub summary: String,
    /// What it does; empty if the document does not say.
    pub description: String,
    /// Whether the document advises against it.
    pub is_deprecated: bool,
    /// Those of the path item first.
    pub parameters: Vec<Parameter>,
    /// The request body.
    pub body: Option<Body>,
    /// The body of a successful response.
    pub answer: Option<Schema>,
    /// The published statuses, with the names of their bodies.
    pub statuses: BTreeMap<String, String>,
    /// The accepted credentials, as published.
    pub security: Option<Value>,
    /// The server's calls that belong to it, as published; they have no functions.
    pub callbacks: Option<Value>,
}

/// A parameter of an operation.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Parameter {
    /// The name in the URL.
    pub name: String,
    /// `path` or `query`.
    pub place: String,
    /// What it is; empty if the document does not say.
    pub description: String,
    /// Whether it is required.
    pub is_required: bool,
    /// Whether the document advises against it.
    pub is_deprecated: bool,
    /// The type of its values.
    pub schema: Schema,
}

/// The body of a request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Body {
    /// Whether it is required.
    pub is_required: bool,
    /// The type of the body.
    pub schema: Schema,
    /// Fields that this operation requires although the type does not.
    pub required: Vec<String>,
}

/// A type where it is defined, or where it is used.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Schema {
    /// The kind of type.
    pub form: Form,
    /// What the document says in addition.
    pub notes: Notes,
}

/// The kinds of types.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Form {
    /// Any JSON.
    Anything,
    /// The type of that name.
    Named(String),
    /// A JSON type, with its format.
    Scalar(String, Option<String>),
    /// A list.
    List(Box<Schema>),
    /// An object with values under any key.
    Map(Box<Schema>),
    /// An object with fields, and perhaps a union in the same JSON.
    Object(Vec<Field>, Option<String>),
    /// Strings.
    Enum(Vec<String>),
    /// One of several alternatives.
    Union(Select, Vec<Alternative>),
}

/// A field of an object.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Field {
    /// Its key.
    pub key: String,
    /// Whether it is required.
    pub is_required: bool,
    /// The type of its values.
    pub schema: Schema,
}

/// An alternative of a union.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Alternative {
    /// The variant.
    pub variant: String,
    /// The key or value that identifies it.
    pub mark: String,
    /// The type of its content.
    pub schema: Schema,
    /// Whether the content is the whole object, and not the value of a key.
    pub is_whole: bool,
}

/// Properties that do not change the kind of a type.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Notes {
    /// Whether it may be `null`.
    pub is_nullable: bool,
    /// Whether the document advises against it.
    pub is_deprecated: bool,
    /// Whether only the server sets it.
    pub is_read_only: bool,
    /// Whether values outside of the enum are allowed.
    pub is_open: bool,
    /// Whether the server omits it.
    pub is_write_only: bool,
    /// The value that the server uses by default.
    pub default: Option<Value>,
    /// The only possible value.
    pub constant: Option<Value>,
    /// Lengths, counts, ranges and patterns.
    pub limits: Map<String, Value>,
}

/// The most aliases that are followed.
const ALIASES: usize = 8;

impl Model {
    /// Returns the type behind its aliases.
    pub fn resolved<'a>(&'a self, mut schema: &'a Schema) -> &'a Schema {
        for _ in 0..ALIASES {
            match &schema.form {
                Form::Named(name) => match self.types.get(name) {
                    Some(target) => schema = target,
                    None => break,
                },
                _ => break,
            }
        }
        schema
    }

    /// Returns how many operations use each type, directly or through others.
    pub fn reach(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for operation in &self.operations {
            let mut waiting: Vec<&str> = Vec::new();
            let parameters = operation.parameters.iter().map(|it| &it.schema);
            let body = operation.body.iter().map(|body| &body.schema);
            for schema in parameters.chain(body).chain(&operation.answer) {
                schema.names(&mut waiting);
            }
            let mut reached = BTreeSet::new();
            while let Some(name) = waiting.pop() {
                if let (true, Some(schema)) = (reached.insert(name), self.types.get(name)) {
                    schema.names(&mut waiting);
                }
            }
            for name in reached {
                *counts.entry(name).or_insert(0) += 1;
            }
        }
        counts
    }
}

impl Schema {
    /// Returns whether it is only an alias of another type.
    pub fn is_name(&self) -> bool {
        matches!(self.form, Form::Named(_))
    }

    /// Collects the types that it names.
    fn names<'a>(&'a self, found: &mut Vec<&'a str>) {
        match &self.form {
            Form::Anything | Form::Scalar(..) | Form::Enum(_) => {}
            Form::Named(name) => found.push(name),
            Form::List(inner) | Form::Map(inner) => inner.names(found),
            Form::Object(fields, union) => {
                fields.iter().for_each(|field| field.schema.names(found));
                found.extend(union.as_deref());
            }
            Form::Union(_, alternatives) => {
                alternatives.iter().for_each(|it| it.schema.names(found));
            }
        }
    }

    /// Describes the kind in a few words: the name of a type, or the kind of JSON.
    pub fn describe(&self) -> String {
        match &self.form {
            Form::Anything => "anything".to_owned(),
            Form::Named(name) => name.clone(),
            Form::Scalar(kind, None) => kind.clone(),
            Form::Scalar(kind, Some(format)) => format!("{kind} ({format})"),
            Form::List(items) => format!("array of {}", items.describe()),
            Form::Map(values) => format!("map of {}", values.describe()),
            Form::Object(fields, None) if fields.is_empty() => "object without fields".to_owned(),
            Form::Object(..) => "object".to_owned(),
            Form::Enum(_) => "enum of string".to_owned(),
            Form::Union(..) => "union".to_owned(),
        }
    }
}
