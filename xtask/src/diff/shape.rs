//! One level of a schema with its references followed and its `allOf` merged.
//!
//! Each piece remembers the components that it came through. What two schemas both include is compared once, at
//! the component, and not again in everything that includes it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::model::{Extra, Inline, Model, Notes, Schema, Union};

/// The components that a piece came through, outermost first; empty for the schema's own.
type Origin<'a> = Vec<&'a str>;

/// A schema as the values see it.
#[derive(Debug, Default)]
pub(super) struct Shape<'a> {
    pub(super) kinds: &'a [String],
    pub(super) format: Option<&'a str>,
    pub(super) values: Option<Vec<&'a Value>>,
    pub(super) fields: Vec<Field<'a>>,
    pub(super) items: Vec<&'a Schema>,
    pub(super) extra: Option<&'a Extra>,
    /// Every component taken in.
    pub(super) bases: BTreeSet<&'a str>,
    pub(super) unions: Vec<(&'a Union, Origin<'a>)>,
    notes: Vec<(&'a Notes, Origin<'a>)>,
}

/// A field: every schema that it has to satisfy, and who requires it.
#[derive(Debug)]
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    parts: Vec<(&'a Schema, Origin<'a>)>,
    required_by: Vec<Origin<'a>>,
}

impl<'a> Shape<'a> {
    /// The shape of a value that satisfies every one of the schemas.
    pub(super) fn of(schemas: &[&'a Schema], model: &'a Model) -> Self {
        let mut shape = Self::default();
        for schema in schemas {
            shape.gather(schema, &Vec::new(), model);
        }
        shape
    }

    fn gather(&mut self, schema: &'a Schema, origin: &Origin<'a>, model: &'a Model) {
        match schema {
            Schema::Named(name) => {
                // A component taken in twice says nothing new; this also ends any cycle.
                if let Some(schema) = model.schema(name)
                    && self.bases.insert(name)
                {
                    let mut origin = origin.clone();
                    origin.push(name);
                    self.gather(schema, &origin, model);
                }
            }
            Schema::Inline(inline) => {
                self.take(inline, origin);
                for base in &inline.bases {
                    self.gather(base, origin, model);
                }
            }
        }
    }

    fn take(&mut self, inline: &'a Inline, origin: &Origin<'a>) {
        if self.kinds.is_empty() {
            self.kinds = &inline.kinds;
        }
        self.format = self.format.or(inline.format.as_deref());
        if let Some(values) = &inline.values {
            self.values = Some(common_values(self.values.take(), values));
        }
        self.items.extend(&inline.items);
        if inline.extra != Extra::Open {
            self.extra = self.extra.or(Some(&inline.extra));
        }
        let unions = inline.unions.iter().map(|union| (union, origin.clone()));
        self.unions.extend(unions);
        self.notes.push((&inline.notes, origin.clone()));
        for (name, schema) in &inline.fields {
            self.with_field(name, |field| field.parts.push((schema, origin.clone())));
        }
        for name in &inline.required {
            self.with_field(name, |field| field.required_by.push(origin.clone()));
        }
    }

    fn with_field(&mut self, name: &'a str, add: impl FnOnce(&mut Field<'a>)) {
        match self.fields.iter_mut().find(|field| field.name == name) {
            Some(field) => add(field),
            None => {
                let mut field = Field {
                    name,
                    parts: Vec::new(),
                    required_by: Vec::new(),
                };
                add(&mut field);
                self.fields.push(field);
            }
        }
    }

    pub(super) fn field(&self, name: &str) -> Option<&Field<'a>> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The unions that do not come from one of the `shared` components.
    pub(super) fn own_unions(&self, shared: &BTreeSet<&str>) -> Vec<&'a Union> {
        self.unions
            .iter()
            .filter(|(_, origin)| !comes_from(origin, shared))
            .map(|(union, _)| *union)
            .collect()
    }

    /// The notes that do not come from one of the `shared` components, as one.
    pub(super) fn own_notes(&self, shared: &BTreeSet<&str>) -> Notes {
        let mut all = Notes::default();
        for (notes, _) in self
            .notes
            .iter()
            .filter(|(_, origin)| !comes_from(origin, shared))
        {
            all.nullable |= notes.nullable;
            all.deprecated |= notes.deprecated;
            all.read_only |= notes.read_only;
            all.write_only |= notes.write_only;
            all.default = all.default.or_else(|| notes.default.clone());
            for (key, value) in &notes.limits {
                all.limits
                    .entry(key.clone())
                    .or_insert_with(|| value.clone());
            }
            for (key, value) in &notes.other {
                all.other
                    .entry(key.clone())
                    .or_insert_with(|| value.clone());
            }
        }
        all
    }
}

impl<'a> Field<'a> {
    pub(super) fn schemas(&self) -> Vec<&'a Schema> {
        self.parts.iter().map(|(schema, _)| *schema).collect()
    }

    pub(super) fn is_required(&self) -> bool {
        !self.required_by.is_empty()
    }

    /// Whether the `shared` components say all there is to say about it.
    pub(super) fn is_inherited(&self, shared: &BTreeSet<&str>) -> bool {
        self.parts
            .iter()
            .all(|(_, origin)| comes_from(origin, shared))
            && !self.is_required_beside(shared)
    }

    /// Whether the type of it comes from the `shared` components.
    pub(super) fn type_is_inherited(&self, shared: &BTreeSet<&str>) -> bool {
        !self.parts.is_empty()
            && self
                .parts
                .iter()
                .all(|(_, origin)| comes_from(origin, shared))
    }

    /// Whether something beside the `shared` components requires it.
    pub(super) fn is_required_beside(&self, shared: &BTreeSet<&str>) -> bool {
        self.required_by
            .iter()
            .any(|origin| !comes_from(origin, shared))
    }
}

fn comes_from(origin: &Origin<'_>, shared: &BTreeSet<&str>) -> bool {
    origin.iter().any(|name| shared.contains(name))
}

/// The values that both lists allow; the later list where they contradict each other.
fn common_values<'a>(known: Option<Vec<&'a Value>>, more: &'a [Value]) -> Vec<&'a Value> {
    let Some(known) = known else {
        return more.iter().collect();
    };
    let both: Vec<_> = known
        .into_iter()
        .filter(|value| more.contains(value))
        .collect();
    if both.is_empty() {
        more.iter().collect()
    } else {
        both
    }
}
