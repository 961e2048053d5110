//! Two workers whose every write and every request can be stopped, and a world that kills them, moves their clocks,
//! loses answers and repeats receipts. Whatever happens: no row is sent twice unless its policy says so, the queue of
//! an app gets no longer than it may, and every row ends.

mod doubles;
mod gate;
mod reference;
mod world;

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use sinch_conversation_outbox::AnyStore;

use world::World;

fn number(name: &str, default: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(default, |text| text.parse().unwrap())
}

/// Runs a world until it has come to rest, in a time of its own.
fn run<T>(store: AnyStore, happen: impl AsyncFnOnce(&mut World) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut world = World::new(store).await;
        let outcome = happen(&mut world).await;
        world.come_to_rest().await;
        world.check();
        world.check_ends();
        outcome
    })
}

/// Anything happens, so often. `OUTBOX_MODEL_CASES` and `OUTBOX_MODEL_SEED` ask for more and for other runs.
fn anything_happens(cases: u64, store: impl Fn() -> AnyStore) {
    let cases = number("OUTBOX_MODEL_CASES", cases);
    let config = Config {
        cases: u32::try_from(cases).unwrap(),
        rng_seed: RngSeed::Fixed(number("OUTBOX_MODEL_SEED", 1)),
        failure_persistence: None,
        max_shrink_iters: 100,
        ..Config::default()
    };
    let steps = vec((any::<u16>(), any::<u16>()), 20..200);
    let outcome = TestRunner::new(config).run(&steps, |steps| {
        run(store(), async |world| {
            for (action, choice) in steps {
                world.step(action, choice).await;
                world.check();
            }
        });
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

/// One step after the other, and a worker dies at each of them in turn, or at some. Returns where.
fn a_worker_dies(
    replies: &[u16],
    every: usize,
    store: impl Fn() -> AnyStore,
) -> BTreeSet<(&'static str, bool)> {
    let mut places = BTreeSet::new();
    for reply in replies {
        for steps in (0..44).step_by(every) {
            places.extend(run(store(), async |world| {
                world.die_after(steps, *reply).await
            }));
        }
    }
    places
}

const ACCEPTED: u16 = 0;
const THROTTLED: u16 = 6;
const ANSWER_LOST: u16 = 9;

#[test]
fn no_row_is_sent_twice_and_every_row_ends() {
    anything_happens(40, crate::stores::sqlite);
}

#[test]
fn a_worker_may_die_before_and_after_everything_it_does() {
    let places = a_worker_dies(
        &[ACCEPTED, THROTTLED, ANSWER_LOST],
        1,
        crate::stores::sqlite,
    );
    let calls = [
        "claim",
        "begin",
        "send",
        "settle",
        "sweep",
        "undecided",
        "control",
    ];
    for call in calls {
        for is_after in [false, true] {
            assert!(
                places.contains(&(call, is_after)),
                "{call}, after: {is_after}"
            );
        }
    }
}

#[cfg(unix)]
#[test]
fn no_row_is_sent_twice_and_every_row_ends_in_postgres() {
    if let Some(store) = gate::block_on(crate::stores::postgres()) {
        anything_happens(3, || store.clone());
    }
}

/// Less than in SQLite, since each write takes longer.
#[cfg(unix)]
#[test]
fn a_worker_may_die_before_and_after_everything_it_does_in_postgres() {
    if let Some(store) = gate::block_on(crate::stores::postgres()) {
        a_worker_dies(&[ANSWER_LOST], 15, || store.clone());
    }
}
