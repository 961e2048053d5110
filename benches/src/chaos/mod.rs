//! A broadcast that everything happens to: worker processes are killed with -9 while they send, connections are reset,
//! the API and the receiver of callbacks are killed and started again. At the end the ledger of the API is compared with
//! the rows. A soak is one that goes on for minutes, with all kinds of faults and a function that handles the callbacks.

mod disturb;
mod ledger;
pub(crate) mod people;
mod processes;
mod report;
mod roles;
mod run;
mod soak;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

pub(crate) use roles::{Role, play};
pub(crate) use run::start;

/// The queue that the rows are in.
const QUEUE: &str = "broadcast";
/// The app that sends.
const APP: &str = "01E9DQJFPWGZ2T05XTVZAD0BYB";
/// The secret of its webhook.
const SECRET: &str = "the secret of the webhook";

/// Where rows are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum StoreKind {
    /// A file.
    Sqlite,
    /// A server that the run starts, and restarts once. It has to be installed.
    Postgres,
}

impl StoreKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// What happens in a run.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// The number of rows.
    #[arg(long, default_value_t = 1_000_000)]
    rows: u32,
    /// A soak of so many minutes: 100 rows a second, faults of all kinds at random, a function that handles the callbacks,
    /// and a look at the memory
    #[arg(long, conflicts_with = "rows", value_parser = clap::value_parser!(u32).range(1..=1_440))]
    minutes: Option<u32>,
    /// Where the rows are kept.
    #[arg(long, value_enum, default_value_t = StoreKind::Sqlite)]
    store: StoreKind,
    /// The number of worker processes.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..))]
    workers: u32,
    /// The most requests that a worker has under way.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    concurrency: u32,
    /// The time between two kills of a worker, in seconds.
    #[arg(long, default_value = "5", value_parser = seconds)]
    kill_every: Duration,
    /// How long a worker holds a row, in seconds. The rows of a killed one are unknown after that.
    #[arg(long, default_value = "20", value_parser = seconds)]
    lease: Duration,
    /// How long the whole run may take, in seconds.
    #[arg(long, default_value = "7200", value_parser = seconds)]
    deadline: Duration,
    /// A folder for the files, which are kept then; by default a temporary one that is removed.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Prints one JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

impl Options {
    fn rows(&self) -> u32 {
        self.minutes
            .map_or(self.rows, |minutes| minutes * 60 * soak::RATE)
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok();
    let duration = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    duration.ok_or_else(|| "expected seconds, such as 5 or 0.5".to_owned())
}
