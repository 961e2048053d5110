//! What happens by the clock: due steps, and removal by age.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::core::Core;
use crate::core::clock::later;
use crate::engine::scope::Scope;
use crate::engine::{batch, capability, events, patience, progress, retention};
use crate::store::StoreError;
use crate::store::steps::{self, Action};

/// How much later a step is tried again that cannot be taken.
const PUT_OFF: Duration = Duration::from_secs(60);

/// How many steps one transaction takes at most, and for how long it goes on with another one: requests wait for it.
const AT_ONCE: usize = 64;
const GOES_ON: Duration = Duration::from_millis(10);

/// Does what is due, step by step, until aborted. Takes up what a former run left undone.
pub(crate) async fn run(core: Arc<Core>) {
    let mut changes = core.store.changes();
    plan_retention(&core).await;
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

async fn plan_retention(core: &Arc<Core>) {
    let shared = Arc::clone(core);
    let planned = core
        .store
        .write(move |tx| retention::plan(&Scope::new(&shared, tx)));
    if let Err(error) = planned.await {
        tracing::error!(%error, "nothing will be removed by age");
    }
}

async fn take_steps(core: &Arc<Core>) {
    if try_steps(core, AT_ONCE).await.is_ok() {
        return;
    }
    // One of them cannot be taken. By itself it holds up nobody else.
    for _ in 0..AT_ONCE {
        match try_steps(core, 1).await {
            Ok(0) | Err(StoreError::Closed) => return,
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "a step cannot be taken; it is put off");
                if !put_off(core).await {
                    // The store itself fails, and should not be asked again at once.
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    return;
                }
            }
        }
    }
}

/// Takes at most so many steps as one transaction, and says how many it took.
async fn try_steps(core: &Arc<Core>, most: usize) -> Result<usize, StoreError> {
    let shared = Arc::clone(core);
    let taken = core.store.write(move |tx| {
        let begun = Instant::now();
        for count in 0..most {
            if count > 0 && begun.elapsed() > GOES_ON {
                return Ok(count);
            }
            let scope = Scope::new(&shared, tx);
            let Some((subject, action)) = steps::take(tx, scope.now)? else {
                return Ok(count);
            };
            take_step(&scope, &subject, action)?;
        }
        Ok(most)
    });
    taken.await
}

/// Puts the next step off. Whether the store could do that.
async fn put_off(core: &Arc<Core>) -> bool {
    let due = later(core.clock.now(), PUT_OFF);
    let put_off = core.store.write(move |tx| steps::put_off(tx, due));
    put_off.await.is_ok()
}

fn take_step(scope: &Scope<'_>, subject: &str, action: Action) -> Result<(), StoreError> {
    match action {
        Action::Hand => progress::hand(scope, subject),
        Action::Deliver => progress::deliver(scope, subject),
        Action::Lose => progress::lose(scope, subject),
        Action::Expire => patience::expire(scope, subject),
        Action::Switch => patience::switch(scope, subject),
        Action::Sweep => retention::sweep(scope),
        Action::HandEvent => events::progress::hand(scope, subject),
        Action::SettleEvent => events::progress::settle(scope, subject),
        Action::TellCapability => capability::tell(scope, subject),
        Action::BeginBatch => batch::begin(scope, subject),
        Action::Batch => batch::go_on(scope, subject),
        Action::CancelBatch => batch::cancel(scope, subject),
    }
}
