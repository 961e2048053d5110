//! Asks before something is deleted.

use std::io::{self, BufRead, Write};

use crate::context::Context;
use crate::error::{Exit, Failure};

/// Returns whether an operation destroys something.
pub(crate) fn is_destructive(method: &str, verb: &str) -> bool {
    let first = verb.split('-').next().unwrap_or_default();
    // A merge deletes the contact that is merged, and no method says so.
    method == "DELETE" || matches!(first, "delete" | "cancel" | "merge")
}

/// Asks whether to do something that cannot be undone, unless `--yes` was given.
///
/// # Errors
///
/// The answer is no, or nobody can be asked.
pub(crate) fn confirm(context: &Context, what: &str) -> Result<(), Failure> {
    if context.agreed() {
        return Ok(());
    }
    if !context.can_ask() {
        let message = format!("{what} cannot be undone, and there is no terminal to ask on");
        return Err(Failure::usage(message).hint("add --yes"));
    }
    let question = format!("{what} cannot be undone. Go on? [y/N] ");
    io::stderr().write_all(question.as_bytes())?;
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    read.map_err(|error| {
        Failure::new(Exit::Failed, format!("the answer cannot be read: {error}"))
    })?;
    match answer.trim() {
        "y" | "Y" | "yes" => Ok(()),
        _ => Err(Failure::new(Exit::Failed, "nothing was done")),
    }
}
