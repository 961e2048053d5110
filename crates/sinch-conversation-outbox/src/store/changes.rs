//! Wakes workers when there is something new in a store.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// Tells those that wait for a queue or an inbox that it has changed.
///
/// A store has one of these and announces each queue after it has stored rows in it. What is announced while nobody
/// waits is not lost: the next wait ends immediately.
///
/// ```
/// use sinch_conversation_outbox::store::Signals;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let signals = Signals::default();
/// let mut changes = signals.subscribe("messages");
/// signals.announce("messages");
/// changes.next().await;
/// # });
/// ```
#[derive(Debug, Default)]
pub struct Signals {
    /// Of the queues that somebody has subscribed to.
    queues: Mutex<HashMap<String, watch::Sender<()>>>,
}

impl Signals {
    /// Subscribes to the changes of a queue or an inbox from now on.
    pub fn subscribe(&self, queue: &str) -> Changes {
        let mut queues = self.lock();
        let sender = queues.entry(queue.to_owned()).or_default();
        Changes {
            receiver: Some(sender.subscribe()),
        }
    }

    /// Wakes those that wait for a queue or an inbox.
    pub fn announce(&self, queue: &str) {
        if let Some(sender) = self.lock().get(queue) {
            sender.send_replace(());
        }
    }

    /// Wakes everybody: something may have been missed.
    pub fn announce_all(&self) {
        for sender in self.lock().values() {
            sender.send_replace(());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, watch::Sender<()>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Changes of a queue or an inbox; returned by [`Store::changes`](super::Store::changes).
#[derive(Debug)]
pub struct Changes {
    receiver: Option<watch::Receiver<()>>,
}

impl Changes {
    /// For stores that tell nothing: workers look for rows at their intervals only.
    pub const fn never() -> Self {
        Self { receiver: None }
    }

    /// Returns when something has changed since the last time. Never returns when the store is gone. Nothing is missed
    /// when it is dropped before.
    pub async fn next(&mut self) {
        if let Some(receiver) = &mut self.receiver
            && receiver.changed().await.is_ok()
        {
            return;
        }
        std::future::pending().await
    }
}
