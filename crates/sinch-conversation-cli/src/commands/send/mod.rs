//! `send`: a message, and what became of it.

mod message;
mod wait;

use std::time::Duration;

use clap::{ArgGroup, Args, ValueEnum};
use serde_json::{Value, json};
use sinch_conversation::recipient::{Identity, Recipient};
use sinch_conversation::resources::{AppHandle, SendMessage, Sent};
use sinch_conversation::{Channel, Error};

use crate::context::{Context, interrupted};
use crate::error::{Exit, Failure};
use crate::output::add_field;
use message::Content;

#[derive(Args)]
#[command(
    override_usage = "sinch-conversation send [OPTIONS] <TO> <TEXT|--media <URL>|--template <ID>|--message <FILE>>"
)]
#[command(group = ArgGroup::new("what").required(true).args(["text", "media", "template", "json_file"]))]
pub(crate) struct Arguments {
    /// Recipient: an address on the channels, such as +46700000001; without --channel, the id of a contact
    to: String,
    /// Text to send
    text: Option<String>,
    /// Channels to try, in this order, such as whatsapp,sms
    #[arg(long, value_name = "CHANNEL", value_delimiter = ',', value_parser = channel)]
    channel: Vec<Channel>,
    #[command(flatten)]
    content: Content,
    /// How long the API tries to deliver: seconds, or with a unit, such as 90s, 30m, 12h, 2d
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    ttl: Option<Duration>,
    /// App to send through, in place of the one that the settings name
    #[arg(long, value_name = "ID")]
    app: Option<String>,
    /// Text that comes back in the receipts
    #[arg(long, value_name = "TEXT")]
    metadata: Option<String>,
    /// Id of yours that comes back in all callbacks about the message
    #[arg(long, value_name = "ID")]
    correlation_id: Option<String>,
    /// Wait for the outcome, by reading the message; needs an app in CONVERSATION mode that stores the status of messages
    #[arg(long, value_name = "STATUS")]
    wait: Option<Wait>,
    /// How long to wait
    #[arg(long, value_name = "DURATION", default_value = "2m", value_parser = duration, requires = "wait")]
    wait_timeout: Duration,
}

/// What to wait for.
#[derive(Clone, Copy, ValueEnum)]
enum Wait {
    /// The message was delivered, or its delivery failed
    Delivered,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let client = context.client()?;
        let app = match &self.app {
            Some(id) => client.app(id.as_str()),
            None => client.default_app(),
        };
        let send = self.send(&app)?;
        context.block_on(async {
            if self.wait.is_some() {
                wait::check(&app, &client).await?;
            }
            let sent = tokio::select! {
                sent = send => sent.map_err(|error| failed(&error))?,
                _ = interrupted() => return Err(maybe("interrupted")),
            };
            let mut written = written(&sent);
            let outcome = match self.wait {
                None => Ok(()),
                Some(Wait::Delivered) => tokio::select! {
                    outcome = wait::wait(&client, &sent, self.wait_timeout, &mut written) => outcome,
                    failure = interrupted() => Err(failure),
                },
            };
            // The id is written whatever became of the message.
            context.output().value(&written)?;
            outcome
        })
    }

    fn send(&self, app: &AppHandle) -> Result<SendMessage, Failure> {
        let message = self.content.read(self.text.as_deref())?;
        let mut send = app.send(message).to(self.recipient()?);
        if self.channel.len() > 1 {
            send = send.channel_priority(self.channel.iter().cloned());
        }
        if let Some(ttl) = self.ttl {
            send = send.ttl(ttl);
        }
        if let Some(text) = &self.metadata {
            send = send.metadata(text);
        }
        if let Some(id) = &self.correlation_id {
            send = send.correlation_id(id);
        }
        Ok(send)
    }

    fn recipient(&self) -> Result<Recipient, Failure> {
        if !self.channel.is_empty() {
            let channels = self.channel.iter().cloned();
            let identities = channels.map(|channel| Identity::new(channel, self.to.as_str()));
            return Ok(Recipient::identities(identities));
        }
        let digits = self.to.strip_prefix('+').unwrap_or(&self.to);
        match digits.bytes().all(|byte| byte.is_ascii_digit()) {
            true => Err(Failure::usage(format!(
                "{} is a number, and no channel is named",
                self.to
            ))
            .hint("--channel sms, or --channel whatsapp,sms to try both")),
            false => Ok(Recipient::contact(self.to.as_str())),
        }
    }
}

/// The failure of a send, which says whether a message may have been sent all the same.
fn failed(error: &Error) -> Failure {
    let failure = Failure::from(error.clone());
    match error.may_have_been_processed() {
        true => maybe(&failure.message()),
        false => failure,
    }
}

fn maybe(why: &str) -> Failure {
    let message = format!("{why}; the message may have been sent");
    let hint = "look for it before sending again: sinch-conversation messages list";
    Failure::new(Exit::MaybeSent, message).hint(hint)
}

fn written(sent: &Sent) -> Value {
    let mut json = json!({"message_id": sent.message_id.as_str()});
    if let Some(time) = &sent.accepted_time {
        add_field(&mut json, "accepted_time", time.to_string());
    }
    json
}

/// Reads the name of a channel: that of the API, in any case and with `-` for `_`.
pub(super) fn channel(name: &str) -> Result<Channel, String> {
    match name.trim() {
        "" => Err("expected the name of a channel, such as sms".to_owned()),
        name => Ok(Channel::from(name.to_uppercase().replace('-', "_"))),
    }
}

/// Reads a duration: seconds, or a number with `s`, `m`, `h` or `d`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let units = [('s', 1), ('m', 60), ('h', 3600), ('d', 86400)];
    let unit = units.into_iter().find(|(unit, _)| text.ends_with(*unit));
    let (digits, seconds) = match unit {
        Some((unit, seconds)) => (text.trim_end_matches(unit), seconds),
        None => (text, 1),
    };
    let count: Option<u64> = digits.parse().ok();
    count
        .and_then(|count| count.checked_mul(seconds))
        .map(Duration::from_secs)
        .ok_or_else(|| "expected a duration, such as 90s, 30m, 12h or 2d".to_owned())
}
