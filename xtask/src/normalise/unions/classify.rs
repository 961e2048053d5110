//! Determines how the alternatives of a `oneOf` are told apart.

use serde_json::{Map, Value};

use super::{
    super::{
        PassError,
        walk::{Node, referenced},
    },
    model::{Alternative, Holds, Select, Union},
};
use crate::{document::pointer, names};

/// A member of `oneOf`, with its object.
struct Member<'a> {
    schema: &'a Value,
    component: Option<&'a str>,
    object: &'a Value,
}

impl<'a> Member<'a> {
    fn new(schema: &'a Value, known: &'a Node) -> Self {
        let component = referenced(schema);
        let object = component.and_then(|name| known.get(name)).unwrap_or(schema);
        Self {
            schema,
            component,
            object,
        }
    }

    fn properties(&self) -> Option<&'a Map<String, Value>> {
        self.object.get("properties")?.as_object()
    }

    fn requires(&self, name: &str) -> bool {
        self.object
            .get("required")
            .and_then(Value::as_array)
            .is_some_and(|required| required.iter().any(|it| it == name))
    }

    /// Returns the only value that a property of this member can have.
    fn constant(&self, property: &str) -> Option<&'a str> {
        match self
            .properties()?
            .get(property)?
            .get("enum")?
            .as_array()?
            .as_slice()
        {
            [Value::String(only)] => Some(only),
            _ => None,
        }
    }

    fn alternative(&self, mark: &str, variant: &str, holds: Holds) -> Alternative {
        let description = self
            .schema
            .get("description")
            .or_else(|| self.object.get("description"))
            .and_then(Value::as_str)
            .map(str::to_owned);
        Alternative {
            variant: names::variant(variant, "Alternative"),
            mark: mark.to_owned(),
            holds,
            component: self.component.map(str::to_owned),
            is_deprecated: self.object.get("deprecated") == Some(&Value::Bool(true)),
            description,
        }
    }
}

pub(super) fn classify(name: &str, schema: &Value, known: &Node) -> Result<Union, PassError> {
    let members: Vec<Member<'_>> = schema
        .get("oneOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|member| Member::new(member, known))
        .collect();
    let union = match schema.get("x-selected-by") {
        Some(selector) => by_sibling(name, selector, &members),
        None => by_tag(schema, &members)
            .or_else(|| by_key(&members))
            .ok_or_else(|| PassError {
                pointer: format!("/components/schemas/{name}/oneOf"),
                message: "expected alternatives that differ in a key or in the value of one property".to_owned(),
                remedy: "specify with an overlay how they are told apart: a property of their own for each, or x-selected-by"
                    .to_owned(),
            }),
    };
    match schema.get("x-rust-variants") {
        Some(chosen) => renamed(name, union?, chosen),
        None => union,
    }
}

/// Returns the union with the variants renamed as `x-rust-variants` says, by their keys or values.
fn renamed(name: &str, mut union: Union, chosen: &Value) -> Result<Union, PassError> {
    for (mark, variant) in chosen.as_object().into_iter().flatten() {
        let alternative = union.alternatives.iter_mut().find(|it| it.mark == *mark);
        let (Some(alternative), Some(variant)) = (alternative, variant.as_str()) else {
            return Err(PassError {
                pointer: pointer(&format!("/components/schemas/{name}/x-rust-variants"), mark),
                message:
                    "expected an alternative, by its key or value, and the name of its variant"
                        .to_owned(),
                remedy: "correct the overlay that sets x-rust-variants".to_owned(),
            });
        };
        alternative.variant = names::variant(variant, "Alternative");
    }
    Ok(union)
}

fn by_sibling(name: &str, selector: &Value, members: &[Member<'_>]) -> Result<Union, PassError> {
    let fault = |message: String| PassError {
        pointer: format!("/components/schemas/{name}/x-selected-by"),
        message,
        remedy: "correct the overlay that sets x-selected-by".to_owned(),
    };
    let text = |key: &str| {
        let found = selector.get(key).and_then(Value::as_str);
        found
            .map(str::to_owned)
            .ok_or_else(|| fault(format!("expected a text in {key}")))
    };
    let values = selector
        .get("values")
        .and_then(Value::as_object)
        .ok_or_else(|| fault("expected a map from value to schema in values".to_owned()))?;
    let mut alternatives = Vec::new();
    for (value, target) in values {
        let member = members
            .iter()
            .find(|member| member.schema.get("$ref") == Some(target))
            .ok_or_else(|| {
                fault(format!(
                    "expected one of the alternatives for {value}, found {target}"
                ))
            })?;
        alternatives.push(member.alternative(value, value, Holds::Value(member.schema.clone())));
    }
    if let Some(missing) = members.iter().find(|member| {
        !values
            .values()
            .any(|it| member.schema.get("$ref") == Some(it))
    }) {
        return Err(fault(format!("expected a value for {}", missing.schema)));
    }
    Ok(Union {
        select: Select::Sibling {
            property: text("property")?,
            content: text("content")?,
        },
        alternatives: alternatives
            .into_iter()
            .map(|alternative| Alternative {
                component: None,
                ..alternative
            })
            .collect(),
    })
}

/// Tells members apart by a property that has one fixed, distinct value in each.
fn by_tag(schema: &Value, members: &[Member<'_>]) -> Option<Union> {
    let named = schema
        .pointer("/discriminator/propertyName")
        .and_then(Value::as_str);
    let first = members.first()?.properties()?;
    let property = named.map(str::to_owned).or_else(|| {
        let candidates = first.keys();
        let distinguishing = |name: &&String| {
            let mut values: Vec<_> = members
                .iter()
                .filter_map(|member| member.constant(name))
                .collect();
            values.sort_unstable();
            values.dedup();
            values.len() == members.len()
        };
        candidates.into_iter().find(distinguishing).cloned()
    })?;
    let alternatives: Option<Vec<Alternative>> = members
        .iter()
        .map(|member| {
            let value = member.constant(&property)?;
            Some(member.alternative(value, value, Holds::Whole(member.schema.clone())))
        })
        .collect();
    Some(Union {
        alternatives: alternatives?,
        select: Select::Tag { property },
    })
}

/// Tells members apart by a property that only one of them has.
fn by_key(members: &[Member<'_>]) -> Option<Union> {
    let alternatives: Option<Vec<Alternative>> = members
        .iter()
        .enumerate()
        .map(|(index, member)| {
            let properties = member.properties()?;
            let own: Vec<&String> = properties
                .keys()
                .filter(|key| {
                    members.iter().enumerate().all(|(other, it)| {
                        other == index
                            || it
                                .properties()
                                .is_some_and(|theirs| !theirs.contains_key(*key))
                    })
                })
                .collect();
            let key = match own.as_slice() {
                [only] => only,
                several => several.iter().find(|key| member.requires(key))?,
            };
            Some(match (properties.len(), member.component) {
                (1, _) => {
                    let value = properties.get(*key)?.clone();
                    member.alternative(key, key, Holds::Value(value))
                }
                (_, Some(component)) => {
                    member.alternative(key, component, Holds::Whole(member.schema.clone()))
                }
                (_, None) => return None,
            })
        })
        .collect();
    Some(Union {
        select: Select::Key,
        alternatives: alternatives?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told_apart(one_of: Value) -> Result<String, PassError> {
        classify("U", &json!({ "oneOf": one_of }), &Node::new()).map(|union| union.to_string())
    }

    #[test]
    fn by_key_or_value() {
        let text = json!({"type": "object", "properties": {"text": {}}});
        let card = json!({"type": "object", "properties": {"card": {}}});
        assert_eq!(
            told_apart(json!([text, card])).expect("two keys"),
            "by key: text, card"
        );
        let tagged = |value: &str| json!({"properties": {"type": {"enum": [value]}, "x": {}}});
        assert_eq!(
            told_apart(json!([tagged("A"), tagged("B")])).expect("two values"),
            "by value of type: A, B"
        );
    }

    #[test]
    fn a_variant_may_have_a_chosen_name() {
        let tagged = |value: &str| json!({"properties": {"type": {"enum": [value]}, "x": {}}});
        let named = |chosen: Value| {
            let one_of = json!([tagged("WL"), tagged("AL")]);
            let schema = json!({"oneOf": one_of, "x-rust-variants": chosen});
            let union = classify("U", &schema, &Node::new())?;
            let variants = union.alternatives.into_iter().map(|it| it.variant);
            Ok::<_, PassError>(variants.collect::<Vec<_>>())
        };
        let variants = named(json!({"WL": "WebLink"})).expect("an alternative");
        assert_eq!(variants, ["WebLink", "Al"]);
        for wrong in [json!({"XL": "Wide"}), json!({"WL": 1})] {
            let fault = named(wrong).expect_err("no alternative, or no name");
            assert!(
                fault
                    .pointer
                    .starts_with("/components/schemas/U/x-rust-variants/")
            );
        }
    }

    #[test]
    fn what_cannot_be_told_apart_is_a_fault() {
        let same = json!({"type": "object", "properties": {"text": {}}});
        let fault = told_apart(json!([same, same])).expect_err("the same");
        assert_eq!(fault.pointer, "/components/schemas/U/oneOf");
    }

    #[test]
    fn a_selector_must_name_every_alternative() {
        let schema = json!({
            "oneOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}],
            "x-selected-by": {"property": "t", "content": "c", "values": {"X": "#/components/schemas/A"}}
        });
        let fault = classify("U", &schema, &Node::new()).expect_err("B has no value");
        assert!(fault.message.contains("schemas/B"), "{}", fault.message);
    }
}
