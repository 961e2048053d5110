//! The command line as a function: the program calls it, and so does its fuzz target.
#![deny(missing_docs)]

mod calls;
mod commands;
mod context;
mod error;
mod keyring;
mod output;
mod private_files;
mod profiles;
mod received;
mod reference;
mod secrets;
mod stop;
mod target;
mod webhook_secret;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches;

use context::{Context, GlobalOptions};

/// Runs the command that the arguments name, the first of which is the name of the program. It writes to stdout and
/// stderr, and returns the exit code.
pub fn run(arguments: &[OsString]) -> ExitCode {
    let matches = match commands::definition().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        // Not yet parsed, but a program that asked for JSON wants this error as JSON too.
        Err(error) => return error::usage(&error, error::asks_for_json(arguments)),
    };
    let options = match GlobalOptions::from_arg_matches(&matches) {
        Ok(options) => options,
        Err(error) => return error::usage(&error, false),
    };
    let context = Context::new(options);
    match commands::run(&matches, &context) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => error::report(&failure, context.reports_json()),
    }
}
