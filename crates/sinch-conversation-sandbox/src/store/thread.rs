//! The thread that has the connection. A commit to a file waits for the disk, which must not block the tasks of the
//! runtime; one thread costs less than a lock with many waiting threads.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use tokio::sync::watch;

use super::cache::Cache;
use super::group_commit::{self, Unit, Written};

pub(super) struct StoreThread {
    queue_end: mpsc::Sender<Option<Box<dyn Unit>>>,
    shared: Arc<Shared>,
    handle: Mutex<Option<JoinHandle<()>>>,
}

/// What the thread tells others, and is told.
struct Shared {
    closed: AtomicBool,
    units: AtomicU64,
    commits: AtomicU64,
    changes: watch::Sender<u64>,
}

impl StoreThread {
    pub(super) fn start(connection: Connection) -> std::io::Result<Self> {
        let (queue_end, queue) = mpsc::channel();
        let shared = Arc::new(Shared {
            closed: AtomicBool::new(false),
            units: AtomicU64::new(0),
            commits: AtomicU64::new(0),
            changes: watch::Sender::new(0),
        });
        let its_own = Arc::clone(&shared);
        let handle = thread::Builder::new()
            .name("sandbox-store".to_owned())
            .spawn(move || its_own.run(connection, &queue))?;
        Ok(Self {
            queue_end,
            shared,
            handle: Mutex::new(Some(handle)),
        })
    }

    /// Queues work. It is dropped if the thread is closed.
    pub(super) fn queue(&self, unit: Box<dyn Unit>) {
        // Without a receiver the work is dropped here, which tells its sender enough.
        let _ = self.queue_end.send(Some(unit));
    }

    pub(super) fn is_closed(&self) -> bool {
        self.shared.closed.load(Ordering::Acquire)
    }

    /// Returns the counter of commits that may have changed something.
    pub(super) fn changes(&self) -> &watch::Sender<u64> {
        &self.shared.changes
    }

    pub(super) fn written(&self) -> Written {
        Written {
            units: self.shared.units.load(Ordering::Relaxed),
            commits: self.shared.commits.load(Ordering::Relaxed),
        }
    }

    /// Ends the thread after the current transaction and drops the queued work. Returns when the connection is closed.
    pub(super) fn close(&self) {
        self.shared.closed.store(true, Ordering::Release);
        // Wakes the thread, which may be waiting.
        let _ = self.queue_end.send(None);
        let handle = self
            .handle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(handle) = handle {
            let _ = handle.join();
        }
    }
}

impl Drop for StoreThread {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn run(&self, mut connection: Connection, queue: &mpsc::Receiver<Option<Box<dyn Unit>>>) {
        let cache = Cache::new(&connection);
        let is_open = || !self.closed.load(Ordering::Acquire);
        while is_open()
            && let Ok(Some(first)) = queue.recv()
            && is_open()
        {
            let waiting = || queue.try_recv().ok().flatten().filter(|_| is_open());
            let stored = |units| self.count(units);
            group_commit::run(&mut connection, &cache, first, waiting, stored);
        }
    }

    fn count(&self, units: u64) {
        if units > 0 {
            self.units.fetch_add(units, Ordering::Relaxed);
            self.commits.fetch_add(1, Ordering::Relaxed);
            tell(&self.changes);
        }
    }
}

/// Notifies those that wait for changes.
pub(super) fn tell(changes: &watch::Sender<u64>) {
    changes.send_modify(|version| *version = version.wrapping_add(1));
}
