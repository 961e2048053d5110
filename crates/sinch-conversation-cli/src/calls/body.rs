//! The body of a request: a file, fields, or both.

use std::fs;
use std::io::{self, Read};

use clap::Args;
use serde_json::{Map, Value};

use super::Types;
use crate::error::Failure;

/// The arguments that make a body.
#[derive(Args, Clone)]
pub(crate) struct BodyArguments {
    /// Read the body as JSON from a file, or from stdin with -
    #[arg(long, value_name = "FILE")]
    input: Option<String>,
    /// Set a field of the body, in addition to --input; dots lead into objects and numbers into lists, as in
    /// message.text_message.text=Hi; a list of texts can be written with commas
    #[arg(long = "field", short = 'f', value_name = "KEY=VALUE")]
    fields: Vec<String>,
}

impl BodyArguments {
    /// Returns the body; `None` if no argument asks for one.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is no JSON; a field has no value of its type.
    pub(crate) fn read(&self, types: &Types<'_>) -> Result<Option<Value>, Failure> {
        let mut body = self.input.as_deref().map(read_json).transpose()?;
        for (path, text) in self.split() {
            let text = text?;
            let body = body.get_or_insert_with(|| Map::new().into());
            types.set(body, path, text)?;
        }
        Ok(body)
    }

    /// Returns the fields as the parameters of a query.
    ///
    /// # Errors
    ///
    /// One has no `=`.
    pub(crate) fn pairs(&self) -> Result<Vec<(String, String)>, Failure> {
        let pairs = self.split();
        pairs
            .map(|(name, text)| Ok((name.to_owned(), text?.to_owned())))
            .collect()
    }

    fn split(&self) -> impl Iterator<Item = (&str, Result<&str, Failure>)> {
        self.fields.iter().map(|field| match field.split_once('=') {
            Some((name, text)) => (name, Ok(text)),
            None => {
                let message = format!("--field: expected KEY=VALUE, found {field:?}");
                (field.as_str(), Err(Failure::usage(message)))
            }
        })
    }
}

/// Reads JSON from a file, or from stdin for `-`.
///
/// # Errors
///
/// It cannot be read, or is no JSON.
pub(crate) fn read_json(file: &str) -> Result<Value, Failure> {
    let text = match file {
        "-" => {
            let mut text = String::new();
            io::stdin().read_to_string(&mut text).map(|_| text)
        }
        path => fs::read_to_string(path),
    };
    let text = text.map_err(|error| Failure::usage(format!("{file}: {error}")))?;
    serde_json::from_str(&text).map_err(|error| Failure::usage(format!("{file}: no JSON: {error}")))
}
