//! The commands, one folder for each family.
//!
//! A command is a variant of [`Command`] with its arguments, and a method `run` that takes them and the [`Context`]:
//! settings and client from there, data to `context.output()`, a [`Failure`] for everything else. `context.run` runs
//! asynchronous work until Ctrl-C; what has to clean up uses `context.block_on` and waits for `context::interrupted`.

mod doctor;

use clap::{CommandFactory, Parser, Subcommand};

use crate::context::{Context, GlobalOptions};
use crate::error::Failure;

/// The Sinch Conversation API from a terminal.
#[derive(Parser)]
#[command(
    name = "sinch-conversation",
    version,
    about,
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
struct Arguments {
    #[command(flatten)]
    options: GlobalOptions,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Check the credentials, the region, the app, its channels and its webhooks
    Doctor(doctor::Arguments),
}

/// Returns the definition of all commands.
pub(crate) fn arguments() -> clap::Command {
    Arguments::command()
}

impl Command {
    /// Runs the command.
    pub(crate) fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Doctor(arguments) => arguments.run(context),
        }
    }
}
