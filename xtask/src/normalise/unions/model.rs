//! A union as the generator needs it, and its representation in the document.

use std::fmt;

use serde_json::{Value, json};

/// How the alternative of a JSON object is selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Select {
    /// By a property that only one alternative has.
    Key,
    /// By the value of a property that all alternatives have.
    Tag {
        /// Name of that property.
        property: String,
    },
    /// By the value of a property next to the one that holds the alternative.
    Sibling {
        /// Name of the property with the value.
        property: String,
        /// Name of the property with the content.
        content: String,
    },
}

/// The content of a variant.
#[derive(Debug, Clone, PartialEq)]
pub enum Holds {
    /// The value of the property that identifies the alternative.
    Value(Value),
    /// The whole object.
    Whole(Value),
}

impl Holds {
    /// Returns the schema of the content.
    pub fn schema(&self) -> &Value {
        match self {
            Self::Value(schema) | Self::Whole(schema) => schema,
        }
    }
}

/// One alternative.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// Name of the variant.
    pub variant: String,
    /// The key or value that identifies it.
    pub mark: String,
    /// The content of the variant.
    pub holds: Holds,
    /// The named schema of the alternative, if it has one.
    pub component: Option<String>,
    /// Whether the document advises against it.
    pub is_deprecated: bool,
    /// The document's description.
    pub description: Option<String>,
}

/// A union whose alternatives can be told apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Union {
    /// How alternatives are told apart.
    pub select: Select,
    /// The alternatives in the order of the document.
    pub alternatives: Vec<Alternative>,
}

impl Union {
    /// Returns the union that a normalised schema contains, if any.
    pub fn of(schema: &Value) -> Option<Self> {
        let union = schema.get("x-union")?;
        let text = |key: &str| union.get(key).and_then(Value::as_str).map(str::to_owned);
        let select = match (text("tag"), text("content")) {
            (None, _) => Select::Key,
            (Some(property), None) => Select::Tag { property },
            (Some(property), Some(content)) => Select::Sibling { property, content },
        };
        let alternatives = union.get("alternatives")?.as_array()?;
        Some(Self {
            select,
            alternatives: alternatives.iter().filter_map(Alternative::of).collect(),
        })
    }

    /// Returns the representation in the document.
    pub fn to_schema(&self, description: Option<Value>) -> Value {
        let mut union = json!({});
        if let Some(members) = union.as_object_mut() {
            match &self.select {
                Select::Key => {}
                Select::Tag { property } => {
                    members.insert("tag".to_owned(), json!(property));
                }
                Select::Sibling { property, content } => {
                    members.insert("tag".to_owned(), json!(property));
                    members.insert("content".to_owned(), json!(content));
                }
            }
            let alternatives = self.alternatives.iter().map(Alternative::to_json).collect();
            members.insert("alternatives".to_owned(), Value::Array(alternatives));
        }
        let mut schema = json!({ "x-union": union });
        if let (Some(description), Some(schema)) = (description, schema.as_object_mut()) {
            schema.insert("description".to_owned(), description);
        }
        schema
    }

    /// Returns whether an object may have fields outside of the variant.
    pub fn leaves_fields(&self) -> bool {
        self.alternatives
            .iter()
            .any(|alternative| matches!(alternative.holds, Holds::Value(_)))
    }
}

impl Alternative {
    fn of(json: &Value) -> Option<Self> {
        let text = |key: &str| json.get(key).and_then(Value::as_str).map(str::to_owned);
        let schema = json.get("schema")?.clone();
        let whole = json.get("whole") == Some(&Value::Bool(true));
        Some(Self {
            variant: text("variant")?,
            mark: text("mark")?,
            holds: if whole {
                Holds::Whole(schema)
            } else {
                Holds::Value(schema)
            },
            component: text("member"),
            is_deprecated: json.get("deprecated") == Some(&Value::Bool(true)),
            description: text("description"),
        })
    }

    /// Encodes an alternative. The description, which is ignored where unions are compared, comes from the named schema
    /// later.
    fn to_json(&self) -> Value {
        let mut json = json!({
            "variant": self.variant,
            "mark": self.mark,
            "whole": matches!(self.holds, Holds::Whole(_)),
            "schema": self.holds.schema(),
        });
        if let Some(json) = json.as_object_mut() {
            if let Some(component) = &self.component {
                json.insert("member".to_owned(), json!(component));
            }
            if self.is_deprecated {
                json.insert("deprecated".to_owned(), Value::Bool(true));
            }
            if let Some(description) = &self.description {
                json.insert("description".to_owned(), json!(description));
            }
        }
        json
    }
}

impl fmt::Display for Union {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let marks: Vec<&str> = self
            .alternatives
            .iter()
            .map(|it| it.mark.as_str())
            .collect();
        write!(f, "{}: {}", self.select, marks.join(", "))
    }
}

impl fmt::Display for Select {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key => write!(f, "by key"),
            Self::Tag { property } => write!(f, "by value of {property}"),
            Self::Sibling { property, .. } => write!(f, "by its sibling {property}"),
        }
    }
}
