//! Where workers stop, so that a test decides which one goes on, and what happens meanwhile.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// A place in the work of a worker: what it is about to do, or has just done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) worker: usize,
    pub(super) call: &'static str,
    pub(super) is_after: bool,
}

#[derive(Clone, Default)]
pub(super) struct Gate(Arc<Mutex<Waiting>>);

#[derive(Default)]
struct Waiting {
    /// Nobody waits any more.
    is_open: bool,
    next: u64,
    stopped: BTreeMap<u64, (Place, oneshot::Sender<u16>)>,
    passed: u64,
}

/// Leaves the gate also when the one who waits is dropped.
struct Ticket<'a>(&'a Gate, u64);

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.0.lock().stopped.remove(&self.1);
    }
}

impl Gate {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap()
    }

    /// Waits until the test lets it go on, and returns what the test chose; 0 when the gate is open.
    pub(super) async fn pass(&self, place: Place) -> u16 {
        let (release, released) = oneshot::channel();
        let ticket = {
            let mut waiting = self.lock();
            waiting.passed += 1;
            if waiting.is_open {
                return 0;
            }
            waiting.next += 1;
            let number = waiting.next;
            waiting.stopped.insert(number, (place, release));
            Ticket(self, number)
        };
        let choice = released.await.unwrap_or_default();
        drop(ticket);
        choice
    }

    /// Where workers wait, in the order in which they came.
    pub(super) fn places(&self) -> Vec<Place> {
        let waiting = self.lock();
        waiting.stopped.values().map(|(place, _)| *place).collect()
    }

    /// Lets one go on.
    pub(super) fn release(&self, position: usize, choice: u16) {
        let mut waiting = self.lock();
        let number = waiting.stopped.keys().nth(position).copied();
        let stopped = number.and_then(|number| waiting.stopped.remove(&number));
        drop(waiting);
        if let Some((_, release)) = stopped {
            let _ = release.send(choice);
        }
    }

    /// Lets everybody go on from now on.
    pub(super) fn open(&self) {
        self.lock().is_open = true;
        while !self.places().is_empty() {
            self.release(0, 0);
        }
    }

    /// Runs all tasks until each of them waits for something.
    pub(super) async fn settle(&self) {
        loop {
            let before = self.lock().passed;
            for _ in 0..30 {
                tokio::task::yield_now().await;
            }
            if self.lock().passed == before {
                return;
            }
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for the store without letting any other task run, so that the order of things is the test's own. What the store
/// needs to run besides, such as connections, is in a runtime of its own, whose time is the real one.
pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        runtime.worker_threads(1).enable_all().build().unwrap()
    });
    let _inside = RUNTIME.enter();
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(tokio::task::unconstrained(future));
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}
