//! The normalised documents as what they mean, read once: operations, and types by name.
//!
//! Whatever compares or tabulates documents reads this. References are resolved, inline objects have names, and unions
//! know how their alternatives are told apart, because the normaliser saw to it.

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
    /// Name of its document.
    pub document: String,
    /// `operationId`.
    pub id: String,
    /// In upper case.
    pub method: String,
    /// With its parameters in braces.
    pub path: String,
    /// Whether the document advises against it.
    pub is_deprecated: bool,
    /// Those of the path item first.
    pub parameters: Vec<Parameter>,
    /// What a request carries.
    pub body: Option<Body>,
    /// What a success answers with.
    pub answer: Option<Schema>,
    /// Each published status, with what its body is called.
    pub statuses: BTreeMap<String, String>,
    /// Who may call it, as published.
    pub security: Option<Value>,
    /// What the server calls for it, as published; no function is made of that.
    pub callbacks: Option<Value>,
}

/// A parameter of an operation.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Parameter {
    /// Name in the URL.
    pub name: String,
    /// `path` or `query`.
    pub place: String,
    /// Whether it has to be given.
    pub is_required: bool,
    /// Whether the document advises against it.
    pub is_deprecated: bool,
    /// Its values.
    pub schema: Schema,
}

/// The body of a request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Body {
    /// Whether it has to be given.
    pub is_required: bool,
    /// What it is.
    pub schema: Schema,
    /// Fields that this operation requires, and the type does not.
    pub required: Vec<String>,
}

/// A type where it is defined, or where it is used.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Schema {
    /// What kind of type it is.
    pub form: Form,
    /// What the document says beside it.
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
    /// A type of JSON, with its format.
    Scalar(String, Option<String>),
    /// A list.
    List(Box<Schema>),
    /// An object with values under any key.
    Map(Box<Schema>),
    /// An object with fields, and perhaps a union in the same JSON.
    Object(Vec<Field>, Option<String>),
    /// Texts.
    Enum(Vec<String>),
    /// One of several.
    Union(Select, Vec<Alternative>),
}

/// A field of an object.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Field {
    /// Its key.
    pub key: String,
    /// Whether it has to be there.
    pub is_required: bool,
    /// Its values.
    pub schema: Schema,
}

/// An alternative of a union.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Alternative {
    /// The variant.
    pub variant: String,
    /// The key or value by which it is known.
    pub mark: String,
    /// What it holds.
    pub schema: Schema,
    /// Whether that is the whole object, and not the value of a key.
    pub is_whole: bool,
}

/// What leaves a type as it is.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Notes {
    /// Whether it may be `null`.
    pub is_nullable: bool,
    /// Whether the document advises against it.
    pub is_deprecated: bool,
    /// Whether only the server sets it.
    pub is_read_only: bool,
    /// Whether values beyond those of the enum are taken.
    pub is_open: bool,
    /// Whether the server does not send it.
    pub is_write_only: bool,
    /// What the server assumes.
    pub default: Option<Value>,
    /// The one value that it can have.
    pub constant: Option<Value>,
    /// Lengths, counts, ranges and patterns.
    pub limits: Map<String, Value>,
}

/// How many names of one type are followed.
const ALIASES: usize = 8;

impl Model {
    /// What a type is once other names for it are followed.
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

    /// How many operations reach each type, directly or through others.
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
    /// Whether it is only a name for another type.
    pub fn is_name(&self) -> bool {
        matches!(self.form, Form::Named(_))
    }

    /// The types that it names.
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

    /// The kind in a few words: the name of a type, or what JSON it is.
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
