//! What happens to messages: who they are for, over which channel, and what becomes of them.

pub(crate) mod accept;
pub(crate) mod channels;
pub(crate) mod choices;
pub(crate) mod inbound;
pub(crate) mod outbound;
pub(crate) mod people;
pub(crate) mod plan;
pub(crate) mod progress;
pub(crate) mod record;
pub(crate) mod scope;
pub(crate) mod threads;

use std::sync::Arc;

use crate::core::Core;
use crate::store::StoreError;
use crate::store::steps::{self, Action};
use scope::Scope;

/// How many steps one transaction takes at most.
const AT_ONCE: usize = 64;

/// Does what is due, step by step, until aborted. Takes up what a former run left undone.
pub(crate) async fn run(core: Arc<Core>) {
    let mut changes = core.store.changes();
    loop {
        let due = match core.store.read(steps::next_due).await {
            Ok(due) => due,
            Err(StoreError::Closed) => return,
            Err(error) => {
                tracing::error!(%error, "steps wait: the store failed");
                None
            }
        };
        if due.is_some_and(|due| due <= core.clock.now()) {
            take_steps(&core).await;
            continue;
        }
        let turn = async {
            match due {
                Some(due) => core.clock.wait_until(due).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            () = turn => {}
        }
    }
}

async fn take_steps(core: &Arc<Core>) {
    let shared = Arc::clone(core);
    let taken = core.store.write(move |tx| {
        for _ in 0..AT_ONCE {
            let scope = Scope::new(&shared, tx);
            let Some((subject, action)) = steps::take(tx, scope.now)? else {
                break;
            };
            take_step(&scope, &subject, action)?;
        }
        Ok::<_, StoreError>(())
    });
    if let Err(error) = taken.await {
        tracing::error!(%error, "a step cannot be taken");
        // The step is due still. A store that fails should not be asked again at once.
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
}

fn take_step(scope: &Scope<'_>, subject: &str, action: Action) -> Result<(), StoreError> {
    match action {
        Action::Hand => progress::hand(scope, subject),
        Action::Deliver => progress::deliver(scope, subject),
        Action::Lose => progress::lose(scope, subject),
    }
}
