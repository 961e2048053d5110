//! The parameters of WhatsApp templates. The API has them flat, as `body[1]text` or `header[1]image.link`; WhatsApp has
//! them as components.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// The component that a parameter belongs to.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Component<'a> {
    Header,
    Body,
    Button { index: u32, kind: &'a str },
}

/// A parameter: `text`, `payload`, or a file with several members such as `link`.
#[derive(Default)]
struct Parameter<'a> {
    kind: &'a str,
    value: Option<&'a str>,
    members: Map<String, Value>,
}

/// Returns the components for these parameters. Keys of another form are ignored.
pub(super) fn components(parameters: &BTreeMap<String, String>) -> Vec<Value> {
    let mut found: BTreeMap<Component<'_>, BTreeMap<u32, Parameter<'_>>> = BTreeMap::new();
    for (key, value) in parameters {
        let Some((component, index, field)) = parse(key) else {
            continue;
        };
        let parameter = found
            .entry(component)
            .or_default()
            .entry(index)
            .or_default();
        match field.split_once('.') {
            None => (parameter.kind, parameter.value) = (field, Some(value.as_str())),
            Some((kind, member)) => {
                parameter.kind = kind;
                parameter.members.insert(member.to_owned(), json!(value));
            }
        }
    }
    found.into_iter().map(shown).collect()
}

/// Returns the component, the index in it, and the rest of the key.
fn parse(key: &str) -> Option<(Component<'_>, u32, &str)> {
    let (section, index, rest) = indexed(key)?;
    match section {
        "header" => Some((Component::Header, index, rest)),
        "body" => Some((Component::Body, index, rest)),
        "button" => {
            let (kind, parameter, field) = indexed(rest)?;
            Some((Component::Button { index, kind }, parameter, field))
        }
        _ => None,
    }
}

/// Splits `name[1]rest`.
fn indexed(text: &str) -> Option<(&str, u32, &str)> {
    let (name, rest) = text.split_once('[')?;
    let (index, rest) = rest.split_once(']')?;
    Some((name, index.parse().ok()?, rest))
}

fn shown((component, parameters): (Component<'_>, BTreeMap<u32, Parameter<'_>>)) -> Value {
    let parameters: Vec<Value> = parameters
        .into_values()
        .map(
            |Parameter {
                 kind,
                 value,
                 members,
             }| match value {
                Some(value) => json!({"type": kind, kind: value}),
                None => json!({"type": kind, kind: members}),
            },
        )
        .collect();
    match component {
        Component::Header => json!({"type": "header", "parameters": parameters}),
        Component::Body => json!({"type": "body", "parameters": parameters}),
        Component::Button { index, kind } => json!({
            "type": "button",
            "sub_type": kind,
            "index": index.to_string(),
            "parameters": parameters,
        }),
    }
}
