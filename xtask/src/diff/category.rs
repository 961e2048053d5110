//! Which kind of Rust type a schema becomes, and how to call it in a report.

use super::model::{Extra, Inline, Model, Schema};
use super::shape::Shape;

/// What a value is, as far as it decides which Rust type it gets.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Category {
    Anything,
    /// The Rust type of a scalar.
    Scalar(&'static str),
    /// Listed values, with the Rust type they would have without the list.
    Enum(&'static str),
    Array,
    /// An object with named fields.
    Object,
    /// An object of values under any names.
    Map,
    /// An object that the document says nothing about.
    FreeObject,
    Union,
    /// Several JSON types.
    Mixed(Vec<String>),
}

impl<'a> Shape<'a> {
    pub(super) fn category(&self) -> Category {
        if !self.unions.is_empty() && self.fields.is_empty() {
            return Category::Union;
        }
        let [kind, more @ ..] = self.kinds else {
            return self.category_without_type();
        };
        if !more.is_empty() {
            let mut kinds = self.kinds.to_vec();
            kinds.sort();
            return Category::Mixed(kinds);
        }
        match kind.as_str() {
            "object" => self.category_of_object(),
            "array" => Category::Array,
            scalar if self.values.is_some() => Category::Enum(rust_type(scalar, self.format)),
            scalar => Category::Scalar(rust_type(scalar, self.format)),
        }
    }

    fn category_without_type(&self) -> Category {
        match &self.values {
            _ if !self.fields.is_empty() || self.extra.is_some() => self.category_of_object(),
            _ if !self.items.is_empty() => Category::Array,
            Some(values) if values.iter().all(|value| value.is_string()) => {
                Category::Enum(rust_type("string", self.format))
            }
            Some(_) => Category::Enum("value"),
            None => Category::Anything,
        }
    }

    fn category_of_object(&self) -> Category {
        match self.extra {
            _ if !self.fields.is_empty() => Category::Object,
            Some(Extra::Typed(_)) => Category::Map,
            Some(Extra::Closed) => Category::Object,
            Some(Extra::Open) | None => Category::FreeObject,
        }
    }

    /// The shape in a few words.
    pub(super) fn describe(&self, model: &'a Model) -> String {
        match (self.category(), self.extra) {
            (Category::Anything, _) => "anything".to_owned(),
            (Category::Scalar(_), _) => self.describe_scalar(),
            (Category::Enum(_), _) => format!("enum of {}", self.describe_scalar()),
            (Category::Array, _) => format!("array of {}", describe(&self.items, model)),
            (Category::Map, Some(Extra::Typed(values))) => {
                format!("map of {}", describe(&[values], model))
            }
            (Category::Map | Category::FreeObject, _) => "object without fields".to_owned(),
            (Category::Object, _) => "object".to_owned(),
            (Category::Union, _) => "union".to_owned(),
            (Category::Mixed(kinds), _) => kinds.join(" or "),
        }
    }

    fn describe_scalar(&self) -> String {
        let kind = self.kinds.first().map_or("string", String::as_str);
        match self.format {
            Some(format) => format!("{kind} ({format})"),
            None => kind.to_owned(),
        }
    }
}

/// The one component that the schemas come down to, when nothing beside it shapes the value.
pub(super) fn name<'a>(schemas: &[&'a Schema]) -> Option<&'a str> {
    let mut found = None;
    let mut waiting = schemas.to_vec();
    while let Some(schema) = waiting.pop() {
        match schema {
            Schema::Named(name) if found.is_none_or(|known| known == name) => found = Some(name),
            Schema::Named(_) => return None,
            Schema::Inline(inline) if shapes_nothing(inline) => waiting.extend(&inline.bases),
            Schema::Inline(_) => return None,
        }
    }
    found.map(String::as_str)
}

/// The schemas in a few words: the name of a component, or what kind of value it is.
pub(super) fn describe(schemas: &[&Schema], model: &Model) -> String {
    match name(schemas) {
        Some(name) => name.to_owned(),
        None => Shape::of(schemas, model).describe(model),
    }
}

/// `{}`, `{type: object}` around an `allOf`, or notes alone.
fn shapes_nothing(inline: &Inline) -> bool {
    let shape = Inline {
        kinds: inline.kinds.clone(),
        bases: inline.bases.clone(),
        notes: inline.notes.clone(),
        ..Inline::default()
    };
    *inline == shape && matches!(inline.kinds.as_slice(), [] | [_]) && {
        let kind = inline.kinds.first();
        kind.is_none_or(|kind| kind == "object")
    }
}

/// The Rust type that the generator gives a scalar.
fn rust_type(kind: &str, format: Option<&str>) -> &'static str {
    match (kind, format.unwrap_or_default()) {
        ("boolean", _) => "bool",
        ("integer", "int8") => "i8",
        ("integer", "int16") => "i16",
        ("integer", "int" | "int32") => "i32",
        ("integer", "uint8") => "u8",
        ("integer", "uint16") => "u16",
        ("integer", "uint" | "uint32") => "u32",
        ("integer", "uint64") => "u64",
        ("integer", _) => "i64",
        ("number", "float") => "f32",
        ("number", _) => "f64",
        ("string", "date") => "date",
        ("string", "date-time") => "date and time",
        ("string", "uuid") => "uuid",
        ("string", "ip") => "address",
        ("string", "ipv4") => "address of version 4",
        ("string", "ipv6") => "address of version 6",
        ("string", "password") => "secret",
        ("string", _) => "string",
        _ => "value",
    }
}
