//! `listen`: callbacks as they arrive, through a webhook that is there as long as the command runs.

mod address;
mod arrivals;
mod forward;
mod leftover;
mod print;
mod server;
mod webhook;

use std::net::Ipv4Addr;

use clap::{Args, ValueEnum};
use sinch_conversation::reqwest::Url;
use sinch_conversation::types::WebhookTrigger;
use sinch_conversation::webhook::CallbackKind;
use tokio::net::TcpListener;

use self::arrivals::Arrivals;
use self::forward::{Forward, Mapping};
use self::print::Printer;
use self::server::Server;
use self::webhook::TemporaryWebhook;
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::output::Format;
use crate::stop::StopSignals;
use crate::target::target;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Post each callback to this address, as it came
    #[arg(long, value_name = "URL", value_parser = target)]
    forward_to: Option<Url>,
    /// Post callbacks of a trigger to an address of their own, as in MESSAGE_INBOUND=http://localhost:3000/inbound
    #[arg(long, value_name = "TRIGGER=URL")]
    map: Vec<Mapping>,
    /// Sign forwarded callbacks anew with the secret in the first line of this file [env: SINCH_FORWARD_SECRET]
    ///
    /// Without it they have the signature of the API, whose secret is written with --show-secrets.
    #[arg(long, value_name = "FILE")]
    forward_secret_file: Option<String>,
    /// Address under which the API reaches --port of this machine; not needed for a sandbox on this machine
    #[arg(long, value_name = "URL", requires = "port", conflicts_with = "tunnel")]
    public_url: Option<String>,
    /// Command that makes this machine reachable, such as "cloudflared tunnel --url http://127.0.0.1:{port}"; it ends with
    /// this one
    ///
    /// Of the https addresses that it writes, the one that leads here is used.
    #[arg(long, value_name = "COMMAND")]
    tunnel: Option<String>,
    /// Port of the loopback address to receive on [default: any free one]
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Triggers of the webhook, such as MESSAGE_INBOUND,MESSAGE_DELIVERY [default: all of the documents]
    #[arg(long, value_name = "TRIGGER", value_delimiter = ',')]
    trigger: Vec<String>,
    /// How callbacks are written: a line of text, or of JSON [default: pretty on a terminal, json elsewhere]
    #[arg(long, value_name = "FORMAT")]
    format: Option<EventFormat>,
    /// Answer each message of a contact with this text
    #[arg(long, value_name = "TEXT")]
    reply_with: Option<String>,
    /// Stop after this many callbacks
    #[arg(long, value_name = "N")]
    count: Option<u64>,
    /// App whose callbacks are received, in place of the one that the settings name
    #[arg(long, value_name = "ID")]
    app: Option<String>,
}

/// How callbacks are written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum EventFormat {
    /// A line of text
    Pretty,
    /// A line of JSON
    Json,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let client = context.client()?;
        let app = match &self.app {
            Some(id) => client.app(id.as_str()),
            None => client.default_app(),
        };
        app.id()?;
        let triggers = self.triggers()?;
        let forward = Forward::new(&self)?;
        let printer = Printer::new(self.format(context));
        let is_near = address::is_near(&context.settings()?);
        if !is_near && self.public_url.is_none() && self.tunnel.is_none() {
            return Err(address::unreachable());
        }
        context.block_on(async {
            // Before there is a webhook, so that it is deleted from then on.
            let mut stop = StopSignals::new()?;
            let port = self.port.unwrap_or(0);
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
            let listener = listener.map_err(|error| {
                Failure::new(Exit::Failed, format!("port {port} of 127.0.0.1: {error}"))
            })?;
            let secret = webhook::random_secret()?;
            let (server, arrivals) = Server::start(listener, &secret)?;
            let (address, _tunnel) = tokio::select! {
                address = address::find(&self, &server) => address?,
                () = stop.next() => return Ok(()),
            };
            tokio::select! {
                () = leftover::warn_of_leftovers(&client, app.id()?.as_str()) => {}
                () = stop.next() => return Ok(()),
            }
            let webhook = TemporaryWebhook::create(&client, &app, &address, triggers, &secret);
            let webhook = webhook.await?.noted(app.id()?.as_str(), &address);
            let shown = match context.options().show_secrets {
                true => secret.as_str(),
                false => "not shown (--show-secrets)",
            };
            context.note(&format!(
                "webhook {} at {address} is ready, with the secret {shown}; Ctrl-C ends it",
                webhook.id()
            ));
            let mut arrivals = Arrivals {
                client: &client,
                forward,
                printer,
                reply_with: self.reply_with.as_deref(),
                left: self.count.unwrap_or(u64::MAX),
                arrivals,
            };
            let work = async {
                tokio::select! {
                    result = arrivals.handle() => result,
                    () = stop.next() => Ok(()),
                }
            };
            let result = webhook::caught(work).await;
            webhook
                .delete_after(&client, result, StopSignals::new()?)
                .await
        })
    }

    fn format(&self, context: &Context) -> EventFormat {
        let is_table = context.output().format() == Format::Table;
        self.format.unwrap_or(match is_table {
            true => EventFormat::Pretty,
            false => EventFormat::Json,
        })
    }

    /// Returns the triggers that are asked for, which the documents need not have.
    fn triggers(&self) -> Result<Vec<WebhookTrigger>, Failure> {
        let all = || CallbackKind::ALL.iter().map(|kind| kind.trigger.clone());
        if self.trigger.is_empty() {
            return Ok(all().collect());
        }
        let name = |name: &String| name.trim().to_uppercase().replace('-', "_");
        let given: Vec<WebhookTrigger> = self
            .trigger
            .iter()
            .map(|it| WebhookTrigger::from(name(it)))
            .collect();
        match given.iter().find(|it| it.as_str().is_empty()) {
            Some(_) => Err(Failure::usage(
                "--trigger: expected a trigger, such as MESSAGE_INBOUND",
            )),
            None => Ok(given),
        }
    }
}
