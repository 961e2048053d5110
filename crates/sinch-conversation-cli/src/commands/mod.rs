//! The commands, one folder for each family.
//!
//! A command is a variant of [`Command`] with its arguments, and a method `run` that takes them and the [`Context`]:
//! settings and client from there, data to `context.output()`, a [`Failure`] for everything else. `context.run` runs
//! asynchronous work until Ctrl-C; what has to clean up uses `context.block_on` and waits for `context::interrupted`.
//!
//! The commands of [`resources`] have no variant: they are made from the operations of the documents.

mod api;
mod auth;
mod bulk;
mod completion;
mod doctor;
mod fixtures;
mod listen;
mod man;
mod outbox;
mod profile;
mod received;
mod reference;
mod resources;
mod sandbox;
mod send;
mod trigger;
mod verify;

use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

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
enum Command {
    /// Send a message
    ///
    /// The exit code says what became of it: 0 accepted (or delivered, with --wait delivered), 5 refused, 6 not delivered,
    /// 7 it may have been sent, 8 not sent, and the same command may succeed later, 9 no outcome yet.
    Send(Box<send::Arguments>),
    /// Receive callbacks: show them, forward them to a program, answer them
    ///
    /// Makes a webhook with a random secret, and deletes it at the end, which Ctrl-C is. What was received is kept; see
    /// `received`. Each callback is answered with 200 as soon as it is authentic and kept, whatever becomes of it here.
    Listen(Box<listen::Arguments>),
    /// List, show and send again the callbacks that `listen` has received
    ///
    /// The newest are kept, at most 1000, in a file that only its owner can read. `events` are those of the API.
    Received(received::Arguments),
    /// Post a callback of the documents to a program, signed and without the API
    Trigger(trigger::Arguments),
    /// Check the signature of a callback, and say why it does not hold
    Verify(verify::Arguments),
    /// Make the calls of a script
    Fixtures(fixtures::Arguments),
    /// Start the API on this machine, and control it
    ///
    /// The controls reach the sandbox of --endpoint or SINCH_CONVERSATION_URL, or else http://127.0.0.1:8080.
    Sandbox(sandbox::Arguments),
    /// Send a message to everybody in a CSV file
    Bulk(bulk::Arguments),
    /// Look at, send and export the messages of an outbox
    Outbox(outbox::Arguments),
    /// Check the credentials, the region, the app, its channels and its webhooks
    Doctor(doctor::Arguments),
    /// Make any request of the API
    Api(api::Arguments),
    /// Store, show and remove an access key
    Auth(auth::Arguments),
    /// Manage named settings
    Profile(profile::Arguments),
    /// Write a completion script
    Completion(completion::Arguments),
    /// Write manual pages
    Man(man::Arguments),
    /// List the commands that are made from the API's documents, with their operations
    Reference(reference::Arguments),
}

/// Returns the definition of all commands.
pub(crate) fn definition() -> clap::Command {
    Arguments::command().subcommands(resources::commands())
}

/// Runs the command that was given.
pub(crate) fn run(matches: &ArgMatches, context: &Context) -> Result<(), Failure> {
    let resource = matches.subcommand();
    if let Some(result) =
        resource.and_then(|(noun, arguments)| resources::run(noun, arguments, context))
    {
        return result;
    }
    let command = Command::from_arg_matches(matches);
    match command.map_err(|error| Failure::usage(error.to_string()))? {
        Command::Send(arguments) => arguments.run(context),
        Command::Listen(arguments) => arguments.run(context),
        Command::Received(arguments) => arguments.run(context),
        Command::Trigger(arguments) => arguments.run(context),
        Command::Verify(arguments) => arguments.run(context),
        Command::Fixtures(arguments) => arguments.run(context),
        Command::Sandbox(arguments) => arguments.run(context),
        Command::Bulk(arguments) => arguments.run(context),
        Command::Outbox(arguments) => arguments.run(context),
        Command::Doctor(arguments) => arguments.run(context),
        Command::Api(arguments) => arguments.run(context),
        Command::Auth(arguments) => arguments.run(context),
        Command::Profile(arguments) => arguments.run(context),
        Command::Completion(arguments) => arguments.run(context),
        Command::Man(arguments) => arguments.run(context),
        Command::Reference(arguments) => arguments.run(context),
    }
}
