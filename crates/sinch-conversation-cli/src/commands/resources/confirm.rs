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

/// Asks, unless `--yes` was given.
///
/// # Errors
///
/// The answer is no, or nobody can be asked.
pub(crate) fn confirm(context: &Context, question: &str) -> Result<(), Failure> {
    if context.agreed() {
        return Ok(());
    }
    if !context.can_ask() {
        let message = format!("{question} There is no terminal to answer this on.");
        return Err(Failure::usage(message).hint("add --yes"));
    }
    let mut stderr = io::stderr().lock();
    write!(stderr, "{question} [y/N] ").and_then(|()| stderr.flush())?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    match answer.trim() {
        "y" | "Y" | "yes" => Ok(()),
        _ => Err(Failure::new(Exit::Failed, "nothing was done")),
    }
}
