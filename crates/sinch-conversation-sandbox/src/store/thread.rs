//! The thread that has the connection. A commit to a file waits for the disk, which must not block the tasks of the
//! runtime; one thread costs less than a lock with many waiting threads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

/// A task with the connection.
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

    /// Queues a task. It is dropped if the thread is closed.
    pub(super) fn queue(&self, work: impl FnOnce(&mut Connection) + Send + 'static) {
        // Without a receiver the task is dropped here, which tells its sender enough.
        let _ = self.queue_end.send(Box::new(work));
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Ends the thread after the current task and drops the queued ones. Returns when the connection is closed.
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
        // A panic drops the transaction, which rolls it back; later tasks still run.
        let _ = catch_unwind(AssertUnwindSafe(|| work(&mut connection)));
    }
}
