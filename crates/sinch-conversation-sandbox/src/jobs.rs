//! What happens at a given time: due jobs, and removal by age.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::core::clock::later;
use crate::engine::{batch, capability, delivery, events, retention};
use crate::store::jobs::{self, Job};
use crate::store::trim::{self, Marks};
use crate::store::{Scope, Store, StoreError};

/// How long a failed job is postponed.
const PUT_OFF: Duration = Duration::from_secs(60);

/// The most jobs that run in one transaction, and how many such transactions follow each other: requests wait
/// meanwhile.
const AT_ONCE: usize = 64;
const GOES_ON: Duration = Duration::from_millis(10);

/// Runs due jobs until aborted, starting with what an earlier run left undone.
pub(crate) async fn run(store: Arc<Store>) {
    let mut changes = store.changes();
    plan_retention(&store).await;
    loop {
        let due = match store.read(|scope| jobs::next_due(scope.tx)).await {
            Ok(due) => due,
            Err(StoreError::Closed) => return,
            Err(error) => {
                tracing::error!(%error, "jobs are suspended: the store failed");
                None
            }
        };
        if due.is_some_and(|due| due <= store.state.clock.now()) {
            run_due(&store).await;
            continue;
        }
        let turn = async {
            match due {
                Some(due) => store.state.clock.wait_until(due).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            () = turn => {}
        }
    }
}

/// Removes the oldest messages, callbacks and the like, beyond the last `most` of each, until aborted.
pub(crate) async fn keep(store: Arc<Store>, most: NonZeroU32) {
    let mut changes = store.changes();
    let mut marks = Marks::default();
    loop {
        changes.borrow_and_update();
        let trimmed = store.tidy(move |scope| trim::trim(scope.tx, most.get(), marks));
        let more = match trimmed.await {
            Ok((next, more)) => {
                marks = next;
                more
            }
            Err(StoreError::Closed) => return,
            Err(error) => {
                tracing::error!(%error, "the oldest stays: the store failed");
                false
            }
        };
        if !more && changes.changed().await.is_err() {
            return;
        }
    }
}

async fn plan_retention(store: &Store) {
    let planned = store.write(retention::plan);
    if let Err(error) = planned.await {
        tracing::error!(%error, "nothing will be removed by age");
    }
}

async fn run_due(store: &Store) {
    if run_some(store, AT_ONCE).await.is_ok() {
        return;
    }
    // One of them fails. In a transaction of its own it holds up no other.
    for _ in 0..AT_ONCE {
        match run_some(store, 1).await {
            Ok(0) | Err(StoreError::Closed) => return,
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "a job failed and is postponed");
                if !put_off(store).await {
                    // The store itself fails, and should not be called again immediately.
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    return;
                }
            }
        }
    }
}

/// Runs up to `most` jobs in one transaction and returns how many there were.
async fn run_some(store: &Store, most: usize) -> Result<usize, StoreError> {
    let taken = store.write(move |scope| {
        let begun = Instant::now();
        for count in 0..most {
            if count > 0 && begun.elapsed() > GOES_ON {
                return Ok(count);
            }
            let scope = scope.renewed();
            let Some((subject, job)) = jobs::take(scope.tx, scope.now)? else {
                return Ok(count);
            };
            run_one(&scope, &subject, job)?;
        }
        Ok(most)
    });
    taken.await
}

/// Postpones the next job. Returns whether the store could do that.
async fn put_off(store: &Store) -> bool {
    let due = later(store.state.clock.now(), PUT_OFF);
    let put_off = store.write(move |scope| jobs::put_off(scope.tx, due));
    put_off.await.is_ok()
}

fn run_one(scope: &Scope<'_>, subject: &str, job: Job) -> Result<(), StoreError> {
    match job {
        Job::Hand => delivery::hand(scope, subject),
        Job::Deliver => delivery::deliver(scope, subject),
        Job::Lose => delivery::lose(scope, subject),
        Job::Expire => delivery::expire(scope, subject),
        Job::Switch => delivery::switch(scope, subject),
        Job::Sweep => retention::sweep(scope),
        Job::HandEvent => events::delivery::hand(scope, subject),
        Job::SettleEvent => events::delivery::settle(scope, subject),
        Job::TellCapability => capability::tell(scope, subject),
        Job::BeginBatch => batch::begin(scope, subject),
        Job::Batch => batch::go_on(scope, subject),
        Job::CancelBatch => batch::cancel(scope, subject),
    }
}
