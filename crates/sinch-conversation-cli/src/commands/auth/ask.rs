//! Asks for settings on a terminal.

use std::io::{self, BufRead, Read, Write};

use crate::context::Context;
use crate::error::{Exit, Failure};

/// Returns a setting, from its option or from the terminal.
pub(super) fn given(
    context: &Context,
    name: &str,
    option: Option<&str>,
    flag: &str,
) -> Result<String, Failure> {
    if let Some(value) = option {
        return Ok(value.to_owned());
    }
    if !context.can_ask() {
        let message = format!("no {}", name.to_lowercase());
        return Err(
            Failure::usage(message).hint(format!("there is no terminal to ask on; use {flag}"))
        );
    }
    // In one piece, so that what is typed ahead does not get into it.
    let prompt = format!("{name}: ");
    io::stderr().write_all(prompt.as_bytes())?;
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    read.map_err(|error| unread(&error))?;
    match answer.trim() {
        "" => Err(Failure::usage(format!("no {}", name.to_lowercase()))),
        answer => Ok(answer.to_owned()),
    }
}

/// Returns the secret: from stdin, from its variable, or from the terminal, which does not show it.
pub(super) fn secret(context: &Context, from_stdin: bool) -> Result<String, Failure> {
    let missing = || Failure::usage("no secret").hint("--with-secret reads it from stdin");
    let secret = if from_stdin {
        let mut text = String::new();
        let read = io::stdin().read_to_string(&mut text);
        read.map_err(|error| unread(&error))?;
        text
    } else if let Ok(secret) = std::env::var("SINCH_KEY_SECRET") {
        secret
    } else if context.can_ask() {
        rpassword::prompt_password("Key secret: ").map_err(|error| unread(&error))?
    } else {
        return Err(missing());
    };
    match secret.trim() {
        "" => Err(missing()),
        secret => Ok(secret.to_owned()),
    }
}

fn unread(error: &io::Error) -> Failure {
    Failure::new(Exit::Failed, format!("the answer cannot be read: {error}"))
}
