//! The options of the program: flags and environment variables.

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Parser};
use sinch_conversation_sandbox::{Sandbox, SandboxBuilder};

/// The Sinch Conversation API on this machine.
///
/// Each option can also be set by the environment variable shown with it; the option takes precedence.
#[derive(Parser)]
#[command(version, about)]
pub(crate) struct Arguments {
    /// Address to listen on; port 0 takes any free one. Beyond the loopback address there is no TLS, so use it only on
    /// a network that you trust; the controls then need the key as well, if there is one.
    #[arg(long, env = "SINCH_SANDBOX_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,

    /// Host name that requests may use, such as that of a container, in addition to IP addresses and localhost.
    #[arg(
        long,
        env = "SINCH_SANDBOX_ALLOW_HOST",
        value_name = "NAME",
        value_delimiter = ','
    )]
    allow_host: Vec<String>,

    /// URL under which others reach the sandbox, such as http://sandbox:8080; it is printed, and its host is allowed.
    #[arg(long, env = "SINCH_SANDBOX_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,

    /// Require no key for the page and the controls, although there is one.
    #[arg(long, env = "SINCH_SANDBOX_INSECURE", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    insecure: bool,

    /// Store the state in this file; without it, the state is lost when the program ends.
    #[arg(long, env = "SINCH_SANDBOX_DB", value_name = "FILE")]
    db: Option<PathBuf>,

    /// Fill the sandbox from this JSON file: apps, webhooks, contacts, conversations, messages. A database remembers
    /// the file and does not apply it again.
    #[arg(long, env = "SINCH_SANDBOX_SEED", value_name = "FILE")]
    seed: Option<PathBuf>,

    /// The project to serve [default: sandbox-project]
    #[arg(long, env = "SINCH_SANDBOX_PROJECT", value_name = "ID")]
    project: Option<String>,

    /// A key id to accept; without one, every key is accepted. Repeat the option for more keys.
    #[arg(
        long,
        env = "SINCH_SANDBOX_KEY_ID",
        value_name = "ID",
        requires = "key_secret"
    )]
    key_id: Vec<String>,

    /// The secret of the key. Everyone on this machine can see the options of a program: prefer the variable.
    #[arg(
        long,
        env = "SINCH_SANDBOX_KEY_SECRET",
        hide_env_values = true,
        value_name = "SECRET",
        requires = "key_id"
    )]
    key_secret: Vec<String>,

    /// How long access tokens are valid, in seconds [default: 3600]
    #[arg(long, env = "SINCH_SANDBOX_TOKEN_LIFETIME", value_name = "SECONDS", value_parser = seconds)]
    token_lifetime: Option<Duration>,

    /// The most requests per second that the project may send; further ones get 429. 0 is no limit [default: 800]
    #[arg(long, env = "SINCH_SANDBOX_REQUESTS_PER_SECOND", value_name = "N")]
    requests_per_second: Option<u32>,

    /// Remove the rate limit of the token endpoint, which allows a burst of 30 requests and 10 a second after that.
    #[arg(long, env = "SINCH_SANDBOX_UNLIMITED_TOKENS", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    unlimited_tokens: bool,

    /// Pauses in seconds before a callback is retried, separated by commas; an empty value means no retries [default:
    /// 5,10,20,40,80]
    #[arg(long, env = "SINCH_SANDBOX_CALLBACK_RETRIES", value_name = "SECONDS,...", value_parser = pauses)]
    callback_retries: Option<Pauses>,

    /// How long a receiver of callbacks has to respond, in seconds [default: 10]
    #[arg(long, env = "SINCH_SANDBOX_CALLBACK_TIMEOUT", value_name = "SECONDS", value_parser = seconds)]
    callback_timeout: Option<Duration>,

    /// Time between two statuses of a message, in seconds [default: 0]
    #[arg(long, env = "SINCH_SANDBOX_RECEIPT_INTERVAL", value_name = "SECONDS", value_parser = seconds)]
    receipt_interval: Option<Duration>,

    /// The most messages per second that leave the queue of an app [default: unlimited]
    #[arg(long, env = "SINCH_SANDBOX_SENDS_PER_SECOND", value_name = "N")]
    sends_per_second: Option<NonZeroU32>,

    /// The most messages in the queue of an app [default: 500000]
    #[arg(long, env = "SINCH_SANDBOX_QUEUE_LIMIT", value_name = "N")]
    queue_limit: Option<usize>,

    /// Keep the last N of each: messages and events, callbacks, consent records, batches, requests (at most 1000); older
    /// ones are removed once they are complete. Without it only requests are limited
    #[arg(long, env = "SINCH_SANDBOX_KEEP", value_name = "N")]
    keep: Option<NonZeroU32>,

    /// The most connections served at the same time [default: 4096]
    #[arg(long, env = "SINCH_SANDBOX_MAX_CONNECTIONS", value_name = "N")]
    max_connections: Option<usize>,

    /// The most event streams open at the same time; the page uses one [default: 100]
    #[arg(long, env = "SINCH_SANDBOX_MAX_EVENT_STREAMS", value_name = "N")]
    max_event_streams: Option<usize>,

    /// How long a client may take for the head of a request, and for its body, in seconds [default: 30]
    #[arg(long, env = "SINCH_SANDBOX_READ_TIMEOUT", value_name = "SECONDS", value_parser = seconds)]
    read_timeout: Option<Duration>,

    /// Write a line to stderr for each attempt to deliver a callback.
    #[arg(long, env = "SINCH_SANDBOX_WEBHOOK_LOG", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub(crate) webhook_log: bool,
}

/// The numbers of key ids and of secrets differ.
#[derive(Debug, thiserror::Error)]
#[error(
    "there are {ids} key ids and {secrets} secrets: pass one --key-secret for each --key-id, in the same order"
)]
pub(crate) struct UnevenKeys {
    ids: usize,
    secrets: usize,
}

#[derive(Debug, Clone)]
struct Pauses(Vec<Duration>);

impl Arguments {
    /// Returns what the machines that reach the sandbox need to use it.
    pub(crate) fn access(&self) -> KeyRequirement {
        match (self.key_id.is_empty(), self.insecure) {
            (true, _) => KeyRequirement::None,
            (false, true) => KeyRequirement::ApiOnly,
            (false, false) => KeyRequirement::Key,
        }
    }

    /// Returns the settings of the sandbox.
    pub(crate) fn builder(self) -> Result<SandboxBuilder, UnevenKeys> {
        let (ids, secrets) = (self.key_id.len(), self.key_secret.len());
        if ids != secrets {
            return Err(UnevenKeys { ids, secrets });
        }
        let keys = self.key_id.into_iter().zip(self.key_secret);
        let mut builder = Sandbox::builder()
            .listen(self.listen)
            .unprotected_controls(self.insecure)
            .limit_token_requests(!self.unlimited_tokens);
        builder = self
            .allow_host
            .into_iter()
            .fold(builder, SandboxBuilder::allow_host);
        builder = keys.fold(builder, |builder, (id, secret)| {
            builder.access_key(id, secret)
        });
        builder = with(builder, self.public_url, SandboxBuilder::public_url);
        builder = with(builder, self.db, SandboxBuilder::database);
        builder = with(builder, self.seed, SandboxBuilder::seed_file);
        builder = with(builder, self.project, SandboxBuilder::project);
        builder = with(builder, self.token_lifetime, SandboxBuilder::token_lifetime);
        builder = with(
            builder,
            self.requests_per_second,
            SandboxBuilder::requests_per_second,
        );
        builder = with(builder, self.callback_retries, |builder, pauses| {
            builder.callback_retries(pauses.0)
        });
        builder = with(
            builder,
            self.callback_timeout,
            SandboxBuilder::callback_timeout,
        );
        builder = with(
            builder,
            self.receipt_interval,
            SandboxBuilder::receipt_interval,
        );
        builder = with(
            builder,
            self.sends_per_second,
            SandboxBuilder::sends_per_second,
        );
        builder = with(builder, self.queue_limit, SandboxBuilder::queue_limit);
        builder = with(builder, self.keep, SandboxBuilder::keep);
        builder = with(
            builder,
            self.max_connections,
            SandboxBuilder::max_connections,
        );
        builder = with(
            builder,
            self.max_event_streams,
            SandboxBuilder::max_event_streams,
        );
        Ok(with(
            builder,
            self.read_timeout,
            SandboxBuilder::read_timeout,
        ))
    }
}

/// What clients need to use the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyRequirement {
    /// Nothing: every key is accepted.
    None,
    /// A key for the API, nothing for the controls.
    ApiOnly,
    /// A key.
    Key,
}

impl fmt::Display for KeyRequirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => {
                "Everyone who can reach it can use the API and the controls: set a key (SINCH_SANDBOX_KEY_ID and \
                 SINCH_SANDBOX_KEY_SECRET)."
            }
            Self::ApiOnly => {
                "Everyone who can reach it can use the page and the controls, because of --insecure."
            }
            Self::Key => "The API, the page and the controls need the key.",
        })
    }
}

fn with<T>(
    builder: SandboxBuilder,
    given: Option<T>,
    set: impl FnOnce(SandboxBuilder, T) -> SandboxBuilder,
) -> SandboxBuilder {
    match given {
        Some(value) => set(builder, value),
        None => builder,
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.trim().parse().ok();
    let duration = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    duration.ok_or_else(|| "expected seconds, such as 30 or 0.5".to_owned())
}

fn pauses(text: &str) -> Result<Pauses, String> {
    if text.trim().is_empty() {
        return Ok(Pauses(Vec::new()));
    }
    text.split(',')
        .map(seconds)
        .collect::<Result<_, _>>()
        .map(Pauses)
}
