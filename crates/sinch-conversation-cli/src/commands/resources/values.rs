//! Values of an enum: shown and completed, and others are accepted, because the API adds values.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command, Error};

/// Reads a value of an enum.
#[derive(Clone)]
pub(super) struct Documented(pub(super) &'static [String]);

impl TypedValueParser for Documented {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, Error> {
        let text = StringValueParser::new().parse_ref(command, arg, value)?;
        let known = self
            .0
            .iter()
            .find(|known| known.eq_ignore_ascii_case(&text));
        Ok(known.cloned().unwrap_or(text))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().map(PossibleValue::new)))
    }
}
