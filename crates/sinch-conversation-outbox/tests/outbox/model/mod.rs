//! Two workers whose every write and every request can be stopped, and a world that kills them, moves their clocks,
//! loses answers and repeats receipts. Whatever happens: no row is sent twice unless its policy says so, and every row
//! ends.

mod doubles;
mod gate;
mod reference;
mod world;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use gate::Place;
use world::World;

/// Where workers were killed, over all runs.
type Kills = Arc<Mutex<BTreeMap<(&'static str, bool), u32>>>;

fn number(name: &str, default: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(default, |text| text.parse().unwrap())
}

fn run(steps: &[(u16, u16)], kills: &Kills) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut world = World::new().await;
        for (action, choice) in steps {
            for Place { call, is_after, .. } in world.step(*action, *choice).await {
                *kills.lock().unwrap().entry((call, is_after)).or_default() += 1;
            }
            world.check();
        }
        world.come_to_rest().await;
        world.check();
        world.check_ends();
    });
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
    let kills = Kills::default();
    let mut runner = TestRunner::new(config);
    let steps = vec((any::<u16>(), any::<u16>()), 20..250);
    let outcome = runner.run(&steps, |steps| {
        run(&steps, &kills);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    // Workers died everywhere, before and after.
    let kills = kills.lock().unwrap();
    for call in [
        "claim",
        "begin",
        "send",
        "settle",
        "sweep",
        "undecided",
        "control",
    ] {
        for is_after in [false, true] {
            assert!(
                kills.contains_key(&(call, is_after)),
                "{call}, after: {is_after}"
            );
        }
    }
}
