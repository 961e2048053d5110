//! Posts callbacks again on request: immediately, once, and out of order.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::worker::CONCURRENT;
use super::{CallbackClient, attempt, report};
use crate::store::callbacks::Head;
use crate::store::replays;

/// Runs until aborted, starting with what an earlier run left undone.
pub(super) async fn run(client: Arc<CallbackClient>) {
    let mut changes = client.store.changes();
    let wire = Arc::new(Semaphore::new(CONCURRENT));
    let mut tasks = JoinSet::new();
    let mut seen = 0;
    loop {
        match client
            .store
            .read(move |scope| replays::after(scope.tx, seen))
            .await
        {
            Ok(found) => {
                for (replay, head) in found {
                    seen = replay;
                    tasks.spawn(send(Arc::clone(&client), Arc::clone(&wire), replay, head));
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

async fn send(client: Arc<CallbackClient>, wire: Arc<Semaphore>, replay: i64, head: Head) {
    let Ok(_permit) = wire.acquire().await else {
        return;
    };
    let mut attempt = attempt::post(&client, &head).await;
    attempt.replay = true;
    let done = client
        .store
        .write(move |scope| replays::done(scope.tx, replay, head.seq, &attempt));
    if let Err(error) = done.await {
        report(&error);
    }
}
