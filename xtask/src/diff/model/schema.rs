//! A schema as it is written, without its prose.

mod read;

use std::collections::BTreeMap;

use serde_json::Value;

/// A schema: a component by its name, or what stands in its place.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::diff) enum Schema {
    /// A reference to a component schema.
    Named(String),
    /// Anything else.
    Inline(Box<Inline>),
}

/// The keywords of a schema.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::diff) struct Inline {
    /// `type`, without `null`.
    pub(in crate::diff) kinds: Vec<String>,
    pub(in crate::diff) format: Option<String>,
    /// `enum` or `const`, without `null`.
    pub(in crate::diff) values: Option<Vec<Value>>,
    pub(in crate::diff) fields: Vec<(String, Schema)>,
    pub(in crate::diff) required: Vec<String>,
    pub(in crate::diff) extra: Extra,
    pub(in crate::diff) items: Option<Schema>,
    pub(in crate::diff) unions: Vec<Union>,
    /// `allOf`.
    pub(in crate::diff) bases: Vec<Schema>,
    pub(in crate::diff) notes: Notes,
}

/// What `additionalProperties` says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::diff) enum Extra {
    /// Nothing, `true` or `{}`.
    #[default]
    Open,
    /// `false`.
    Closed,
    /// A schema for the values.
    Typed(Schema),
}

/// The keywords that leave the shape of a value as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::diff) struct Notes {
    pub(in crate::diff) nullable: bool,
    pub(in crate::diff) deprecated: bool,
    pub(in crate::diff) read_only: bool,
    pub(in crate::diff) write_only: bool,
    pub(in crate::diff) default: Option<Value>,
    pub(in crate::diff) limits: BTreeMap<String, Value>,
    /// Keywords that are not interpreted.
    pub(in crate::diff) other: BTreeMap<String, Value>,
}

/// `oneOf` or `anyOf`, without `null`.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::diff) struct Union {
    pub(in crate::diff) form: Form,
    pub(in crate::diff) members: Vec<Schema>,
    pub(in crate::diff) discriminator: Option<Discriminator>,
}

/// Which keyword a union is written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::diff) enum Form {
    OneOf,
    AnyOf,
}

/// The field that tells the members of a union apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::diff) struct Discriminator {
    pub(in crate::diff) property: String,
    /// From a value to the name of a component.
    pub(in crate::diff) mapping: BTreeMap<String, String>,
}

impl Schema {
    pub(super) fn inline(inline: Inline) -> Self {
        Self::Inline(Box::new(inline))
    }

    /// The component schemas that it names, at any depth.
    pub(super) fn names<'a>(&'a self, names: &mut Vec<&'a str>) {
        let inline = match self {
            Self::Named(name) => return names.push(name),
            Self::Inline(inline) => inline,
        };
        let extra = match &inline.extra {
            Extra::Typed(schema) => Some(schema),
            Extra::Open | Extra::Closed => None,
        };
        inline
            .fields
            .iter()
            .map(|(_, schema)| schema)
            .chain(extra)
            .chain(&inline.items)
            .chain(inline.unions.iter().flat_map(|union| &union.members))
            .chain(&inline.bases)
            .for_each(|schema| schema.names(names));
    }
}
