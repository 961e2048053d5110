//! The role of a value in a document, which depends on the keys that lead to it.
//!
//! A key `description` is prose in a schema and the name of a field under `properties`; without the distinction, fields
//! would be read as prose.

use serde_json::Value;

/// The role of a value in an OpenAPI document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// An object of the specification: an operation, a parameter, a response.
    Node,
    /// A map from names to nodes.
    Names,
    /// A schema.
    Schema,
    /// A map from names to schemas.
    SchemaNames,
    /// Text or samples for a reader.
    Prose,
    /// Data that is compared as it is, or an extension: not traversed.
    Data,
}

impl Role {
    /// Returns the role of the value under `key`. Elements of an array have the role of the array.
    pub(crate) fn child(self, key: &str, value: &Value) -> Self {
        match self {
            Self::Names => Self::Node,
            Self::SchemaNames => Self::Schema,
            Self::Prose | Self::Data => self,
            Self::Node | Self::Schema if key.starts_with("x-") => Self::Data,
            Self::Node | Self::Schema if is_prose(key) => Self::Prose,
            Self::Node => node_child(key, value),
            Self::Schema => schema_child(key),
        }
    }
}

/// Returns whether a key of a node or schema holds text or samples for a reader.
pub(crate) fn is_prose(key: &str) -> bool {
    matches!(
        key,
        "title"
            | "summary"
            | "description"
            | "example"
            | "examples"
            | "externalDocs"
            | "tags"
            | "contact"
            | "license"
            | "termsOfService"
            | "version"
            | "xml"
            | "$comment"
    )
}

fn node_child(key: &str, value: &Value) -> Role {
    match key {
        "schema" => Role::Schema,
        "schemas" => Role::SchemaNames,
        "default" | "enum" | "required" | "security" => Role::Data,
        // It is a list under an operation, and a map under `components`.
        "parameters" if value.is_array() => Role::Node,
        "parameters" | "responses" | "requestBodies" | "headers" | "securitySchemes" | "links"
        | "callbacks" | "pathItems" | "paths" | "webhooks" | "content" | "encoding" | "mapping"
        | "scopes" | "variables" => Role::Names,
        _ => Role::Node,
    }
}

fn schema_child(key: &str) -> Role {
    match key {
        "properties" | "patternProperties" | "dependentSchemas" | "$defs" | "definitions" => {
            Role::SchemaNames
        }
        "items"
        | "prefixItems"
        | "contains"
        | "additionalProperties"
        | "propertyNames"
        | "unevaluatedItems"
        | "unevaluatedProperties"
        | "allOf"
        | "anyOf"
        | "oneOf"
        | "not"
        | "if"
        | "then"
        | "else" => Role::Schema,
        "discriminator" => Role::Node,
        _ => Role::Data,
    }
}
