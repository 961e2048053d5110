//! The rows of the file, and the message that each of them makes.

use std::collections::HashSet;
use std::fs::File;
use std::path::Path;

use serde_json::Value;
use sinch_conversation::message::{Message, Template, TemplateRef, Text};
use sinch_conversation::recipient::{Identity, Recipient};
use sinch_conversation::resources::AppHandle;
use sinch_conversation_outbox::NewRow;

use super::Send;
use super::pattern::Pattern;
use crate::error::Failure;

/// The most bad rows that are named.
const MOST: usize = 20;

/// A row of the file.
pub(super) struct FileRow {
    line: u64,
    values: Vec<String>,
}

/// The rows of the file, one after the other.
pub(super) struct Recipients {
    reader: csv::Reader<File>,
    name: String,
}

impl Recipients {
    pub(super) fn open(file: &Path) -> Result<Self, Failure> {
        let name = file.display().to_string();
        let reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_path(file);
        let reader = reader.map_err(|error| Failure::usage(format!("{name}: {error}")))?;
        Ok(Self { reader, name })
    }

    fn columns(&mut self) -> Result<Vec<String>, Failure> {
        let name = &self.name;
        let headers = self.reader.headers();
        let headers = headers.map_err(|error| Failure::usage(format!("{name}: {error}")))?;
        // Some programs begin a file with a byte order mark.
        let names = headers
            .iter()
            .map(|it| it.trim_start_matches('\u{feff}').to_owned());
        Ok(names.collect())
    }
}

impl Iterator for Recipients {
    type Item = Result<FileRow, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut record = csv::StringRecord::new();
        match self.reader.read_record(&mut record) {
            Ok(false) => None,
            Ok(true) => Some(Ok(FileRow {
                line: record.position().map_or(0, csv::Position::line),
                values: record.iter().map(str::to_owned).collect(),
            })),
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                let reason = match error.kind() {
                    csv::ErrorKind::UnequalLengths {
                        expected_len, len, ..
                    } => {
                        format!("{len} values, and the first line has {expected_len} names")
                    }
                    csv::ErrorKind::Utf8 { .. } => "not UTF-8".to_owned(),
                    _ => error.to_string(),
                };
                Some(Err(Failure::usage(format!("line {line}: {reason}"))))
            }
        }
    }
}

/// What all rows are checked for.
pub(super) struct Checked {
    pub(super) rows: usize,
    /// How many rows have the key of an earlier one, and are left out.
    pub(super) repeated: usize,
    /// The request of the first row.
    pub(super) first: Value,
}

/// What is sent to each row.
pub(super) struct Sending<'a> {
    file: &'a Path,
    send: &'a Send,
    app: AppHandle,
    text: Option<Pattern>,
    parameters: Vec<(String, Pattern)>,
    to: usize,
    key: usize,
}

impl<'a> Sending<'a> {
    pub(super) fn new(file: &'a Path, send: &'a Send, app: AppHandle) -> Result<Self, Failure> {
        let columns = Recipients::open(file)?.columns()?;
        let column = |option: &str, name: &str| {
            let at = columns.iter().position(|column| column == name);
            at.ok_or_else(|| {
                let names = columns.join(", ");
                Failure::usage(format!(
                    "{option}: the file has no column {name:?}, only {names}"
                ))
            })
        };
        let parameters = send.parameter.iter().map(|parameter| {
            let (name, text) = parameter.split_once('=').ok_or_else(|| {
                Failure::usage(format!(
                    "--parameter: expected NAME=VALUE, found {parameter:?}"
                ))
            })?;
            Ok((name.to_owned(), Pattern::new(text, &columns)?))
        });
        let text = send.text.as_deref();
        Ok(Self {
            file,
            send,
            app,
            text: text.map(|text| Pattern::new(text, &columns)).transpose()?,
            parameters: parameters.collect::<Result<_, Failure>>()?,
            to: column("--to", &send.to)?,
            key: column("--key", send.key())?,
        })
    }

    /// Makes every row's message.
    ///
    /// # Errors
    ///
    /// Rows make none: their lines, with what is wrong.
    pub(super) fn check(&self) -> Result<Checked, Failure> {
        let (mut bad, mut count) = (Vec::new(), 0_usize);
        let mut keys = HashSet::new();
        let mut checked = Checked {
            rows: 0,
            repeated: 0,
            first: Value::Null,
        };
        for row in Recipients::open(self.file)? {
            match row.and_then(|row| self.row(&row)) {
                Ok((key, stored)) => {
                    checked.repeated += usize::from(!keys.insert(key));
                    if checked.rows == 0 {
                        checked.first = serde_json::from_str(&stored.request).unwrap_or_default();
                    }
                    checked.rows += 1;
                }
                Err(failure) => {
                    count += 1;
                    if bad.len() < MOST {
                        bad.push(failure.message());
                    }
                }
            }
        }
        if count == 0 {
            return Ok(checked);
        }
        let file = self.file.display();
        let message = format!(
            "{file}: {count} bad rows, and nothing was sent\n  {}",
            bad.join("\n  ")
        );
        Err(Failure::usage(message).detail("rows", bad))
    }

    /// Returns the key of a row, and what is stored for it.
    ///
    /// # Errors
    ///
    /// The row has no address, or its message is none that the API takes.
    pub(super) fn row(&self, row: &FileRow) -> Result<(String, NewRow), Failure> {
        let bad = |reason: String| Failure::usage(format!("line {}: {reason}", row.line));
        let value = |at: usize| row.values.get(at).map_or("", String::as_str);
        let (to, key) = (value(self.to), value(self.key));
        if to.is_empty() || key.is_empty() {
            let name = if to.is_empty() {
                &self.send.to
            } else {
                self.send.key()
            };
            return Err(bad(format!("the column {name:?} is empty")));
        }
        let digits = to.strip_prefix('+').unwrap_or(to);
        if to.starts_with('+') && !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(bad(format!("{to:?} is no number")));
        }
        let channels = self.send.channel.iter().cloned();
        let identities = channels.clone().map(|channel| Identity::new(channel, to));
        let mut message = self.app.send(self.message(&row.values));
        message = message.to(Recipient::identities(identities));
        if self.send.channel.len() > 1 {
            message = message.channel_priority(channels);
        }
        let stored = NewRow::from_message(&message).map_err(|error| bad(error.to_string()))?;
        Ok((key.to_owned(), stored))
    }

    fn message(&self, values: &[String]) -> Message {
        let send = self.send;
        if let (Some(id), None) = (&send.template, &self.text) {
            let mut template = TemplateRef::new(id);
            if let Some(code) = &send.language {
                template = template.language(code);
            }
            for (name, value) in &self.parameters {
                template = template.parameter(name, value.fill(values));
            }
            return Template::omni(template).into();
        }
        let text = self.text.as_ref().map(|text| text.fill(values));
        Text::new(text.unwrap_or_default()).into()
    }
}
