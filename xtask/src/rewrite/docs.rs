//! Documentation comments.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;
use syn::{AttrStyle, Attribute, Expr, Lit, Meta, parse_quote, visit_mut::VisitMut};

use crate::{
    document::walk::{Node, referenced},
    markdown::{code, first_sentence, for_rustdoc},
};

/// Makes a comment of a text.
pub(super) fn comment(text: &str) -> TokenStream {
    quote! { #[doc = #text] }
}

/// Rewrites each documentation comment, one line per line of its text. All comments from a document or from the
/// generator pass through here.
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

/// Returns the deprecation attribute if one of these nodes is deprecated, with the description from the first.
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
        None => "deprecated in the document".to_owned(),
    };
    Some(quote! { #[deprecated(note = #note)] })
}

/// Returns the document's description of a schema, or its name.
pub(super) fn of_type(name: &str, schema: &Value) -> String {
    let said = match text(schema) {
        Some(text) => text.to_owned(),
        None => undescribed(name),
    };
    with_notes(said, schema)
}

/// Returns the document's description of a property, or else the first sentence on its type.
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
    format!("{}.", code(name))
}

/// Adds what a schema says in keywords.
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

/// Returns the description of an enum as a whole: the part before the list of its values, if it has one.
pub(super) fn of_enum(name: &str, schema: &Value, values: &[&str]) -> String {
    let said = of_type(name, schema);
    let places: Vec<usize> = values
        .iter()
        .filter_map(|value| place_of(value, &said))
        .collect();
    // A new value may be missing in the list, and a single mention is not a list.
    let list = places
        .iter()
        .min()
        .filter(|_| places.len() * 2 > values.len());
    match list.and_then(|list| said.get(..*list)).map(str::trim) {
        Some(before) if !before.is_empty() => before.to_owned(),
        _ => said,
    }
}

/// Returns where a description begins to describe a value.
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

/// Returns the part of a description that lists values (`A: first; B: second`) about one of them.
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
