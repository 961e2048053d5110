//! `outbox`: the rows that `bulk` or a program has stored to be sent.

mod progress;

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Map, Value, json};
use sinch_conversation::Client;
use sinch_conversation_outbox::store::{Counts, Rate, RowFilter, Status};
use sinch_conversation_outbox::{
    AnyStore, ClientSender, ExportError, Outbox, RowId, State, StoreError, Worker, WorkerOptions,
};

use self::progress::Progress;
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::private_files;
use crate::stop::StopSignals;

/// The queue of `bulk`.
pub(super) const QUEUE: &str = "bulk";

/// How long a worker that was killed is waited for.
const LEASE: Duration = Duration::from_secs(30);

/// The pause between two looks at the progress.
const LOOK: Duration = Duration::from_millis(500);

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Where the rows are kept: a file, or a postgres:// address, which is better in the variable because it has a password
    #[arg(
        long,
        env = "SINCH_OUTBOX",
        hide_env_values = true,
        value_name = "FILE",
        global = true
    )]
    store: Option<String>,
    /// Queue of the store
    #[arg(long, value_name = "NAME", default_value = QUEUE, global = true)]
    queue: String,
    /// Rows of this group, which is the campaign of `bulk send`; `run` sends those of all groups
    #[arg(long, value_name = "NAME", global = true)]
    group: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Count the rows by state
    Status,
    /// Send what waits in the queue, and end when nothing does
    Run {
        /// The most messages a second
        #[arg(long, value_name = "N")]
        rate: Option<u32>,
    },
    /// Send rows again that were refused or have failed; those whose outcome is unknown are not
    Retry,
    /// Write the rows that reached nobody as CSV
    Export {
        /// States to write in place of the failures, such as accepted,delivered
        #[arg(long, value_name = "STATE", value_delimiter = ',')]
        state: Vec<String>,
    },
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let missing =
            || Failure::usage("no store").hint("--store FILE, or the variable SINCH_OUTBOX");
        let address = self.store.as_deref().ok_or_else(missing)?;
        if !address.contains("://") && !std::path::Path::new(address).exists() {
            return Err(Failure::new(
                Exit::NotFound,
                format!("{address}: there is no such store"),
            ));
        }
        let group = self.group.as_deref();
        if let Command::Run { rate } = self.command {
            let client = context.client()?;
            let campaign = Campaign {
                name: self.group.clone(),
                rate: rate.map(Rate::per_second),
                report: None,
                go_on: "the same command".to_owned(),
            };
            return context.block_on(async {
                let store = open(address).await?;
                run_queue(context, &client, store, &self.queue, &campaign).await
            });
        }
        context.run(async {
            let outbox = Outbox::new(open(address).await?, self.queue.as_str());
            match &self.command {
                Command::Status => {
                    let status = status(&outbox, group).await?;
                    let mut counts = counts(&status.counts);
                    counts.insert("paused".to_owned(), json!(status.paused));
                    context.output().value(&counts.into())
                }
                Command::Retry => {
                    let retryable = RowFilter::states([State::Refused, State::Failed]);
                    let rows = outbox.rows(of_group(retryable, group));
                    let ids: Vec<RowId> = rows
                        .map_ok(|row| row.id)
                        .try_collect()
                        .await
                        .map_err(failed)?;
                    let retried = outbox.retry(ids).await.map_err(failed)?;
                    context.output().value(&json!({ "queued": retried }))
                }
                Command::Export { state } => export(&outbox, state, group).await,
                Command::Run { .. } => Ok(()),
            }
        })
    }
}

async fn export(
    outbox: &Outbox<AnyStore>,
    states: &[String],
    group: Option<&str>,
) -> Result<(), Failure> {
    let known = |name: &String| {
        let mut all = State::ALL.into_iter();
        all.find(|state| state.as_str().eq_ignore_ascii_case(name))
            .ok_or_else(|| {
                let names: Vec<&str> = State::ALL.iter().map(|it| it.as_str()).collect();
                Failure::usage(format!("--state: {name:?} is none of {}", names.join(", ")))
            })
    };
    let filter = match states.is_empty() {
        true => RowFilter::failures(),
        false => RowFilter::states(states.iter().map(known).collect::<Result<Vec<_>, _>>()?),
    };
    let out = std::io::stdout();
    let exported = outbox.export(of_group(filter, group), &out).await;
    exported.map_err(unwritten)?;
    Ok((&out).flush()?)
}

/// Returns the failure of an export to stdout, whose end is no failure.
fn unwritten(error: ExportError) -> Failure {
    match error {
        ExportError::Write(error) => match error.into_kind() {
            csv::ErrorKind::Io(error) => error.into(),
            other => Failure::new(Exit::Failed, format!("the rows: {other:?}")),
        },
        other => Failure::new(Exit::Failed, other.to_string()),
    }
}

fn of_group(filter: RowFilter, group: Option<&str>) -> RowFilter {
    match group {
        Some(group) => filter.group(group),
        None => filter,
    }
}

/// What is sent, and what is said about it.
pub(super) struct Campaign {
    /// The group that is shown; `None` for the whole queue.
    pub(super) name: Option<String>,
    pub(super) rate: Option<Rate>,
    /// Where failures are reported.
    pub(super) report: Option<PathBuf>,
    /// How to go on after a stop.
    pub(super) go_on: String,
}

/// Opens a store. A file that is made for it can be read by its owner alone.
pub(super) async fn open(address: &str) -> Result<AnyStore, Failure> {
    if !address.contains("://") {
        let made = private_files::append(std::path::Path::new(address));
        made.map_err(|error| Failure::new(Exit::Failed, format!("{address}: {error}")))?;
    }
    AnyStore::open(address).await.map_err(failed)
}

/// The failure of a store.
pub(super) fn failed(error: StoreError) -> Failure {
    Failure::new(Exit::Failed, format!("the store: {error}"))
}

/// Sends what waits in the queue of `bulk`.
pub(super) async fn run(
    context: &Context,
    client: &Client,
    store: AnyStore,
    campaign: &Campaign,
) -> Result<(), Failure> {
    run_queue(context, client, store, QUEUE, campaign).await
}

/// Sends what waits, until nothing does, the queue is paused, or a signal stops it.
async fn run_queue(
    context: &Context,
    client: &Client,
    store: AnyStore,
    queue: &str,
    campaign: &Campaign,
) -> Result<(), Failure> {
    let mut stop = StopSignals::new()?;
    let group = campaign.name.as_deref();
    let mut outbox = Outbox::new(store.clone(), queue);
    let mut options = WorkerOptions::default().lease(LEASE);
    if let Some(rate) = campaign.rate {
        options = options.rate(rate);
        outbox = outbox.limit(rate);
    }
    say_what_else_waits(context, &outbox, group).await?;
    let worker = Worker::new(store, ClientSender::new(client), queue).options(options);
    let handle = worker.stop_handle();
    let mut running = tokio::spawn(worker.run());
    let (mut progress, mut is_stopped, mut paused) = (Progress::new(), false, None);
    {
        let mut looks = std::pin::pin!(outbox.progress_every(LOOK, group));
        loop {
            tokio::select! {
                look = looks.next() => {
                    let Some(look) = look else { break };
                    let look = look.map_err(failed)?;
                    progress.show(&look);
                    if let Some(sinch_conversation_outbox::Pause::Queue { reason }) = look.pause {
                        paused = Some(reason);
                        break;
                    }
                    if unsent(&look.counts) == 0 { break }
                }
                () = stop.next() => { is_stopped = true; break }
                _ = &mut running => return Err(Failure::new(Exit::Failed, "the worker has ended")),
            }
        }
    }
    progress.end();
    handle.stop();
    // What is under way comes to its end. A second signal does not wait for it.
    let ended = tokio::select! {
        ended = &mut running => ended,
        () = stop.next() => return Err(Failure::new(Exit::Interrupted, "interrupted; messages under way may have been sent")),
    };
    let ended = ended.map_err(|error| Failure::new(Exit::Failed, error.to_string()))?;
    ended.map_err(failed)?;
    let status = status(&outbox, group).await?;
    let mut written = counts(&status.counts);
    if let Some(path) = &campaign.report {
        written.extend(report(&outbox, path, group).await?);
    }
    context.output().value(&written.into())?;
    if let Some(reason) = paused {
        // The cause is mended before this is started again.
        outbox.resume().await.map_err(failed)?;
        return Err(
            Failure::new(Exit::Failed, format!("the queue was paused: {reason}"))
                .hint(format!("mend that; {} goes on", campaign.go_on)),
        );
    }
    match is_stopped {
        true => {
            let left = unsent(&status.counts);
            let message = format!("stopped; {left} messages wait");
            Err(Failure::new(Exit::Interrupted, message)
                .hint(format!("{} goes on", campaign.go_on)))
        }
        false => Ok(()),
    }
}

/// A worker sends what waits in its queue, also that of other groups.
async fn say_what_else_waits(
    context: &Context,
    outbox: &Outbox<AnyStore>,
    group: Option<&str>,
) -> Result<(), Failure> {
    if group.is_none() {
        return Ok(());
    }
    let own = unsent(&status(outbox, group).await?.counts);
    let others = unsent(&status(outbox, None).await?.counts).saturating_sub(own);
    if others > 0 {
        context.note(&format!(
            "{others} messages of other campaigns wait in the same store, and are sent too"
        ));
    }
    Ok(())
}

async fn status(outbox: &Outbox<AnyStore>, group: Option<&str>) -> Result<Status, Failure> {
    let status = match group {
        Some(group) => outbox.group_status(group).await,
        None => outbox.status().await,
    };
    status.map_err(failed)
}

/// Writes the failures, if there are any, to a file that only its owner can read.
async fn report(
    outbox: &Outbox<AnyStore>,
    path: &PathBuf,
    group: Option<&str>,
) -> Result<Map<String, Value>, Failure> {
    let unwritable = |error: &dyn std::fmt::Display| {
        Failure::new(Exit::Failed, format!("{}: {error}", path.display()))
    };
    let file = private_files::append(path).and_then(|file: File| file.set_len(0).map(|()| file));
    let file = file.map_err(|error| unwritable(&error))?;
    let filter = of_group(RowFilter::failures(), group);
    let count = outbox
        .export(filter, file)
        .await
        .map_err(|error| unwritable(&error))?;
    if count == 0 {
        // An empty report would only have its first line.
        std::fs::remove_file(path).map_err(|error| unwritable(&error))?;
        return Ok(Map::new());
    }
    Ok(Map::from_iter([(
        "report".to_owned(),
        json!(path.display().to_string()),
    )]))
}

/// Returns how many rows there are in each state that has any.
fn counts(counts: &Counts) -> Map<String, Value> {
    let states = State::ALL.into_iter();
    let states = states.filter(|state| counts.of(*state) > 0);
    states
        .map(|state| (state.as_str().to_owned(), counts.of(state).into()))
        .collect()
}

/// Returns how many rows are yet to be sent, or are under way.
fn unsent(counts: &Counts) -> u64 {
    let states = [State::Queued, State::Claimed, State::Begun];
    states.into_iter().map(|state| counts.of(state)).sum()
}
