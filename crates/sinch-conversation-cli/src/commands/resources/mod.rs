//! `apps list`, `contacts delete` and so on: a command for each operation of the documents, made when the program runs.

mod arguments;
pub(super) mod confirm;
mod run;
mod values;

use clap::{ArgMatches, Command};

use crate::context::Context;
use crate::error::Failure;
use crate::reference::entries;

/// Returns a command for each noun. Those of its verbs are made when they are needed.
pub(super) fn commands() -> Vec<Command> {
    let mut nouns: Vec<&str> = Vec::new();
    for entry in entries() {
        if !nouns.contains(&entry.noun.as_str()) {
            nouns.push(&entry.noun);
        }
    }
    nouns.into_iter().map(command).collect()
}

fn command(noun: &'static str) -> Command {
    let verbs = entries().iter().filter(|entry| entry.noun == noun);
    let verbs: Vec<&str> = verbs.map(|entry| entry.verb.as_str()).collect();
    Command::new(noun)
        .about(format!("Operations on {noun}: {}", verbs.join(", ")))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .defer(with_verbs)
}

fn with_verbs(command: Command) -> Command {
    let noun = command.get_name().to_owned();
    let entries = entries().iter().filter(|entry| entry.noun == noun);
    let verbs: Vec<Command> = entries.map(arguments::command).collect();
    command.subcommands(verbs)
}

/// Runs the command of a noun; `None` if there is no such noun.
pub(super) fn run(
    noun: &str,
    matches: &ArgMatches,
    context: &Context,
) -> Option<Result<(), Failure>> {
    let (verb, arguments) = matches.subcommand()?;
    let mut entries = entries().iter();
    let entry = entries.find(|entry| entry.noun == noun && entry.verb == verb)?;
    Some(run::run(entry, arguments, context))
}
