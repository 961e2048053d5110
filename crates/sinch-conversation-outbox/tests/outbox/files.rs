//! What happens to workers and to what was acknowledged when the file of the store goes bad under them.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sinch_conversation_outbox::inbox::{EventStore, Handler, NewEvent};
use sinch_conversation_outbox::store::Key;
use sinch_conversation_outbox::{
    Clock, NewRow, Reply, RowId, Sender, SqliteStore, State, Store, StoreError, Summary,
    SystemClock, Worker, WorkerOptions,
};

const QUEUE: &str = "q";
const SOON: Duration = Duration::from_secs(60);

/// Accepts everything, and counts it.
#[derive(Clone, Default)]
struct Accepting(Arc<AtomicUsize>);

impl Sender for Accepting {
    async fn send(&self, _: RowId, _: String) -> Reply {
        self.0.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(2)).await;
        Reply::Accepted { message_id: None }
    }
}

fn row(number: usize) -> NewRow {
    NewRow::new("{}").dedup_key(number.to_string())
}

async fn fill(store: &SqliteStore, rows: usize) {
    let rows = (0..rows).map(row).collect();
    store.enqueue(QUEUE, rows, SystemClock.now()).await.unwrap();
}

fn worker(store: &SqliteStore, sender: &Accepting) -> Worker<SqliteStore, Accepting> {
    let options = WorkerOptions::default()
        .rate(None)
        .pace(None)
        .concurrency(4)
        .intervals(Duration::from_millis(10), Duration::from_millis(50));
    Worker::new(store.clone(), sender.clone(), QUEUE).options(options)
}

/// Runs a worker until it ends by itself.
async fn to_its_end(worker: Worker<SqliteStore, Accepting>) -> Result<Summary, StoreError> {
    tokio::time::timeout(SOON, worker.run())
        .await
        .expect("the worker does not end")
}

async fn accepted(store: &SqliteStore) -> u64 {
    let status = store.status(QUEUE, None).await.unwrap();
    status.counts.of(State::Accepted)
}

/// Starts a worker, lets something happen once it sends, and returns why it ended.
async fn while_it_sends(store: &SqliteStore, happens: impl FnOnce()) -> StoreError {
    let sender = Accepting::default();
    let running = tokio::spawn(to_its_end(worker(store, &sender)));
    while sender.0.load(Ordering::Relaxed) < 20 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    happens();
    let error = running.await.unwrap().unwrap_err();
    // It does not go on asking: there are no requests after its end.
    let sent = sender.0.load(Ordering::Relaxed);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(sender.0.load(Ordering::Relaxed), sent);
    error
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_stored_in_a_file_that_was_deleted_is_not_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let store = SqliteStore::open(&file).unwrap();
    fill(&store, 1).await;
    std::fs::remove_file(&file).unwrap();
    let refused = store.enqueue(QUEUE, vec![row(2)], SystemClock.now()).await;
    assert_eq!(refused, Err(StoreError::Replaced));
    // Also not when a new one is there.
    SqliteStore::open(&file).unwrap().close();
    let refused = store.enqueue(QUEUE, vec![row(2)], SystemClock.now()).await;
    assert_eq!(refused, Err(StoreError::Replaced));
}

#[cfg(unix)]
#[tokio::test]
async fn a_log_that_was_deleted_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let store = SqliteStore::open(&file).unwrap();
    fill(&store, 1).await;
    std::fs::remove_file(folder.path().join("outbox.db-wal")).unwrap();
    let refused = store.enqueue(QUEUE, vec![row(2)], SystemClock.now()).await;
    assert_eq!(refused, Err(StoreError::Replaced));
}

#[cfg(unix)]
#[tokio::test]
async fn a_worker_stops_when_a_copy_takes_the_place_of_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let store = SqliteStore::open(&file).unwrap();
    fill(&store, 5_000).await;
    let error = while_it_sends(&store, || {
        let copy = folder.path().join("copy.db");
        std::fs::copy(&file, &copy).unwrap();
        std::fs::rename(&copy, &file).unwrap();
    });
    assert_eq!(error.await, StoreError::Replaced);
}

#[tokio::test]
async fn workers_and_handlers_stop_when_the_file_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let store = SqliteStore::open(&file).unwrap();
    fill(&store, 5_000).await;
    let events = (0..5_000).map(|number| NewEvent::new(format!("{number}"), "{}"));
    let now = SystemClock.now();
    store
        .accept("callbacks", events.collect(), now)
        .await
        .unwrap();
    // Everything is in the file itself, and nothing of it in a cache.
    store.close();
    damage(&file);
    let store = SqliteStore::open(&file).unwrap();
    let worker = to_its_end(worker(&store, &Accepting::default())).await;
    assert!(matches!(worker, Err(StoreError::Corrupt(_))), "{worker:?}");
    let handler = Handler::new(store.clone(), "callbacks", async |_| Ok(()));
    let handled = tokio::time::timeout(SOON, handler.run()).await.unwrap();
    assert!(
        matches!(handled, Err(StoreError::Corrupt(_))),
        "{handled:?}"
    );
}

/// Overwrites most rows, and leaves what says which tables there are.
fn damage(file: &Path) {
    let mut bytes = std::fs::read(file).unwrap();
    for byte in &mut bytes[64 * 4096..] {
        *byte ^= 0x5a;
    }
    std::fs::write(file, bytes).unwrap();
}

#[test]
fn a_folder_that_cannot_be_opened_or_written_to_is_named_as_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let missing = SqliteStore::open(folder.path().join("missing/outbox.db")).unwrap_err();
    assert!(matches!(missing, StoreError::Inaccessible(_)), "{missing}");
    assert!(
        missing.to_string().contains("missing/outbox.db"),
        "{missing}"
    );
    let is_folder = SqliteStore::open(folder.path()).unwrap_err();
    assert!(
        matches!(is_folder, StoreError::Inaccessible(_)),
        "{is_folder}"
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_is_read_only_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    SqliteStore::open(&file).unwrap().close();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o400)).unwrap();
    if std::fs::File::options().append(true).open(&file).is_ok() {
        println!("skipped: nothing is read-only for this user");
        return;
    }
    let refused = SqliteStore::open(&file).unwrap_err();
    assert!(matches!(refused, StoreError::Inaccessible(_)), "{refused}");
}

/// Where the process on a small disk is told its folder.
const DISK: &str = "OUTBOX_SMALL_DISK";

/// Starts this program again for a test, in a namespace of its own in which a folder is a disk of 12 MiB.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_stops_workers_and_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let script = r#"mount -t tmpfs -o size=12m tmpfs "$0" || exit 42; exec "$1" --exact files::on_a_small_disk --nocapture"#;
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script])
        .arg(folder.path())
        .arg(std::env::current_exe().unwrap())
        .env(DISK, folder.path())
        .output();
    let output = match output {
        Ok(output) if output.status.code() != Some(42) => output,
        _ => return println!("skipped: no small disk can be mounted here"),
    };
    let told = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    if errors.contains("unshare failed") {
        return println!("skipped: there are no namespaces here");
    }
    assert!(output.status.success(), "{told}{errors}");
    assert!(
        told.contains("1 passed") && told.contains("the disk was full"),
        "{told}"
    );
}

/// The process on the small disk. It has nothing to do when the test program runs by itself.
#[tokio::test]
async fn on_a_small_disk() {
    let Ok(folder) = std::env::var(DISK) else {
        return;
    };
    let folder = Path::new(&folder);
    let file = folder.join("outbox.db");
    let store = SqliteStore::open(&file).unwrap();
    let mut stored = 0;
    // The log alone grows to 4 MiB before it is written into the file.
    let ballast = folder.join("ballast");
    std::fs::write(&ballast, vec![0; 10_000_000]).unwrap();
    let full = loop {
        let rows = (stored..stored + 20).map(row).collect();
        match store.enqueue(QUEUE, rows, SystemClock.now()).await {
            Ok(_) => stored += 20,
            Err(error) => break error,
        }
    };
    assert_eq!(full, StoreError::Full);
    assert!(stored > 100, "{stored}");
    println!("the disk was full");

    let sender = Accepting::default();
    let stopped = to_its_end(worker(&store, &sender)).await;
    assert_eq!(stopped, Err(StoreError::Full));
    store.close();

    std::fs::remove_file(&ballast).unwrap();
    let store = SqliteStore::open(&file).unwrap();
    for number in 0..stored {
        let key = Key::Dedup(number.to_string());
        let found = store.find(QUEUE, key).await.unwrap();
        assert!(found.is_some(), "{number} was acknowledged");
    }
    let worker = worker(&store, &sender);
    let stop = worker.stop_handle();
    let running = tokio::spawn(worker.run());
    let rows = u64::try_from(stored).unwrap();
    let left = async {
        loop {
            let counts = store.status(QUEUE, None).await.unwrap().counts;
            // What was begun when there was no room for the outcome is held by the dead worker.
            if counts.of(State::Queued) == 0 {
                break counts;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let counts = tokio::time::timeout(SOON, left).await.unwrap();
    stop.stop();
    running.await.unwrap().unwrap();
    assert!(counts.of(State::Begun) <= 8, "{counts:?}");
    assert!(accepted(&store).await >= rows - 8);
    assert!(
        sender.0.load(Ordering::Relaxed) <= stored,
        "none was sent twice"
    );
}
