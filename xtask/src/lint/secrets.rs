//! Fields that hold secrets.

use serde_json::Value;

use super::document::{Document, Edge, SchemaAt};
use super::{Note, Rule};
use crate::markdown::code;

pub(super) const SECRET: Rule = Rule {
    name: "secret-without-password-format",
    why: "`format: password` marks what must not appear in logs; a secret without it is printed by `Debug`.",
    check: secret,
};

/// Words that, at the end of a name, say that the value opens a door.
const ENDINGS: [&str; 8] = [
    "token",
    "secret",
    "password",
    "api_key",
    "aes_key",
    "sender_key",
    "access_key",
    "private_key",
];

fn secret(document: &Document<'_>) -> Vec<Note> {
    document
        .schemas
        .iter()
        .filter(|schema| schema.edge == Edge::Property && is_plain_string(schema))
        .filter(|schema| looks_secret(&schema.key))
        .map(|schema| {
            Note::new(
                &schema.pointer,
                format!("{} has no `format: password`", code(&schema.key)),
            )
        })
        .collect()
}

fn is_plain_string(schema: &SchemaAt<'_>) -> bool {
    let is_string = match schema.value.get("type") {
        Some(Value::Array(kinds)) => kinds.contains(&Value::from("string")),
        kind => kind == Some(&Value::from("string")),
    };
    is_string && schema.value.get("format") != Some(&Value::from("password"))
}

fn looks_secret(name: &str) -> bool {
    let name = heck::AsSnakeCase(name).to_string();
    // A token that names a page of a list opens nothing.
    !name.ends_with("page_token")
        && ENDINGS.iter().any(|ending| {
            name.strip_suffix(ending)
                .is_some_and(|start| start.is_empty() || start.ends_with('_'))
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lint::found;

    #[test]
    fn names_that_look_secret() {
        for name in [
            "token",
            "app_secret",
            "kakaotalk_sender_key",
            "apiKey",
            "password",
        ] {
            assert!(looks_secret(name), "{name}");
        }
        for name in [
            "next_page_token",
            "pageToken",
            "token_request_type",
            "item_key",
            "tokens",
        ] {
            assert!(!looks_secret(name), "{name}");
        }
    }

    #[test]
    fn only_strings_without_the_format() {
        let document = json!({"components": {"schemas": {"A": {"properties": {
            "token": {"type": "string"},
            "secret": {"type": "string", "format": "password"},
            "static_token": {"type": "object"},
            "api_key": {"type": ["string"]}}}}}});
        let pointers: Vec<_> = found(SECRET, &document)
            .into_iter()
            .map(|(pointer, _)| pointer)
            .collect();
        assert_eq!(
            pointers,
            [
                "/components/schemas/A/properties/token",
                "/components/schemas/A/properties/api_key"
            ]
        );
    }
}
