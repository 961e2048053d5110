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

use world::World;

fn number(name: &str, default: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(default, |text| text.parse().unwrap())
}

/// Runs a world until it has come to rest, in a time of its own.
fn run<T>(happen: impl AsyncFnOnce(&mut World) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut world = World::new().await;
        let outcome = happen(&mut world).await;
        world.come_to_rest().await;
        world.check();
        world.check_ends();
        outcome
    })
}

/// `OUTBOX_MODEL_CASES` and `OUTBOX_MODEL_SEED` ask for more and for other runs.
#[test]
fn no_row_is_sent_twice_and_every_row_ends() {
    let cases = number("OUTBOX_MODEL_CASES", 40);
    let config = Config {
        cases: u32::try_from(cases).unwrap(),
        rng_seed: RngSeed::Fixed(number("OUTBOX_MODEL_SEED", 1)),
        failure_persistence: None,
        max_shrink_iters: 100,
        ..Config::default()
    };
    let steps = vec((any::<u16>(), any::<u16>()), 20..200);
    let outcome = TestRunner::new(config).run(&steps, |steps| {
        run(async |world| {
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

/// One step after the other, and a worker dies at each of them in turn.
#[test]
fn a_worker_may_die_before_and_after_everything_it_does() {
    let mut places = BTreeSet::new();
    // Accepted, 429, and accepted with the answer lost.
    for reply in [0, 6, 9] {
        for steps in 0..44 {
            places.extend(run(async |world| world.die_after(steps, reply).await));
        }
    }
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
