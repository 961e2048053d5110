//! `sandbox`: the API on this machine, and its controls.

mod control;
mod log;
mod start;

use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use sinch_conversation::Channel;

use self::control::Controls;
use super::send::{channel, duration};
use crate::calls::read_json;
use crate::context::Context;
use crate::error::Failure;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start a sandbox, which ends with Ctrl-C, and write the variables that lead to it
    Start(start::Arguments),
    /// Add apps, webhooks, contacts, conversations and messages
    Seed {
        /// JSON file of the form that the sandbox documents, or - for stdin
        file: String,
    },
    /// Show or change the clock
    #[command(subcommand)]
    Clock(Clock),
    /// Let the messages of a channel fail
    Fail(Fail),
    /// End what `fail` began
    Restore {
        /// Channel, such as sms
        #[arg(value_parser = channel)]
        channel: Channel,
    },
    /// Write to an app, as a person on a channel
    Says {
        /// The text
        text: String,
        /// Address of the person on the channel
        #[arg(long, value_name = "IDENTITY")]
        from: String,
        /// Channel, such as whatsapp
        #[arg(long, value_name = "CHANNEL", value_parser = channel)]
        channel: Channel,
        /// App to write to, in place of the one that the settings name
        #[arg(long, value_name = "ID")]
        app: Option<String>,
    },
    /// List the messages and events in both directions, the oldest first
    Log(log::Arguments),
    /// Remove everything
    Reset,
}

#[derive(Subcommand)]
enum Clock {
    /// Show the time
    Show,
    /// Let time pass
    Advance {
        /// How much: seconds, or with a unit, such as 90s, 30m, 12h, 2d
        #[arg(value_parser = duration)]
        by: Duration,
    },
    /// Set the time, which does not go back
    Set {
        /// Time, such as 2030-01-31T10:00:00Z
        to: String,
    },
}

#[derive(Args)]
struct Fail {
    /// Channel, such as sms
    #[arg(value_parser = channel)]
    channel: Channel,
    /// Reason in the delivery report
    #[arg(long, value_name = "CODE", default_value = "CHANNEL_FAILURE")]
    reason: String,
    /// Description in the delivery report
    #[arg(long, value_name = "TEXT", default_value = "")]
    description: String,
    /// How many messages fail; without it all until `restore`
    #[arg(long, value_name = "N")]
    times: Option<u32>,
    /// Fail after the message was queued on the channel
    #[arg(long)]
    after_queueing: bool,
    /// Fail with a temporary reason, after which the next channel is tried
    #[arg(long)]
    temporary: bool,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let (path, body) = match self.command {
            Command::Start(arguments) => return arguments.run(context),
            Command::Log(arguments) => return arguments.run(context),
            Command::Clock(Clock::Show) => {
                let controls = Controls::new(context)?;
                let shown = context.run(controls.get("clock"))?;
                return context.output().value(&shown);
            }
            Command::Seed { file } => ("seed".to_owned(), read_json(&file)?),
            Command::Clock(Clock::Advance { by }) => (
                "clock".to_owned(),
                json!({"advance_seconds": by.as_secs_f64()}),
            ),
            Command::Clock(Clock::Set { to }) => ("clock".to_owned(), json!({ "set": to })),
            Command::Fail(fail) => (of_channel(&fail.channel, "fail"), fail.body()),
            Command::Restore { channel } => (of_channel(&channel, "restore"), json!({})),
            Command::Says {
                text,
                from,
                channel,
                app,
            } => {
                let app = match app {
                    Some(app) => app,
                    None => configured_app(context)?,
                };
                let channel = channel.as_str();
                let body =
                    json!({"app_id": app, "channel": channel, "identity": from, "text": text});
                ("handset".to_owned(), body)
            }
            Command::Reset => {
                super::resources::confirm::confirm(context, "sandbox reset")?;
                ("reset".to_owned(), json!({}))
            }
        };
        let controls = Controls::new(context)?;
        let answer = context.run(controls.post(&path, &body))?;
        match answer.as_object().is_some_and(serde_json::Map::is_empty) {
            true => Ok(()),
            false => context.output().value(&answer),
        }
    }
}

impl Fail {
    fn body(&self) -> Value {
        json!({
            "reason": self.reason,
            "description": self.description,
            "times": self.times,
            "after_queueing": self.after_queueing,
            "temporary": self.temporary,
        })
    }
}

fn configured_app(context: &Context) -> Result<String, Failure> {
    let missing = || Failure::usage("no app").hint("--app, or the variable SINCH_APP_ID");
    context.settings()?.get("SINCH_APP_ID").ok_or_else(missing)
}

/// Returns the path of a control of a channel.
fn of_channel(channel: &Channel, control: &str) -> String {
    let name = channel.as_str().as_bytes();
    let name: String = form_urlencoded::byte_serialize(name).collect();
    format!("channels/{name}:{control}")
}
