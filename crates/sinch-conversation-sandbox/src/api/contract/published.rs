//! The parameters of operations as the documents describe them, for generated samples.

use serde_json::Value;
use sinch_conversation_raw::OperationId as Id;

use super::CONTRACT;

/// A parameter of an operation.
pub(crate) struct PublishedParameter {
    pub(crate) name: &'static str,
    pub(crate) in_path: bool,
    pub(crate) required: bool,
    literal: Literal,
}

/// How a value is written in Rust.
#[derive(Clone, Copy)]
enum Literal {
    Text,
    WholeNumber,
    Flag,
    /// A string that is parsed with `FromStr`.
    Parsed,
}

/// Returns the parameters of an operation, in the order of the documents.
pub(crate) fn parameters(id: Id) -> Vec<PublishedParameter> {
    let list = operation(id).and_then(|operation| operation.get("parameters")?.as_array());
    list.into_iter()
        .flatten()
        .filter_map(PublishedParameter::read)
        .collect()
}

/// Returns whether an operation has a body.
pub(crate) fn has_body(id: Id) -> bool {
    let body = operation(id).and_then(|operation| operation.get("body"));
    body.is_some_and(|body| !body.is_null())
}

fn operation(id: Id) -> Option<&'static Value> {
    let contract = CONTRACT.as_ref().ok()?;
    contract.document.get("operations")?.get(id.as_str())
}

impl PublishedParameter {
    fn read(published: &'static Value) -> Option<Self> {
        let schema = published.get("schema")?;
        let kind = schema.get("type").and_then(Value::as_str);
        Some(Self {
            name: published.get("name")?.as_str()?,
            in_path: published.get("in")? == "path",
            required: published.get("required") == Some(&Value::Bool(true)),
            literal: match kind {
                Some("string") if schema.get("format").is_none() => Literal::Text,
                Some("integer") => Literal::WholeNumber,
                Some("boolean") => Literal::Flag,
                _ => Literal::Parsed,
            },
        })
    }

    /// Returns a value of the parameter as a Rust expression. An invalid value is refused when the expression is
    /// evaluated.
    pub(crate) fn literal(&self, value: &str) -> String {
        match self.literal {
            Literal::Text => format!("{value:?}"),
            Literal::WholeNumber if value.parse::<i32>().is_ok() => value.to_owned(),
            Literal::Flag if value.parse::<bool>().is_ok() => value.to_owned(),
            Literal::WholeNumber | Literal::Flag => format!("{value:?}.parse()?"),
            Literal::Parsed => format!("&{value:?}.parse()?"),
        }
    }
}
