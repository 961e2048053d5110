//! Data on stdout, in the format that was asked for.

mod table;

use std::io::{self, BufWriter, StdoutLock, Write};

use clap::ValueEnum;
use serde_json::Value;

use crate::error::{Exit, Failure};
use crate::secrets::hide;

/// How data is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// JSON with line breaks; a list is an array
    Json,
    /// A line of JSON for each item
    Ndjson,
    /// Columns for people
    Table,
    /// YAML; each item of a list is a document
    Yaml,
    /// The id of each item, one a line
    Ids,
}

/// Where data goes.
pub(crate) struct Output {
    format: Format,
    shows_secrets: bool,
}

impl Output {
    pub(crate) fn new(format: Format, shows_secrets: bool) -> Self {
        Self {
            format,
            shows_secrets,
        }
    }

    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// Writes a line of text.
    ///
    /// # Errors
    ///
    /// Stdout cannot be written.
    pub(crate) fn line(&self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        writeln!(out, "{text}")?;
        Ok(out.flush()?)
    }

    /// Writes text as it is.
    ///
    /// # Errors
    ///
    /// Stdout cannot be written.
    pub(crate) fn text(&self, text: &[u8]) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(text)?;
        Ok(out.flush()?)
    }

    /// Writes one value. In a table its fields are lines.
    ///
    /// # Errors
    ///
    /// Stdout cannot be written.
    pub(crate) fn value(&self, value: &Value) -> Result<(), Failure> {
        let mut value = value.clone();
        self.hide_secrets(&mut value);
        let value = &value;
        match self.format {
            Format::Json => self.line(&format!("{value:#}")),
            Format::Ndjson => self.line(&value.to_string()),
            Format::Table => self.line(&table::of_fields(value)),
            Format::Yaml => self.line(yaml(value)?.trim_end()),
            Format::Ids => self.line(id_of(value)?),
        }
    }

    /// Replaces secrets, unless they are to be shown.
    pub(crate) fn hide_secrets(&self, value: &mut Value) {
        if !self.shows_secrets {
            hide(value);
        }
    }

    /// Writes a list that is known as a whole. `columns` are the fields of a table; without any it has those of the
    /// first item.
    ///
    /// # Errors
    ///
    /// Stdout cannot be written.
    pub(crate) fn list(
        &self,
        items: impl IntoIterator<Item = Value>,
        columns: &[&str],
    ) -> Result<(), Failure> {
        let mut list = self.begin_list(columns);
        for item in items {
            list.item(item)?;
        }
        list.end()
    }

    /// Begins a list whose items arrive one after the other. Each is written when it arrives, except in a table.
    pub(crate) fn begin_list(&self, columns: &[&str]) -> List {
        List {
            format: self.format,
            shows_secrets: self.shows_secrets,
            out: BufWriter::new(io::stdout().lock()),
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
            rows: Vec::new(),
            count: 0,
        }
    }
}

/// A list that is being written.
pub(crate) struct List {
    format: Format,
    shows_secrets: bool,
    out: BufWriter<StdoutLock<'static>>,
    columns: Vec<String>,
    /// The items of a table, whose widths depend on all of them.
    rows: Vec<Value>,
    count: usize,
}

impl List {
    /// Writes an item.
    ///
    /// # Errors
    ///
    /// Stdout cannot be written.
    pub(crate) fn item(&mut self, mut item: Value) -> Result<(), Failure> {
        if !self.shows_secrets {
            hide(&mut item);
        }
        match self.format {
            Format::Json => {
                let start = if self.count == 0 { "[\n" } else { ",\n" };
                let text = format!("{item:#}").replace('\n', "\n  ");
                write!(self.out, "{start}  {text}")?;
            }
            Format::Ndjson => writeln!(self.out, "{item}")?,
            Format::Yaml => write!(self.out, "---\n{}", yaml(&item)?)?,
            Format::Ids => writeln!(self.out, "{}", id_of(&item)?)?,
            Format::Table => self.rows.push(item),
        }
        self.count += 1;
        Ok(())
    }

    /// Writes what has arrived until now, before a wait for more.
    ///
    /// # Errors
    ///
    /// Stdout cannot be written.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.out.flush()?)
    }

    /// Ends the list.
    ///
    /// # Errors
    ///
    /// Stdout cannot be written.
    pub(crate) fn end(mut self) -> Result<(), Failure> {
        match self.format {
            Format::Json if self.count == 0 => writeln!(self.out, "[]")?,
            Format::Json => writeln!(self.out, "\n]")?,
            Format::Table if self.count > 0 => {
                writeln!(self.out, "{}", table::of_items(&self.rows, &self.columns))?;
            }
            _ => {}
        }
        self.flush()
    }
}

/// Adds a field to an object.
pub(crate) fn add_field(object: &mut Value, name: &str, value: impl Into<Value>) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(name.to_owned(), value.into());
    }
}

fn yaml(value: &Value) -> Result<String, Failure> {
    serde_norway::to_string(value)
        .map_err(|error| Failure::new(Exit::Failed, format!("no YAML: {error}")))
}

/// Returns the id of an item: its field `id`, or else the first string whose name ends with `_id`.
fn id_of(item: &Value) -> Result<&str, Failure> {
    let fields = item.as_object().into_iter().flatten();
    let text = |(name, value): (&'_ String, &'_ Value)| name.ends_with("_id") && value.is_string();
    let other = fields.clone().find(|(name, value)| text((name, value)));
    let id = item.get("id").or(other.map(|(_, value)| value));
    id.and_then(Value::as_str)
        .ok_or_else(|| Failure::new(Exit::Failed, "the data has no id; use another --output"))
}
