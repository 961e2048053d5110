#![doc = include_str!("../README.md")]

mod commands;
mod context;
mod error;
mod output;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches;

use commands::Command;
use context::{Context, GlobalOptions};
use error::Failure;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let matches = match commands::arguments().try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        // Not yet parsed, but a program that asked for JSON wants this error as JSON too.
        Err(error) => return error::usage(&error, error::asks_for_json(&arguments)),
    };
    let options = match GlobalOptions::from_arg_matches(&matches) {
        Ok(options) => options,
        Err(error) => return error::usage(&error, false),
    };
    let context = Context::new(options);
    match Command::from_arg_matches(&matches)
        .map_err(|error| Failure::usage(error.to_string()))
        .and_then(|command| command.run(&context))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => error::report(&failure, context.output().is_json()),
    }
}
