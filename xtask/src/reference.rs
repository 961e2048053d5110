//! What a caller may give to each operation, for the command line: parameters and bodies with their prose, and what is a
//! list.
//!
//! A type is written as text: `string`, `integer`, `number`, `boolean`, `any`, `[]` before the type of the items of a
//! list, `{}` before that of the values of a map, `#` before the name of an object.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use serde_json::{Value, json};

use crate::{
    document::walk::Node,
    markdown::first_sentence,
    model::{Body, Form, Model, Operation, Parameter, Schema},
    normalise::unions::Select,
};

/// Returns the reference as JSON, one line per operation and type.
pub fn text(model: &Model) -> String {
    let reference = Reference(model);
    let operations = model.operations.iter();
    let operations: Vec<(&str, Value)> = operations
        .map(|operation| (operation.id.as_str(), reference.operation(operation)))
        .collect();
    let types = reference.types();
    let types = lines(types.iter().map(|(name, value)| (name.as_str(), value)));
    let operations = lines(operations.iter().map(|(id, value)| (*id, value)));
    format!("{{\n\"operations\": {{\n{operations}\n}},\n\"types\": {{\n{types}\n}}\n}}\n")
}

fn lines<'a>(members: impl Iterator<Item = (&'a str, &'a Value)>) -> String {
    let lines: Vec<String> = members
        .map(|(name, value)| format!("{}: {value}", json!(name)))
        .collect();
    lines.join(",\n")
}

struct Reference<'a>(&'a Model);

impl Reference<'_> {
    fn operation(&self, operation: &Operation) -> Value {
        let parameters = operation.parameters.iter();
        let parameters: Vec<Value> = parameters.map(|it| self.parameter(it)).collect();
        let mut written = json!({
            "summary": plain(&operation.summary),
            "about": plain(&operation.description),
            "parameters": parameters,
        });
        let items = operation.answer.as_ref().and_then(|it| self.items(it));
        let more = [
            ("body", operation.body.as_ref().map(|body| self.body(body))),
            ("items", items.map(Value::from)),
            ("pages", self.pages(operation).map(Value::from)),
        ];
        add(&mut written, more);
        written
    }

    fn parameter(&self, parameter: &Parameter) -> Value {
        let mut written = json!({
            "name": parameter.name,
            "in": parameter.place,
            "type": self.name_of(&parameter.schema),
        });
        let about = plain(first_sentence(&parameter.description));
        let values = self.values(&parameter.schema);
        let more = [
            ("about", (!about.is_empty()).then(|| json!(about))),
            ("required", parameter.is_required.then(|| json!(true))),
            ("values", values.map(|values| json!(values))),
        ];
        add(&mut written, more);
        written
    }

    fn body(&self, body: &Body) -> Value {
        let mut written = json!({"type": self.name_of(&body.schema)});
        let required = (!body.required.is_empty()).then(|| json!(body.required));
        let is_required = body.is_required.then(|| json!(true));
        add(
            &mut written,
            [("required", is_required), ("fields", required)],
        );
        written
    }

    /// Returns the documented values of an enum, or of the items of a list of it.
    fn values(&self, schema: &Schema) -> Option<Vec<String>> {
        match &self.0.resolved(schema).form {
            Form::Enum(values) => Some(values.clone()),
            Form::List(items) => self.values(items),
            _ => None,
        }
    }

    /// Returns the field of a response that is its list: the only field that is one.
    fn items(&self, answer: &Schema) -> Option<String> {
        let Form::Object(fields, _) = &self.0.resolved(answer).form else {
            return None;
        };
        let is_list = |schema| matches!(self.0.resolved(schema).form, Form::List(_));
        let mut lists = fields.iter().filter(|field| is_list(&field.schema));
        let list = lists.next().filter(|_| lists.next().is_none())?;
        // Where a list is one property of a thing, there are others beside it than those of a page.
        let of_pages = |key: &str| key == "next_page_token" || key == "total_size";
        let mut others = fields.iter().filter(|field| field.key != list.key);
        others
            .all(|field| of_pages(&field.key))
            .then(|| list.key.clone())
    }

    /// Returns where the token of the next page is expected: `query` or `body`.
    fn pages(&self, operation: &Operation) -> Option<&'static str> {
        let token = "page_token";
        let mut parameters = operation.parameters.iter();
        if parameters.any(|parameter| parameter.name == token) {
            return Some("query");
        }
        let body = operation.body.as_ref()?;
        let (fields, _) = self.fields(&body.schema);
        fields.contains_key(token).then_some("body")
    }

    /// Returns the objects that bodies have, by name.
    fn types(&self) -> BTreeMap<String, Value> {
        let bodies = self.0.operations.iter().filter_map(|it| it.body.as_ref());
        let mut waiting: Vec<String> = bodies.map(|body| self.name_of(&body.schema)).collect();
        let mut found = BTreeMap::new();
        while let Some(name) = waiting.pop() {
            let Some((_, name)) = name.rsplit_once('#') else {
                continue;
            };
            let Entry::Vacant(entry) = found.entry(name.to_owned()) else {
                continue;
            };
            let (fields, required) = match self.0.types.get(name) {
                Some(schema) => self.fields(schema),
                None => Default::default(),
            };
            waiting.extend(fields.values().cloned());
            let mut written = json!({"fields": fields});
            let required = (!required.is_empty()).then(|| json!(required));
            add(&mut written, [("required", required)]);
            entry.insert(written);
        }
        found
    }

    /// Returns the fields that a caller may set with their types, those of all alternatives included, and the required
    /// ones.
    fn fields(&self, schema: &Schema) -> (BTreeMap<String, String>, BTreeSet<String>) {
        let (mut found, mut required) = (BTreeMap::new(), BTreeSet::new());
        match &self.0.resolved(schema).form {
            Form::Object(fields, union) => {
                let settable = fields.iter().filter(|it| !it.schema.notes.is_read_only);
                for field in settable {
                    found.insert(field.key.clone(), self.name_of(&field.schema));
                    if field.is_required {
                        required.insert(field.key.clone());
                    }
                }
                let union = union.as_ref().and_then(|name| self.0.types.get(name));
                if let Some(union) = union {
                    found.extend(self.fields(union).0);
                }
            }
            Form::Union(select, alternatives) => {
                for alternative in alternatives {
                    match select {
                        Select::Key if !alternative.is_whole => {
                            let content = self.name_of(&alternative.schema);
                            found.insert(alternative.mark.clone(), content);
                        }
                        Select::Key | Select::Tag { .. } => {
                            found.extend(self.fields(&alternative.schema).0);
                        }
                        Select::Sibling { property, content } => {
                            found.insert(property.clone(), "string".to_owned());
                            found.insert(content.clone(), "any".to_owned());
                        }
                    }
                }
                if let Select::Tag { property } = select {
                    found.insert(property.clone(), "string".to_owned());
                }
            }
            _ => {}
        }
        (found, required)
    }

    /// Returns the type as text.
    fn name_of(&self, schema: &Schema) -> String {
        let target = self.0.resolved(schema);
        match (&target.form, &schema.form) {
            (Form::Scalar(kind, _), _) => kind.clone(),
            (Form::Enum(_), _) => "string".to_owned(),
            (Form::List(items), _) => format!("[]{}", self.name_of(items)),
            (Form::Map(values), _) => format!("{{}}{}", self.name_of(values)),
            (Form::Object(..) | Form::Union(..), Form::Named(name)) => format!("#{name}"),
            _ => "any".to_owned(),
        }
    }
}

pub(crate) fn add<const N: usize>(written: &mut Value, members: [(&str, Option<Value>); N]) {
    let present = members.into_iter().filter_map(|(key, value)| {
        let value = value?;
        Some((key.to_owned(), value))
    });
    if let Some(written) = written.as_object_mut() {
        written.extend(present.collect::<Node>());
    }
}

/// Returns prose for a terminal: the first paragraph on one line, without the escapes of Markdown.
pub(crate) fn plain(text: &str) -> String {
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    let mut line = String::new();
    let mut characters = paragraph.chars().peekable();
    while let Some(character) = characters.next() {
        let escapes =
            character == '\\' && characters.peek().is_some_and(char::is_ascii_punctuation);
        match character {
            '\n' => line.push(' '),
            _ if escapes => line.extend(characters.next()),
            other => line.push(other),
        }
    }
    line
}
