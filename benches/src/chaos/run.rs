//! The process that starts, kills and counts.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;
use sinch_conversation_outbox::store::Counts;
use sinch_conversation_outbox::{AnyStore, Outbox, State, Store};
use sinch_conversation_test_server::postgres::Postgres;

use super::ledger::Ledger;
use super::processes::{Process, Server};
use super::report::{Disturbances, Report};
use super::roles::CALLBACKS;
use super::soak::{self, Soak};
use super::{APP, Options, QUEUE, SECRET, StoreKind, people};
use crate::Failure;
use crate::client::{bare, runtime};

/// That it is on its way, and that it was delivered.
const CALLBACKS_OF_MESSAGE: u64 = 2;

/// How often the run looks at its processes.
const TICK: Duration = Duration::from_millis(250);

/// Runs it, prints the report, and fails when something does not hold.
pub(crate) fn start(options: &Options) -> Result<(), Failure> {
    let temporary = tempfile::tempdir()?;
    let folder = match &options.folder {
        Some(folder) => {
            std::fs::create_dir_all(folder)?;
            folder.clone()
        }
        None => temporary.path().to_owned(),
    };
    let report =
        runtime()?.block_on(async { Run::start(options, folder).await?.finish().await })?;
    if options.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print!("{report}");
    }
    if report.broken.is_empty() {
        Ok(())
    } else {
        Err(report.broken.join("; ").into())
    }
}

pub(super) struct Run<'a> {
    pub(super) options: &'a Options,
    folder: PathBuf,
    pub(super) postgres: Option<Postgres>,
    store: AnyStore,
    pub(super) http: reqwest::Client,
    pub(super) api: Server,
    pub(super) inbox: Server,
    worker: Vec<String>,
    workers: Vec<Process>,
    pub(super) done: Disturbances,
    worker_peak: u64,
    pub(super) begun: Instant,
    pub(super) last_kill: Instant,
    soak: Option<Soak>,
}

impl<'a> Run<'a> {
    async fn start(options: &'a Options, folder: PathBuf) -> Result<Self, Failure> {
        let postgres = match options.store {
            StoreKind::Sqlite => None,
            StoreKind::Postgres => Some(Postgres::start().ok_or("Postgres is not installed")?),
        };
        let file = || folder.join("outbox.db").display().to_string();
        let address = postgres.as_ref().map_or_else(file, Postgres::url);
        let store = AnyStore::open(&address).await?;
        let log = folder.join("processes.log");
        let role = |name: &str| vec![name.to_owned(), format!("--address={address}")];
        let soak = options
            .minutes
            .map(|minutes| Soak::new(minutes, folder.join("handled.log")));
        let mut receiver = role("inbox");
        receiver.extend(soak.as_ref().map(Soak::argument));
        let inbox = Server::start(receiver, &log)?;
        let seed = folder.join("seed.json");
        std::fs::write(&seed, seed_for(&format!("{}{CALLBACKS}", inbox.url())))?;
        let file = folder.join("api.db");
        let api = Server::start(
            vec![
                "sandbox".to_owned(),
                format!("--file={}", file.display()),
                format!("--seed={}", seed.display()),
            ],
            &log,
        )?;
        let mut worker = role("worker");
        worker.extend([
            format!("--api={}", api.url()),
            format!("--concurrency={}", options.concurrency),
            format!("--lease-ms={}", options.lease.as_millis()),
        ]);
        worker.extend(soak.as_ref().map(|_| format!("--rate={}", soak::RATE)));
        let now = Instant::now();
        Ok(Self {
            options,
            folder,
            postgres,
            store,
            http: bare()?,
            api,
            inbox,
            worker,
            workers: Vec::new(),
            done: Disturbances::default(),
            worker_peak: 0,
            begun: now,
            last_kill: now,
            soak,
        })
    }

    async fn finish(mut self) -> Result<Report, Failure> {
        let csv = self.folder.join("people.csv");
        people::write(&csv, self.options.rows())?;
        for _ in 0..self.options.workers {
            self.workers.push(self.new_worker()?);
        }
        self.begun = Instant::now();
        let enqueuing = people::enqueue(Outbox::new(self.store.clone(), QUEUE), csv.clone());
        let enqueuing = tokio::spawn(enqueuing);
        let counts = loop {
            tokio::time::sleep(TICK).await;
            let is_stored = enqueuing.is_finished();
            let counts = match self.store.status(QUEUE, None).await {
                Err(error) if error.is_transient() => continue,
                status => status?.counts,
            };
            if is_stored && waiting(&counts) == 0 {
                break counts;
            }
            self.check(&counts)?;
            let sent = counts.total() - waiting(&counts);
            let processes = self.processes();
            if let Some(soak) = &mut self.soak {
                soak.look(&processes)?;
                self.disturb_at_random().await?;
            } else {
                self.disturb(sent).await?;
            }
        };
        let seconds = self.begun.elapsed().as_secs_f64();
        let enqueue_seconds = enqueuing.await??;
        for worker in self.workers.drain(..) {
            self.worker_peak = self.worker_peak.max(worker.peak()?);
            worker.stop()?;
        }
        self.until_quiet().await?;
        let ledger = Ledger::read(&self.http, &self.api.url()).await?;
        let soak = match &self.soak {
            Some(soak) => Some(
                soak.finish(CALLBACKS_OF_MESSAGE * ledger.messages())
                    .await?,
            ),
            None => None,
        };
        let people = people::read(&csv)?.map_while(Result::ok);
        let found = ledger
            .compare(&self.store, people.map(|person| person.key()))
            .await?;
        let report = Report {
            store: self.options.store.as_str(),
            workers: self.options.workers,
            concurrency: self.options.concurrency,
            seconds,
            enqueue_seconds,
            disturbances: self.done.clone(),
            unknown_of_killed: unknown_of_killed(&self.folder.join("processes.log"))?,
            unknown_at_end: counts.of(State::Unknown),
            found,
            worker_peak_kib: self.worker_peak,
            outbox_mib: mib(&self.folder, "outbox.db")?,
            api_mib: mib(&self.folder, "api.db")?,
            soak,
            broken: Vec::new(),
        };
        Ok(report.judge())
    }

    fn new_worker(&self) -> Result<Process, Failure> {
        Process::start(&self.worker, &self.folder.join("processes.log"))
    }

    /// The numbers of the processes that are running, each with what it is.
    fn processes(&self) -> Vec<(&'static str, u32)> {
        let servers = [("api", self.api.id()), ("inbox", self.inbox.id())];
        let servers = servers
            .into_iter()
            .filter_map(|(what, id)| Some((what, id?)));
        let workers = self.workers.iter().map(|worker| ("worker", worker.id()));
        servers.chain(workers).collect()
    }

    /// Kills the worker that has lived longest, and starts another one.
    pub(super) fn replace_worker(&mut self) -> Result<(), Failure> {
        let next = self.new_worker()?;
        let place = usize::try_from(self.done.workers_killed)? % self.workers.len();
        if let Some(victim) = self.workers.get_mut(place) {
            self.worker_peak = self.worker_peak.max(victim.peak()?);
            *victim = next;
        }
        self.done.workers_killed += 1;
        Ok(())
    }

    /// A worker that ends by itself, and a run that does not end, are failures.
    fn check(&mut self, counts: &Counts) -> Result<(), Failure> {
        for worker in &mut self.workers {
            if !worker.is_running()? {
                let log = std::fs::read_to_string(self.folder.join("processes.log"))?;
                return Err(format!("a worker ended by itself: {log}").into());
            }
        }
        if self.begun.elapsed() > self.options.deadline {
            return Err(format!("not done in time: {counts:?}").into());
        }
        Ok(())
    }

    /// Waits until all callbacks are delivered.
    async fn until_quiet(&self) -> Result<(), Failure> {
        let url = format!("{}/_sandbox/wait", self.api.url());
        while self.begun.elapsed() <= self.options.deadline {
            let wait = json!({"for": "quiet", "within_ms": 60_000});
            let answer = self.http.post(&url).json(&wait).send().await?;
            if answer.status().is_success() {
                return Ok(());
            }
        }
        Err("the API has callbacks left that nobody has accepted".into())
    }
}

fn seed_for(target: &str) -> String {
    let seed = json!({
        "apps": [{
            "id": APP,
            "display_name": "Reservations",
            "processing_mode": "CONVERSATION",
            "channel_credentials": [{
                "channel": "SMS",
                "static_bearer": {"claimed_identity": "plan", "token": "token"},
            }],
        }],
        "webhooks": [{
            "app_id": APP,
            "target": target,
            "secret": SECRET,
            "target_type": "HTTP",
            "triggers": ["MESSAGE_DELIVERY"],
        }],
    });
    seed.to_string()
}

fn waiting(counts: &Counts) -> u64 {
    let states = [State::Queued, State::Claimed, State::Begun];
    states.into_iter().map(|state| counts.of(state)).sum()
}

/// Sums what workers said about the rows of those that were killed.
fn unknown_of_killed(log: &Path) -> Result<u64, Failure> {
    let mut rows = 0;
    for line in BufReader::new(File::open(log)?).lines() {
        let line = line?;
        if !line.contains("its rows are unknown") {
            continue;
        }
        let number = line.split_once("rows=").map(|(_, rest)| rest);
        let number = number.and_then(|rest| rest.split_whitespace().next());
        rows += number
            .ok_or("a line without a number of rows")?
            .parse::<u64>()?;
    }
    Ok(rows)
}

/// The size of the files whose names begin like this.
fn mib(folder: &Path, name: &str) -> Result<u64, Failure> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(name) {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes >> 20)
}
