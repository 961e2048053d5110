//! Sends callbacks again that somebody wants to see again: at once and once, beside the lanes.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::attempt;
use super::worker::{CONCURRENT, report};
use crate::core::Core;
use crate::store::callbacks::Head;
use crate::store::replays;

/// Runs until aborted. Takes up what a former run left undone.
pub(crate) async fn run(core: Arc<Core>) {
    let mut changes = core.store.changes();
    let wire = Arc::new(Semaphore::new(CONCURRENT));
    let mut tasks = JoinSet::new();
    let mut seen = 0;
    loop {
        match core.store.read(move |tx| replays::after(tx, seen)).await {
            Ok(found) => {
                for (replay, head) in found {
                    seen = replay;
                    tasks.spawn(send(Arc::clone(&core), Arc::clone(&wire), replay, head));
                }
            }
            Err(error) => report(&error),
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            Some(_) = tasks.join_next() => {}
        }
    }
}

async fn send(core: Arc<Core>, wire: Arc<Semaphore>, replay: i64, head: Head) {
    let Ok(_permit) = wire.acquire().await else {
        return;
    };
    let mut attempt = attempt::post(&core, &head).await;
    attempt.replay = true;
    let done = core
        .store
        .write(move |tx| replays::done(tx, replay, head.seq, &attempt));
    if let Err(error) = done.await {
        report(&error);
    }
}
