//! `received`: the callbacks that `listen` has received, to look at and to send again.

use clap::{Args, Subcommand};
use serde_json::json;
use sinch_conversation::reqwest::Url;

use super::resources::confirm::confirm;
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::output::Format;
use crate::received::Store;
use crate::target::{Poster, signed, target};
use crate::webhook_secret::SecretArguments;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List the callbacks, the oldest first
    List {
        /// Only those of these triggers, such as MESSAGE_INBOUND
        #[arg(long, value_name = "TRIGGER", value_delimiter = ',')]
        trigger: Vec<String>,
    },
    /// Show a callback as it came
    Show {
        /// Its id, as `received list` writes it
        id: String,
    },
    /// Post a callback again
    ///
    /// With the headers that it had, which a receiver accepts until the signature is too old: 5 minutes by default. With a
    /// secret the callback is signed anew.
    Resend {
        /// Its id, as `received list` writes it
        id: String,
        /// Address to post it to
        #[arg(long, value_name = "URL", value_parser = target)]
        to: Url,
        #[command(flatten)]
        secret: SecretArguments,
    },
    /// Remove all callbacks
    Clear,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let store = Store::open()?;
        match self.command {
            Command::List { trigger } => list(context, &store, &trigger),
            Command::Show { id } => show(context, &store, &id),
            Command::Resend { id, to, secret } => resend(context, &store, &id, &to, &secret),
            Command::Clear => {
                let question = format!("received clear of {}", store.path().display());
                confirm(context, &question)?;
                store.clear()
            }
        }
    }
}

fn list(context: &Context, store: &Store, triggers: &[String]) -> Result<(), Failure> {
    let callbacks = store.all()?.into_iter();
    let callbacks = callbacks.filter(|it| triggers.is_empty() || triggers.contains(&it.trigger));
    let columns = ["id", "received_at", "trigger", "summary"];
    context
        .output()
        .list(callbacks.map(|it| it.data()), &columns)
}

fn show(context: &Context, store: &Store, id: &str) -> Result<(), Failure> {
    let callback = store.find(id)?;
    let output = context.output();
    if output.format() == Format::Table {
        return output.value(callback.event().raw());
    }
    let mut data = callback.data();
    if let Some(fields) = data.as_object_mut() {
        fields.insert("headers".to_owned(), json!(callback.headers));
        // The bytes that the signature is for.
        fields.insert("body".to_owned(), json!(callback.body));
    }
    output.value(&data)
}

fn resend(
    context: &Context,
    store: &Store,
    id: &str,
    to: &Url,
    secret: &SecretArguments,
) -> Result<(), Failure> {
    let callback = store.find(id)?;
    let headers = match secret.read()? {
        Some(secret) => signed(&secret, &callback.body)?,
        None => callback.headers.clone(),
    };
    post(context, to, &headers, &callback.body)
}

/// Posts a callback and writes the answer. An answer that is no success is a failure.
pub(super) fn post(
    context: &Context,
    to: &Url,
    headers: &std::collections::BTreeMap<String, String>,
    body: &str,
) -> Result<(), Failure> {
    let poster = Poster::new()?;
    let answer = context.run(async {
        let answer = poster.post(to, headers, body).await;
        answer.map_err(|reason| Failure::new(Exit::Unavailable, format!("{to}: {reason}")))
    })?;
    context.output().value(&answer.data(to))?;
    match answer.is_success() {
        true => Ok(()),
        false => Err(Failure::new(
            Exit::Refused,
            format!("{to} answered with {}", answer.status),
        )),
    }
}
