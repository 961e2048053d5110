//! Delivers callbacks. Each ordering key (a receiver and a contact) has a task that posts its callbacks one after the
//! other, so their order is kept and a failing receiver holds up no other.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::{Id, JoinSet};
use tokio::time::sleep;

use super::{CallbackClient, attempt, report};
use crate::core::clock::later;
use crate::model::callback::Attempt;
use crate::store::StoreError;
use crate::store::callbacks::{self, AttemptOutcome, Head};

/// The most callbacks that are posted at the same time.
pub(super) const CONCURRENT: usize = 64;

/// The pause after a failure of the store.
const PAUSE: Duration = Duration::from_secs(1);

/// Runs until aborted, starting with what an earlier run left pending.
pub(super) async fn run(client: Arc<CallbackClient>) {
    let mut changes = client.store.changes();
    let mut queues = Queues::new(client);
    loop {
        queues.start_new().await;
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            Some(ended) = queues.tasks.join_next_with_id() => {
                let id = match ended {
                    Ok((id, ())) => id,
                    Err(error) => error.id(),
                };
                queues.ended(id).await;
            }
        }
    }
}

struct Queues {
    client: Arc<CallbackClient>,
    wire: Arc<Semaphore>,
    seen: i64,
    tasks: JoinSet<()>,
    by_task: HashMap<Id, String>,
    running: HashMap<String, Id>,
}

impl Queues {
    fn new(client: Arc<CallbackClient>) -> Self {
        Self {
            client,
            wire: Arc::new(Semaphore::new(CONCURRENT)),
            seen: 0,
            tasks: JoinSet::new(),
            by_task: HashMap::new(),
            running: HashMap::new(),
        }
    }

    /// Starts a task for each key that has got callbacks since the last call.
    async fn start_new(&mut self) {
        let seen = self.seen;
        let found = self
            .client
            .store
            .read(move |scope| callbacks::keys_after(scope.tx, seen))
            .await;
        match found {
            Ok((queues, last)) => {
                self.seen = last;
                queues.into_iter().for_each(|key| self.start(key));
            }
            Err(error) => report(&error),
        }
    }

    fn start(&mut self, key: String) {
        if self.running.contains_key(&key) {
            return;
        }
        let task = drain(
            Arc::clone(&self.client),
            Arc::clone(&self.wire),
            key.clone(),
        );
        let id = self.tasks.spawn(task).id();
        self.by_task.insert(id, key.clone());
        self.running.insert(key, id);
    }

    /// Restarts the task of a key for which a callback was queued while it ended.
    async fn ended(&mut self, id: Id) {
        let Some(key) = self.by_task.remove(&id) else {
            return;
        };
        self.running.remove(&key);
        let wanted = key.clone();
        let head = self
            .client
            .store
            .read(move |scope| callbacks::head(scope.tx, &wanted))
            .await;
        // When the store cannot say, a new task will find out.
        if !matches!(head, Ok(None)) {
            self.start(key);
        }
    }
}

/// Delivers the callbacks of one key until none is left.
async fn drain(client: Arc<CallbackClient>, wire: Arc<Semaphore>, key: String) {
    loop {
        let wanted = key.clone();
        let head = match client
            .store
            .read(move |scope| callbacks::head(scope.tx, &wanted))
            .await
        {
            Ok(Some(head)) => head,
            Ok(None) => return,
            Err(StoreError::Closed) => return,
            Err(error) => {
                report(&error);
                sleep(PAUSE).await;
                continue;
            }
        };
        if head.due > client.store.state.clock.now() {
            client.store.state.clock.wait_until(head.due).await;
            continue;
        }
        let Ok(_permit) = wire.acquire().await else {
            return;
        };
        let attempt = attempt::post(&client, &head).await;
        let outcome = judge(&client, &head, &attempt);
        record(&client, head, attempt, outcome).await;
    }
}

/// Records an attempt, however long that takes: a callback whose attempt is not recorded would be posted again.
async fn record(client: &CallbackClient, head: Head, attempt: Attempt, outcome: AttemptOutcome) {
    let (head, attempt) = (Arc::new(head), Arc::new(attempt));
    loop {
        let (head, attempt) = (Arc::clone(&head), Arc::clone(&attempt));
        let recorded = client
            .store
            .write(move |scope| callbacks::record(scope.tx, &head, &attempt, outcome))
            .await;
        match recorded {
            Ok(()) | Err(StoreError::Closed) => return,
            Err(error) => report(&error),
        }
        sleep(PAUSE).await;
    }
}

fn judge(client: &CallbackClient, head: &Head, attempt: &Attempt) -> AttemptOutcome {
    if attempt.succeeded() {
        return AttemptOutcome::Delivered;
    }
    match client
        .store
        .state
        .settings
        .callback_retries
        .get(head.attempts)
    {
        Some(pause) => AttemptOutcome::RetryAt(later(attempt.at, *pause)),
        None => AttemptOutcome::Abandoned,
    }
}
