//! Quirks that no pass of the normaliser removes. The rules change nothing.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    diff::role::is_prose,
    document::{
        PassError, pointer, resolve,
        walk::{Node, each_operation, each_reference, try_schemas},
    },
    normalise::Pass,
};

/// The rules, in the order of the report.
pub const RULES: &[Pass] = &[
    Pass {
        name: "dangling-ref",
        why: "A reference without a target in the same document: the generator stops there.",
        apply: dangling_ref,
    },
    Pass {
        name: "mapping-without-schema",
        why: "A discriminator that maps a value to a schema the document does not have: no variant can be made of it.",
        apply: mapping_without_schema,
    },
    Pass {
        name: "ref-siblings",
        why: "Siblings of `$ref` apply in OpenAPI 3.1 and are ignored in 3.0: the generator drops them.",
        apply: ref_siblings,
    },
    Pass {
        name: "success-without-content",
        why: "A success other than 204 that describes no body: the function returns nothing, whatever the server sends.",
        apply: success_without_content,
    },
    Pass {
        name: "delete-with-body",
        why: "A DELETE with a body: proxies and servers may drop the body, and HTTP gives it no meaning.",
        apply: delete_with_body,
    },
    Pass {
        name: "untyped",
        why: "A schema that does not say its type: the value is any JSON, and a caller gets no help with it.",
        apply: untyped,
    },
    Pass {
        name: "enum-contradiction",
        why: "Parts of an `allOf` that allow a field no common value: nothing satisfies the schema, and the last part wins.",
        apply: enum_contradiction,
    },
    Pass {
        name: "secret-without-password-format",
        why: "`format: password` marks what must not appear in logs; a secret without it is printed by `Debug`.",
        apply: secret_without_password_format,
    },
];

/// Endings of names that mark a secret.
const SECRETS: [&str; 8] = [
    "token",
    "secret",
    "password",
    "api_key",
    "aes_key",
    "sender_key",
    "access_key",
    "private_key",
];

/// The keywords that determine the value of a schema.
const SHAPING: [&str; 9] = [
    "type",
    "$ref",
    "allOf",
    "oneOf",
    "anyOf",
    "enum",
    "const",
    "not",
    "properties",
];

/// The most schemas that one is composed of; further ones are ignored.
const MOST_PARTS: usize = 64;

fn dangling_ref(document: &mut Value) -> Result<Vec<String>, PassError> {
    const DATA: [&str; 5] = ["example", "examples", "default", "enum", "const"];
    let mut found = Vec::new();
    each_reference(document, "", &DATA, &mut |place, _, target| {
        if resolve(document, target).is_none() {
            found.push(format!("{place}/$ref no {target} in this document"));
        }
    });
    Ok(found)
}

/// Calls `visit` for each schema with its place and the whole document, and collects the results.
fn schemas(
    document: &mut Value,
    visit: impl Fn(&str, &Node, &Value, &mut Vec<String>),
) -> Result<Vec<String>, PassError> {
    let whole = document.clone();
    try_schemas(document, |place, schema, found| {
        visit(place, schema, &whole, found);
        Ok(())
    })
}

fn mapping_without_schema(document: &mut Value) -> Result<Vec<String>, PassError> {
    schemas(document, |place, schema, whole, found| {
        let mapping = schema
            .get("discriminator")
            .and_then(|it| it.get("mapping")?.as_object());
        let place = format!("{place}/discriminator/mapping");
        for (value, target) in mapping.into_iter().flatten() {
            let target = target.as_str().unwrap_or_default();
            let named = pointer("/components/schemas", target);
            if resolve(whole, target).is_none() && whole.pointer(&named).is_none() {
                let place = pointer(&place, value);
                found.push(format!("{place} refers to {target}, which is missing"));
            }
        }
    })
}

fn ref_siblings(document: &mut Value) -> Result<Vec<String>, PassError> {
    schemas(document, |place, schema, _, found| {
        let siblings: Vec<&str> = schema
            .keys()
            .map(String::as_str)
            .filter(|key| *key != "$ref" && !is_prose(key) && !key.starts_with("x-"))
            .collect();
        if schema.contains_key("$ref") && !siblings.is_empty() {
            found.push(format!("{place} {} next to $ref", siblings.join(", ")));
        }
    })
}

fn success_without_content(document: &mut Value) -> Result<Vec<String>, PassError> {
    let whole = document.clone();
    let mut found = Vec::new();
    each_operation(document, &mut |place, operation| {
        let responses = operation.get("responses").and_then(Value::as_object);
        for (status, response) in responses.into_iter().flatten() {
            let target = response.get("$ref").and_then(Value::as_str);
            let response = target.map_or(Some(response), |target| resolve(&whole, target));
            let content = response.and_then(|response| response.get("content")?.as_object());
            let is_bare = content.is_none_or(Node::is_empty);
            if status.starts_with('2') && !matches!(status.as_str(), "204" | "205") && is_bare {
                let place = pointer(&format!("{place}/responses"), status);
                found.push(format!("{place} {status} without content"));
            }
        }
    });
    Ok(found)
}

fn delete_with_body(document: &mut Value) -> Result<Vec<String>, PassError> {
    let mut found = Vec::new();
    each_operation(document, &mut |place, operation| {
        if place.ends_with("/delete") && operation.contains_key("requestBody") {
            found.push(place.to_owned());
        }
    });
    Ok(found)
}

fn untyped(document: &mut Value) -> Result<Vec<String>, PassError> {
    schemas(document, |place, schema, _, found| {
        // As a part of `allOf` it only adds a remark, and `additionalProperties: {}` is intentional.
        let (around, key) = place.rsplit_once('/').unwrap_or_default();
        let is_remark = around.ends_with("/allOf")
            || (key == "additionalProperties" && !around.ends_with("/properties"));
        if !is_remark && !SHAPING.iter().any(|key| schema.contains_key(*key)) {
            found.push(place.to_owned());
        }
    })
}

fn enum_contradiction(document: &mut Value) -> Result<Vec<String>, PassError> {
    schemas(document, |place, schema, whole, found| {
        if !schema.contains_key("allOf") {
            return;
        }
        for (name, lists) in enums(schema, whole) {
            let allowed = |value: &Value| lists.iter().all(|list| list.contains(value));
            if !lists.iter().any(|list| list.iter().any(allowed)) {
                let lists: Vec<String> = lists
                    .iter()
                    .map(|list| Value::from(list.to_vec()).to_string())
                    .collect();
                found.push(format!("{place} {name} is {}", lists.join(" and ")));
            }
        }
    })
}

/// Returns the fields of an object, across `$ref` and `allOf`, each with all enums that apply to it.
fn enums<'a>(schema: &'a Node, whole: &'a Value) -> BTreeMap<&'a str, Vec<&'a [Value]>> {
    let mut fields: BTreeMap<&str, Vec<&[Value]>> = BTreeMap::new();
    let mut parts = vec![schema];
    let mut next = 0;
    while let Some(part) = parts.get(next).copied().filter(|_| next < MOST_PARTS) {
        next += 1;
        let properties = part.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            if let Some(Value::Array(values)) = property.get("enum") {
                fields.entry(name).or_default().push(values);
            }
        }
        let target = part.get("$ref").and_then(Value::as_str);
        let inner = part.get("allOf").and_then(Value::as_array);
        let found = target.and_then(|target| resolve(whole, target));
        let found = found.into_iter().chain(inner.into_iter().flatten());
        parts.extend(found.filter_map(Value::as_object));
    }
    fields
}

fn secret_without_password_format(document: &mut Value) -> Result<Vec<String>, PassError> {
    schemas(document, |place, schema, _, found| {
        let (around, key) = place.rsplit_once('/').unwrap_or_default();
        let is_string = match schema.get("type") {
            Some(Value::Array(types)) => types.iter().any(|it| it == "string"),
            other => other.is_some_and(|it| it == "string"),
        };
        let is_marked = schema.get("format").is_some_and(|it| it == "password");
        if around.ends_with("/properties") && is_string && !is_marked && looks_secret(key) {
            found.push(place.to_owned());
        }
    })
}

fn looks_secret(name: &str) -> bool {
    let name = heck::AsSnakeCase(name).to_string();
    // A page token is not a secret.
    !name.ends_with("page_token")
        && SECRETS.iter().any(|ending| {
            let start = name.strip_suffix(ending);
            start.is_some_and(|start| start.is_empty() || start.ends_with('_'))
        })
}
