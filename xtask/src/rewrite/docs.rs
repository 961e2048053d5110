//! Documentation comments.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;
use syn::{AttrStyle, Attribute, Expr, Lit, Meta, parse_quote, visit_mut::VisitMut};

use crate::{
    markdown::{code, first_sentence, for_rustdoc},
    normalise::walk::{Node, referenced},
};

/// A comment of that text.
pub(super) fn comment(text: &str) -> TokenStream {
    quote! { #[doc = #text] }
}

/// Writes each documentation comment anew, a line for each line of its text. All that a document says in a comment, and
/// all that the generator makes of it, goes through here.
pub struct Comments;

impl VisitMut for Comments {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        let mut text = Vec::new();
        let mut style = AttrStyle::Outer;
        attributes.retain(|attribute| {
            let comment = comment_text(attribute);
            if let Some(comment) = &comment {
                text.push(
                    comment
                        .lines()
                        .map(without_margin)
                        .collect::<Vec<_>>()
                        .join("\n"),
                );
                style = attribute.style;
            }
            comment.is_none()
        });
        let text = for_rustdoc(&text.join("\n"));
        let lines = text.lines().map(|line| match line {
            "" => String::new(),
            line => format!(" {line}"),
        });
        let comments: Vec<Attribute> = lines
            .map(|line| Attribute {
                style,
                ..parse_quote! { #[doc = #line] }
            })
            .collect();
        attributes.splice(..0, comments);
    }
}

fn without_margin(line: &str) -> &str {
    line.strip_prefix(' ').unwrap_or(line)
}

fn comment_text(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(meta) = &attribute.meta else {
        return None;
    };
    let Expr::Lit(literal) = &meta.value else {
        return None;
    };
    match &literal.lit {
        Lit::Str(text) if meta.path.is_ident("doc") => Some(text.value()),
        _ => None,
    }
}

/// The mark of what one of these nodes calls deprecated, with what the first of them says of it.
pub(super) fn deprecation(nodes: &[Option<&Value>]) -> Option<TokenStream> {
    let is_deprecated = |node: &&Value| node.get("deprecated") == Some(&Value::Bool(true));
    let mut found = nodes
        .iter()
        .copied()
        .flatten()
        .filter(is_deprecated)
        .peekable();
    found.peek()?;
    let note = match found.find_map(text) {
        Some(text) => first_sentence(text).replace('\n', " "),
        None => "the document marks it so".to_owned(),
    };
    Some(quote! { #[deprecated(note = #note)] })
}

/// What the document says of a schema, or its name.
pub(super) fn of_type(name: &str, schema: &Value) -> String {
    let said = match text(schema) {
        Some(text) => text.to_owned(),
        None => undescribed(name),
    };
    with_notes(said, schema)
}

/// What the document says of a property, else the first sentence on its type.
pub(super) fn of_property(name: &str, schema: &Value, schemas: &Node) -> String {
    let of_its_type = || {
        let target = schemas.get(referenced(schema)?)?;
        text(target).map(|text| first_sentence(text).to_owned())
    };
    let said = text(schema)
        .map(str::to_owned)
        .or_else(of_its_type)
        .unwrap_or_else(|| undescribed(name));
    with_notes(said, schema)
}

fn undescribed(name: &str) -> String {
    format!("{}; the documents do not describe it.", code(name))
}

/// Adds what the document says of a schema in marks of its own.
fn with_notes(mut said: String, schema: &Value) -> String {
    for (key, note) in [
        ("readOnly", "Set by the server."),
        ("x-unverified", "Not verified against a published document."),
    ] {
        if schema.get(key) == Some(&Value::Bool(true)) {
            said = format!("{said}\n\n{note}");
        }
    }
    said
}

/// What a description says of an enum as a whole: what stands before the list of its values, if it has one.
pub(super) fn of_enum(name: &str, schema: &Value, values: &[&str]) -> String {
    let said = of_type(name, schema);
    let places: Vec<usize> = values
        .iter()
        .filter_map(|value| place_of(value, &said))
        .collect();
    // A value that is new may be missing in the list; a mention here and there is no list.
    let list = places
        .iter()
        .min()
        .filter(|_| places.len() * 2 > values.len());
    match list.and_then(|list| said.get(..*list)).map(str::trim) {
        Some(before) if !before.is_empty() => before.to_owned(),
        _ => said,
    }
}

/// Where a description starts to speak of a value.
fn place_of(value: &str, description: &str) -> Option<usize> {
    let mark = format!("{value}: ");
    description
        .match_indices(&mark)
        .map(|(place, _)| place)
        .find(|place| {
            let before = description.get(..*place).unwrap_or_default();
            before.is_empty() || before.ends_with([' ', '\n'])
        })
}

/// What a description that lists its values (`A: first; B: second`) says of one of them.
pub(super) fn of_value(value: &str, all: &[&str], description: Option<&str>) -> String {
    let plain = || code(value);
    let Some(description) = description else {
        return plain();
    };
    let Some(start) = place_of(value, description) else {
        return plain();
    };
    let mark = format!("{value}: ");
    let rest = description.get(start + mark.len()..).unwrap_or_default();
    let end = all
        .iter()
        .filter_map(|other| rest.find(&format!("; {other}: ")))
        .min()
        .or_else(|| rest.find(". "))
        .unwrap_or(rest.len());
    let said = rest
        .get(..end)
        .unwrap_or_default()
        .trim_end_matches(['.', ';'])
        .replace('\n', " ");
    format!("{}: {said}.", code(value))
}

fn text(schema: &Value) -> Option<&str> {
    schema
        .get("description")?
        .as_str()
        .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_in_prose() {
        let all = ["DRAFT", "PUBLISHED"];
        let prose = Some("State of the flow. DRAFT: still\na draft; PUBLISHED: out");
        assert_eq!(of_value("DRAFT", &all, prose), "`DRAFT`: still a draft.");
        assert_eq!(of_value("PUBLISHED", &all, prose), "`PUBLISHED`: out.");
        assert_eq!(of_value("SHED", &all, prose), "`SHED`");
    }

    #[test]
    fn an_enum_as_a_whole_is_what_stands_before_its_values() {
        let schema = serde_json::json!({"description": "State of the flow. DRAFT: still a draft; PUBLISHED: out"});
        assert_eq!(
            of_enum("Mode", &schema, &["DRAFT", "PUBLISHED"]),
            "State of the flow."
        );
        assert_eq!(
            of_enum("Mode", &schema, &["DRAFT", "PUBLISHED", "NEW"]),
            "State of the flow."
        );
        let whole = "State of the flow. DRAFT: still a draft; PUBLISHED: out";
        assert_eq!(of_enum("Mode", &schema, &["DRAFT", "SHED"]), whole);
    }
}
