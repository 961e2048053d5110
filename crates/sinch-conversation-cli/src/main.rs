#![doc = include_str!("../README.md")]

use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    sinch_conversation_cli::run(&arguments)
}
