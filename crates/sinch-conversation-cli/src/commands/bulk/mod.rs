//! `bulk send`: a message to everybody in a CSV file, which can be stopped, killed and started again.

mod file;
mod pattern;

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};
use serde_json::json;
use sinch_conversation::{Channel, Client};
use sinch_conversation_outbox::store::Rate;
use sinch_conversation_outbox::{AnyStore, NewRow, Outbox};

use self::file::{Recipients, Sending};
use super::outbox::{Campaign, failed, run};
use super::send::channel;
use crate::context::{Context, interrupted};
use crate::error::Failure;

/// How many rows are stored with one write to the disk.
const SLICE: usize = 500;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Send a message to everybody in a CSV file
    ///
    /// The rows are stored before anything is sent. A run that was stopped or killed goes on with the same command and
    /// --resume, and nobody gets the message twice: a message whose outcome is unknown is not sent again.
    Send(Box<Send>),
}

#[derive(Args)]
#[command(group = ArgGroup::new("content").required(true).args(["text", "template"]))]
struct Send {
    /// CSV file in UTF-8, whose first line has the names of its columns
    file: PathBuf,
    /// Text, in which {column} stands for a value of the row, and {{ and }} for braces
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    /// Template of the project
    #[arg(long, value_name = "ID")]
    template: Option<String>,
    /// Language of the template
    #[arg(long, value_name = "CODE", requires = "template")]
    language: Option<String>,
    /// Parameter of the template, in which {column} stands for a value of the row
    #[arg(long, short, value_name = "NAME=VALUE", requires = "template")]
    parameter: Vec<String>,
    /// Channels to try, in this order, such as whatsapp,sms
    #[arg(long, value_name = "CHANNEL", value_delimiter = ',', value_parser = channel, required = true)]
    channel: Vec<Channel>,
    /// Column with the address on the channels
    #[arg(long, value_name = "COLUMN", default_value = "to")]
    to: String,
    /// Column whose values tell rows apart, so that each is sent once [default: that of the address]
    #[arg(long, value_name = "COLUMN")]
    key: Option<String>,
    /// Name of the campaign [default: the name of the file without its ending]
    #[arg(long, value_name = "NAME")]
    campaign: Option<String>,
    /// Where the rows are kept: a file, or a postgres:// address in the variable SINCH_OUTBOX [default: next to the CSV
    /// file, with the ending .outbox]
    #[arg(long, value_name = "FILE")]
    store: Option<String>,
    /// Go on with a campaign that was begun
    #[arg(long)]
    resume: bool,
    /// The most messages a second
    #[arg(long, value_name = "N")]
    rate: Option<u32>,
    /// Check all rows, and store and send nothing
    #[arg(long)]
    dry_run: bool,
    /// File for a report of the failures as CSV [default: next to the CSV file, with the ending .failures.csv]
    #[arg(long, value_name = "FILE")]
    failures: Option<PathBuf>,
    /// App to send through, in place of the one that the settings name
    #[arg(long, value_name = "ID")]
    app: Option<String>,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let Command::Send(send) = self.command;
        send.run(context)
    }
}

impl Send {
    fn run(&self, context: &Context) -> Result<(), Failure> {
        let client = context.client()?;
        let app = match &self.app {
            Some(id) => client.app(id.as_str()),
            None => client.default_app(),
        };
        app.id()?;
        let sending = Sending::new(&self.file, self, app)?;
        let checked = sending.check()?;
        if self.dry_run {
            return context.output().value(&json!({
                "rows": checked.rows,
                "repeated": checked.repeated,
                "first": checked.first,
            }));
        }
        context.run(async {
            let store = self.open().await?;
            let outbox = Outbox::new(store, super::outbox::QUEUE);
            let campaign = self.campaign();
            let status = outbox.group_status(&campaign).await.map_err(failed)?;
            if status.counts.total() > 0 && !self.resume {
                let message = format!("the campaign {campaign:?} was begun before");
                return Err(Failure::usage(message)
                    .hint("--resume goes on with it; --campaign begins another one, which sends to everybody again"));
            }
            let new = self.enqueue(&outbox, &sending, &campaign).await?;
            context.note(&format!("{new} of {} rows are new", checked.rows));
            Ok(())
        })?;
        self.send(context, &client)
    }

    fn send(&self, context: &Context, client: &Client) -> Result<(), Failure> {
        let report = self.failures.clone();
        let campaign = Campaign {
            name: Some(self.campaign()),
            rate: self.rate.map(Rate::per_second),
            report: Some(report.unwrap_or_else(|| self.file.with_extension("failures.csv"))),
            go_on: "the same command with --resume".to_owned(),
        };
        context.block_on(async {
            let store = tokio::select! {
                store = self.open() => store?,
                failure = interrupted() => return Err(failure),
            };
            run(context, client, store, &campaign).await
        })
    }

    async fn open(&self) -> Result<AnyStore, Failure> {
        let beside = || {
            self.file
                .with_extension("outbox")
                .to_string_lossy()
                .into_owned()
        };
        let variable = std::env::var("SINCH_OUTBOX")
            .ok()
            .filter(|it| !it.is_empty());
        let address = self.store.clone().or(variable).unwrap_or_else(beside);
        super::outbox::open(&address).await
    }

    fn campaign(&self) -> String {
        let stem = self
            .file
            .file_stem()
            .map(|it| it.to_string_lossy().into_owned());
        self.campaign.clone().or(stem).unwrap_or_default()
    }

    /// Stores the rows that are not there yet, and returns how many they were.
    async fn enqueue(
        &self,
        outbox: &Outbox<AnyStore>,
        sending: &Sending<'_>,
        campaign: &str,
    ) -> Result<usize, Failure> {
        let mut recipients = Recipients::open(&self.file)?;
        let mut new = 0;
        loop {
            let mut rows: Vec<NewRow> = Vec::with_capacity(SLICE);
            while rows.len() < SLICE
                && let Some(row) = recipients.next()
            {
                let row = row?;
                let (key, stored) = sending.row(&row)?;
                rows.push(
                    stored
                        .dedup_key(format!("{campaign} {key}"))
                        .group(campaign),
                );
            }
            if rows.is_empty() {
                return Ok(new);
            }
            let stored = outbox.enqueue(rows).await.map_err(failed)?;
            new += stored.iter().filter(|row| row.is_new).count();
        }
    }

    fn key(&self) -> &str {
        self.key.as_deref().unwrap_or(&self.to)
    }
}
