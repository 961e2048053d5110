//! Delivers callbacks. Those with one ordering key (a receiver and a contact) are posted one after the other, so their
//! order is kept and a failing receiver holds up no other.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::queues::Queues;
use super::{CallbackClient, attempt, report};
use crate::core::clock::later;
use crate::model::callback::Attempt;
use crate::store::StoreError;
use crate::store::callbacks::{self, AttemptOutcome, Head};

/// The most callbacks that are posted at the same time.
pub(super) const CONCURRENT: usize = 64;

/// The most callbacks whose keys are read at a time.
const SLICE: usize = 1_000;

/// The pause after a failure of the store.
const PAUSE: Duration = Duration::from_secs(1);

/// Runs until aborted, starting with what an earlier run left pending.
pub(super) async fn run(client: Arc<CallbackClient>) {
    let mut changes = client.store.changes();
    let clock = &client.store.state.clock;
    let mut queues = Queues::default();
    let mut tasks = JoinSet::new();
    loop {
        while tasks.len() < CONCURRENT
            && let Some(key) = next(&client, &mut queues).await
        {
            let task = tasks.spawn(deliver(Arc::clone(&client), key.clone()));
            queues.started(key, task.id());
        }
        let wakes_at = queues.wakes_at().filter(|_| tasks.len() < CONCURRENT);
        tokio::select! {
            changed = changes.changed() => match changed {
                Ok(()) => queues.may_have_more(),
                Err(_) => return,
            },
            Some(ended) = tasks.join_next_with_id() => match ended {
                Ok((id, next)) => queues.ended(id, next),
                // Nobody knows what became of it, so its key is looked at again.
                Err(error) => queues.ended(error.id(), Some(clock.now())),
            },
            () = clock.wait_until(wakes_at.unwrap_or_default()), if wakes_at.is_some() => {}
        }
    }
}

/// The next key whose turn it is.
async fn next(client: &CallbackClient, queues: &mut Queues) -> Option<String> {
    if let Some(seen) = queues.wants_more() {
        let found = client
            .store
            .read(move |scope| callbacks::keys_after(scope.tx, seen, SLICE))
            .await;
        match found {
            Ok((keys, last)) => queues.add(keys, last),
            Err(error) => report(&error),
        }
    }
    queues.next(client.store.state.clock.now())
}

/// Posts the next callback with a key, if it is due. Returns when the one that is next then is due, if there is one.
async fn deliver(client: Arc<CallbackClient>, key: String) -> Option<DateTime<Utc>> {
    let wanted = key.clone();
    let head = client
        .store
        .read(move |scope| callbacks::head(scope.tx, &wanted))
        .await;
    let now = client.store.state.clock.now();
    match head {
        Ok(Some(head)) if head.due > now => Some(head.due),
        Ok(Some(head)) => {
            let attempt = attempt::post(&client, &head).await;
            let outcome = judge(&client, &head, &attempt);
            record(&client, key, head, attempt, outcome).await
        }
        Ok(None) | Err(StoreError::Closed) => None,
        Err(error) => {
            report(&error);
            sleep(PAUSE).await;
            Some(now)
        }
    }
}

/// Records an attempt, however long that takes: a callback whose attempt is not recorded would be posted again. Returns
/// when the next one with its key is due.
async fn record(
    client: &CallbackClient,
    key: String,
    head: Head,
    attempt: Attempt,
    outcome: AttemptOutcome,
) -> Option<DateTime<Utc>> {
    let told = Arc::new((key, head, attempt));
    loop {
        let told = Arc::clone(&told);
        let recorded = client
            .store
            .write(move |scope| {
                let (key, head, attempt) = &*told;
                callbacks::record(scope.tx, head, attempt, outcome)?;
                callbacks::next_due(scope.tx, key)
            })
            .await;
        match recorded {
            Ok(next) => return next,
            Err(StoreError::Closed) => return None,
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
