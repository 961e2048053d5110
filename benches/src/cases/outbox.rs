//! The outbox in SQLite.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use sinch_conversation_outbox::store::Rate;
use sinch_conversation_outbox::{
    ClientSender, Outbox, Reply, RowId, Sender as RowSender, SqliteStore, StopHandle, Worker,
    WorkerOptions,
};

use super::sender::{Sender, Side};
use crate::Failure;
use crate::chaos::people;
use crate::client::{APP, client};
use crate::machine::{Machine, cpu_time, peak_memory};
use crate::measure::{Comparison, MeasureOptions};
use crate::report::Report;
use crate::stub::Stub;
use sinch_conversation::AppId;

const OPERATIONS: u32 = 20_000;
const QUEUE: &str = "broadcast";
const IN_FLIGHT: u32 = 200;

/// The limits that are shared, and for how many seconds. A round is not shorter than its rows need.
const RATES: [u32; 2] = [800, 8_000];
const SECONDS: u32 = 5;

/// What a worker may need at its peak, in KiB.
const MEMORY: f64 = 40.0 * 1024.0;

pub(super) async fn run(options: &MeasureOptions, machine: &Machine) -> Result<Report, Failure> {
    let stub = Stub::start(machine)?;
    let operations = options.operations.unwrap_or(OPERATIONS);
    let sends = sends(options.rounds, operations, &stub.url).await?;
    // Of a process that has stored rows and had one worker, before it has more of them.
    let peak = f64::from(u32::try_from(peak_memory()?)?);
    let memory = Comparison {
        what: "peak memory".to_owned(),
        unit: "KiB",
        base: vec![MEMORY],
        subject: vec![peak],
        goal: Some(1.0),
    };
    let mut rows = vec![sends, memory, enqueues(options.rounds, operations).await?];
    for rate in RATES {
        for workers in [1, 2, 4] {
            let count = options.operations.unwrap_or(rate * SECONDS);
            rows.push(shared(options.rounds, count, rate, workers, &stub.url).await?);
        }
    }
    Ok(Report {
        case: "outbox",
        round: format!("{} rounds of {operations} rows, of one", options.rounds),
        base: "see README",
        rows,
    })
}

/// CPU time of a send by a worker, against the client alone.
async fn sends(rounds: u32, operations: u32, url: &str) -> Result<Comparison, Failure> {
    let alone = Sender::new(Side::Project, url)?;
    let per_send = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(operations);
    let (mut base, mut subject) = (Vec::new(), Vec::new());
    for round in 0..=rounds {
        let begun = cpu_time()?;
        alone.send(operations, IN_FLIGHT).await?;
        let by_client = cpu_time()?.saturating_sub(begun);
        let folder = tempfile::tempdir()?;
        let file = filled(folder.path(), operations).await?;
        let begun = cpu_time()?;
        drain(&file, operations, 1, None, url).await?;
        let by_worker = cpu_time()?.saturating_sub(begun);
        // The first round warms both up.
        if round > 0 {
            base.push(per_send(by_client));
            subject.push(per_send(by_worker));
        }
    }
    Ok(Comparison {
        what: format!("send, {IN_FLIGHT} in flight, CPU"),
        unit: "µs",
        base,
        subject,
        goal: Some(1.5),
    })
}

/// Time of a row that is stored from a CSV file, against plain inserts of the same bytes.
async fn enqueues(rounds: u32, operations: u32) -> Result<Comparison, Failure> {
    let per_row = |seconds: f64| seconds * 1e6 / f64::from(operations);
    let (mut base, mut subject) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let folder = tempfile::tempdir()?;
        let csv = folder.path().join("people.csv");
        people::write(&csv, operations)?;
        base.push(per_row(plain_inserts(
            &csv,
            &folder.path().join("plain.db"),
        )?));
        let store = SqliteStore::open(folder.path().join("outbox.db"))?;
        let seconds = people::enqueue(Outbox::new(store, QUEUE), csv).await?;
        subject.push(per_row(seconds));
    }
    Ok(Comparison {
        what: "store a row, wall".to_owned(),
        unit: "µs",
        base,
        subject,
        goal: None,
    })
}

/// Stores the same keys and requests in a table of their own, as durable and in slices of the same size.
fn plain_inserts(csv: &Path, file: &Path) -> Result<f64, Failure> {
    let app = client("http://127.0.0.1:9")?.app(AppId::new(APP)?);
    let begun = Instant::now();
    let mut database = Connection::open(file)?;
    database.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE plain (seq INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, request TEXT NOT NULL)",
    )?;
    let mut people = people::read(csv)?.peekable();
    while people.peek().is_some() {
        let transaction = database.transaction()?;
        for person in people.by_ref().take(people::SLICE) {
            let person = person?;
            let mut insert =
                transaction.prepare_cached("INSERT INTO plain (key, request) VALUES (?1, ?2)")?;
            insert.execute((person.key(), person.row(&app)?.request))?;
        }
        transaction.commit()?;
    }
    Ok(begun.elapsed().as_secs_f64())
}

/// Time of a row while workers share a limit, against the time that the limit allows for it.
async fn shared(
    rounds: u32,
    count: u32,
    rate: u32,
    workers: u32,
    url: &str,
) -> Result<Comparison, Failure> {
    let mut subject = Vec::new();
    for _ in 0..rounds {
        let folder = tempfile::tempdir()?;
        let file = filled(folder.path(), count).await?;
        let begun = Instant::now();
        drain(&file, count, workers, Some(Rate::per_second(rate)), url).await?;
        subject.push(begun.elapsed().as_secs_f64() * 1e6 / f64::from(count));
    }
    Ok(Comparison {
        what: format!("{workers} workers, {rate}/s, wall"),
        unit: "µs",
        base: vec![1e6 / f64::from(rate); subject.len()],
        subject,
        // 95 % of the limit.
        goal: Some(1.05),
    })
}

/// Makes a store with so many rows, and returns its file.
async fn filled(folder: &Path, rows: u32) -> Result<std::path::PathBuf, Failure> {
    let csv = folder.join("people.csv");
    people::write(&csv, rows)?;
    let file = folder.join("outbox.db");
    let store = SqliteStore::open(&file)?;
    people::enqueue(Outbox::new(store.clone(), QUEUE), csv).await?;
    store.close();
    Ok(file)
}

/// Sends so many rows with workers that have connections of their own, and returns when all outcomes are stored.
async fn drain(
    file: &Path,
    rows: u32,
    workers: u32,
    rate: Option<Rate>,
    url: &str,
) -> Result<(), Failure> {
    let left = Arc::new(AtomicU32::new(rows));
    let (last, mut ended) = tokio::sync::mpsc::unbounded_channel();
    let mut stops: Vec<StopHandle> = Vec::new();
    let mut running = Vec::new();
    for _ in 0..workers {
        let sender = Counting {
            sender: ClientSender::new(&client(url)?),
            left: Arc::clone(&left),
            last: last.clone(),
        };
        let options = WorkerOptions::default()
            .rate(rate)
            .pace(None)
            .concurrency(usize::try_from(IN_FLIGHT)?);
        let worker = Worker::new(SqliteStore::open(file)?, sender, QUEUE).options(options);
        stops.push(worker.stop_handle());
        running.push(tokio::spawn(worker.run()));
    }
    ended.recv().await.ok_or("the workers are gone")?;
    stops.iter().for_each(StopHandle::stop);
    for worker in running {
        worker.await??;
    }
    Ok(())
}

/// Sends as the client does, and tells when the last row was sent.
struct Counting {
    sender: ClientSender,
    left: Arc<AtomicU32>,
    last: tokio::sync::mpsc::UnboundedSender<()>,
}

impl RowSender for Counting {
    async fn send(&self, id: RowId, request: String) -> Reply {
        let reply = self.sender.send(id, request).await;
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            // The one that waited may have failed meanwhile.
            let _ = self.last.send(());
        }
        reply
    }
}
