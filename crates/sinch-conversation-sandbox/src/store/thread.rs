//! The thread that has the connection. A commit to a file waits for the disk, and that must not hold up the tasks of
//! the runtime; one thread for all of it costs less than a lock that many threads wait for.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

/// Something to do with the connection.
type Work = Box<dyn FnOnce(&mut Connection) + Send>;

pub(super) struct StoreThread {
    queue_end: mpsc::Sender<Work>,
    closed: Arc<AtomicBool>,
    handle: Mutex<Option<JoinHandle<()>>>,
}

impl StoreThread {
    pub(super) fn start(connection: Connection) -> std::io::Result<Self> {
        let (queue_end, queue) = mpsc::channel();
        let closed = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&closed);
        let handle = thread::Builder::new()
            .name("sandbox-store".to_owned())
            .spawn(move || run(connection, &queue, &stop))?;
        Ok(Self {
            queue_end,
            closed,
            handle: Mutex::new(Some(handle)),
        })
    }

    /// Queues work. It is dropped unrun when the thread has been closed.
    pub(super) fn queue(&self, work: impl FnOnce(&mut Connection) + Send + 'static) {
        // Without a receiver the work is dropped here, which is all that its sender needs to know.
        let _ = self.queue_end.send(Box::new(work));
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Ends the thread after the current work; what is queued behind it is dropped. Returns when the connection is
    /// closed.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        // Wakes the thread, which may be waiting.
        self.queue(|_| {});
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

fn run(mut connection: Connection, queue: &mpsc::Receiver<Work>, stop: &AtomicBool) {
    while let Ok(work) = queue.recv() {
        if stop.load(Ordering::Acquire) {
            return;
        }
        // Work that panics drops its transaction, which undoes it; later work goes on.
        let _ = catch_unwind(AssertUnwindSafe(|| work(&mut connection)));
    }
}
