//! The queues of apps at the API.

use super::*;
use sinch_conversation_outbox::{AppQueue, Pace, PaceKey};

/// A row for an app.
fn of(app: &str) -> NewRow {
    new("a").pace_key(PaceKey::new(app))
}

fn on(app: &str, channel: &str) -> NewRow {
    new("a").pace_key(PaceKey::new(app).channel(channel))
}

/// Three messages wait at most, and one a second leaves.
fn slow() -> Pace {
    Pace::default().every_app(AppQueue::per_second(1).depth(3))
}

async fn add<S: Store>(bench: &Bench<S>, rows: usize, row: NewRow) -> Vec<RowId> {
    let stored = bench.enqueue(vec![row; rows]).await;
    stored.iter().map(|stored| stored.id).collect()
}

async fn claim<S: Store>(bench: &Bench<S>, worker: &str, pace: &Pace) -> Claimed {
    bench.claim_of(worker, 100, None, Some(pace.clone())).await
}

async fn ids<S: Store>(bench: &Bench<S>, worker: &str, pace: &Pace) -> Vec<RowId> {
    let claimed = claim(bench, worker, pace).await;
    claimed.rows.iter().map(|row| row.id).collect()
}

pub(crate) async fn an_app_gets_no_more_than_its_queue_holds(mut bench: Bench<impl Store>) {
    let rows = add(&bench, 10, of("a")).await;
    assert_eq!(ids(&bench, "a", &slow()).await, rows[..3]);
    let full = claim(&bench, "b", &slow()).await;
    assert_eq!(
        (full.rows.len(), full.wake),
        (0, Some(bench.now.plus(seconds(1))))
    );
    bench.pass(seconds(1));
    assert_eq!(ids(&bench, "b", &slow()).await, rows[3..4]);
    bench.pass(seconds(1_000));
    assert_eq!(ids(&bench, "a", &slow()).await, rows[4..7]);
    // Without a pace nothing is counted.
    assert_eq!(bench.claim("a").await, rows[7..]);
}

pub(crate) async fn a_full_app_blocks_no_other(bench: Bench<impl Store>) {
    let full = add(&bench, 3_000, of("full").priority(9)).await;
    let other = add(&bench, 2, of("other")).await;
    let free = add(&bench, 2, new("a").pace_key(None)).await;
    let expected = [&full[..3], &other, &free].concat();
    assert_eq!(ids(&bench, "a", &slow()).await, expected);
    assert!(ids(&bench, "a", &slow()).await.is_empty());
}

pub(crate) async fn apps_keep_the_order_of_their_rows(bench: Bench<impl Store>) {
    let mut expected = Vec::new();
    for app in ["a", "b", "a", "c", "b"] {
        expected.extend(add(&bench, 1, of(app)).await);
    }
    let urgent = add(&bench, 1, of("c").priority(1)).await;
    let limited = bench.claim_of("a", 4, None, Some(slow())).await;
    let limited: Vec<_> = limited.rows.iter().map(|row| row.id).collect();
    assert_eq!(limited, [&urgent, &expected[..3]].concat());
    assert_eq!(ids(&bench, "a", &slow()).await, expected[3..]);
}

pub(crate) async fn channels_of_an_app_share_its_queue(bench: Bench<impl Store>) {
    let mut rows = add(&bench, 1, on("a", "SMS")).await;
    rows.extend(add(&bench, 1, on("a", "RCS")).await);
    rows.extend(add(&bench, 1, of("a")).await);
    add(&bench, 5, on("a", "SMS")).await;
    assert_eq!(ids(&bench, "a", &slow()).await, rows);
    assert!(ids(&bench, "a", &slow()).await.is_empty());
}

pub(crate) async fn a_channel_may_be_slower_than_its_app(mut bench: Bench<impl Store>) {
    let pace = slow().channel("a", "SMS", AppQueue::every(seconds(10)).depth(1));
    let sms = add(&bench, 3, on("a", "SMS")).await;
    let rcs = add(&bench, 3, on("a", "RCS")).await;
    assert_eq!(ids(&bench, "a", &pace).await, [sms[0], rcs[0], rcs[1]]);
    bench.pass(seconds(1));
    assert_eq!(ids(&bench, "a", &pace).await, rcs[2..]);
    bench.pass(seconds(9));
    assert_eq!(ids(&bench, "a", &pace).await, sms[1..2]);
}

pub(crate) async fn rows_that_are_not_claimed_do_not_count(bench: Bench<impl Store>) {
    let mut over = of("a");
    over.expires = Some(bench.now);
    add(&bench, 5, over).await;
    let rows = add(&bench, 5, of("a")).await;
    let rate = Some(Rate::per_second(20));
    let first = bench.claim_of("a", 100, rate, Some(slow())).await;
    assert_eq!(first.rows.len(), 2);
    assert_eq!(ids(&bench, "a", &slow()).await, rows[2..3]);
}

pub(crate) async fn a_wrong_clock_stops_no_app(mut bench: Bench<impl Store>) {
    let rows = add(&bench, 10, of("a")).await;
    let right = bench.now;
    bench.pass(seconds(3_600));
    assert_eq!(ids(&bench, "a", &slow()).await, rows[..3]);
    bench.now = right;
    assert!(ids(&bench, "b", &slow()).await.is_empty());
    bench.pass(seconds(1));
    assert_eq!(ids(&bench, "b", &slow()).await, rows[3..4]);
}

pub(crate) async fn each_queue_has_a_pace_of_its_own(bench: Bench<impl Store>) {
    add(&bench, 5, of("a")).await;
    assert_eq!(ids(&bench, "a", &slow()).await.len(), 3);
    let other = vec![of("a"); 5];
    bench
        .store
        .enqueue("other", other, bench.now)
        .await
        .unwrap();
    let claim = Claim {
        queue: "other".to_owned(),
        worker: WorkerId::new("a"),
        now: bench.now,
        lease: LEASE,
        limit: 100,
        rate: None,
        pace: Some(slow()),
        begin_until: None,
    };
    assert_eq!(bench.store.claim(claim).await.unwrap().rows.len(), 3);
}

pub(crate) async fn many_apps_keep_the_order_of_their_rows(bench: Bench<impl Store>) {
    // Runs of rows of one app, of different lengths, between those of others.
    let apps = (0..400)
        .map(|place: usize| format!("app {}", if place % 50 < 30 { 0 } else { place % 37 }));
    let rows: Vec<_> = apps.map(|app| of(&app)).collect();
    let stored: Vec<_> = bench.enqueue(rows).await.iter().map(|row| row.id).collect();
    let pace = Pace::default().app("app 5", AppQueue::every(seconds(1)).depth(1_000));
    let mut claimed = Vec::new();
    for limit in [3, 40, 150, 207] {
        let some = bench.claim_of("a", limit, None, Some(pace.clone())).await;
        assert_eq!(some.rows.len(), limit);
        claimed.extend(some.rows.iter().map(|row| row.id));
    }
    assert_eq!(claimed, stored);
}
