//! Storing, claiming and beginning.

use super::*;
use sinch_conversation_outbox::store::Control;

pub(crate) async fn rows_are_claimed_by_priority_and_then_in_order(bench: Bench<impl Store>) {
    let mut urgent = new("urgent");
    urgent.priority = 5;
    let stored = bench.enqueue(vec![new("a"), new("b"), urgent]).await;
    let first = bench.claim_with("a", 2, None).await;
    let ids: Vec<_> = first.rows.iter().map(|row| row.id).collect();
    assert_eq!(ids, [stored[2].id, stored[0].id]);
    assert_eq!(first.rows[1].request, r#"{"name": "a"}"#);
    assert_eq!(bench.claim("a").await, [stored[1].id]);
}

pub(crate) async fn a_dedup_key_has_one_row(bench: Bench<impl Store>) {
    let mut row = new("a");
    row.dedup_key = Some("order-1".to_owned());
    let both = bench.enqueue(vec![row.clone(), row.clone()]).await;
    let later = bench.enqueue(vec![row]).await;
    assert_eq!(both[0], Enqueued::new(both[0].id, true));
    assert_eq!(both[1], Enqueued::new(both[0].id, false));
    assert_eq!(later[0], both[1]);
    assert_eq!(bench.count(State::Queued).await, 1);
    let key = Key::Dedup("order-1".to_owned());
    let found = bench.store.find(QUEUE, key).await.unwrap();
    assert_eq!(found.unwrap().id, both[0].id);
}

pub(crate) async fn a_claimed_row_is_not_claimed_again(bench: Bench<impl Store>) {
    let id = bench.add(new("a")).await;
    assert_eq!(bench.claim("a").await, [id]);
    assert!(bench.claim("b").await.is_empty());
    assert!(bench.claim("a").await.is_empty());
    assert_eq!(bench.count(State::Claimed).await, 1);
}

pub(crate) async fn only_the_holder_begins(bench: Bench<impl Store>) {
    let id = bench.add(new("a")).await;
    assert!(bench.begin("a", &[id]).await.is_empty());
    assert_eq!(bench.claim("a").await, [id]);
    assert!(bench.begin("b", &[id]).await.is_empty());
    assert_eq!(bench.begin("a", &[id]).await, [Begun::new(id, 1)]);
}

pub(crate) async fn a_row_is_begun_once(bench: Bench<impl Store>) {
    let id = bench.begun(new("a")).await;
    assert!(bench.begin("a", &[id, id]).await.is_empty());
    assert_eq!(bench.row(id).await.attempt, 1);
}

pub(crate) async fn a_row_waits_for_its_time(mut bench: Bench<impl Store>) {
    let mut row = new("a");
    row.not_before = Some(bench.now.plus(seconds(10)));
    let id = bench.add(row).await;
    let early = bench.claim_with("a", 10, None).await;
    assert!(early.rows.is_empty());
    assert_eq!(early.wake, Some(bench.now.plus(seconds(10))));
    bench.pass(seconds(10));
    assert_eq!(bench.claim("a").await, [id]);
}

pub(crate) async fn an_expired_row_is_not_sent(mut bench: Bench<impl Store>) {
    let mut row = new("a");
    row.expires = Some(bench.now.plus(seconds(10)));
    let ids = [bench.add(row.clone()).await, bench.add(row).await];
    bench.pass(seconds(10));
    assert!(bench.claim_with("a", 1, None).await.rows.is_empty());
    bench.sweep().await;
    assert_eq!(bench.state(ids[0]).await, State::Expired);
    assert_eq!(bench.state(ids[1]).await, State::Expired);
}

pub(crate) async fn an_expired_row_is_not_begun(mut bench: Bench<impl Store>) {
    let mut row = new("a");
    row.expires = Some(bench.now.plus(seconds(10)));
    let id = bench.add(row).await;
    assert_eq!(bench.claim("a").await, [id]);
    bench.pass(seconds(10));
    assert!(bench.begin("a", &[id]).await.is_empty());
    assert_eq!(bench.state(id).await, State::Expired);
}

/// Rows whose permits come later are not, since their worker may die before.
pub(crate) async fn rows_may_be_begun_with_the_claim(mut bench: Bench<impl Store>) {
    bench.enqueue((0..6).map(|_| new("a")).collect()).await;
    let mut claim = bench.claim_for("a", 6, Some(Rate::per_second(100)), None);
    claim.begin_until = Some(bench.now.plus(Duration::from_millis(25)));
    let claimed = bench.store.claim(claim).await.unwrap();
    let begun: Vec<_> = claimed.rows.iter().filter_map(|row| row.begun).collect();
    assert!(begun.len() <= 3, "{begun:?}");
    for (row, begun) in claimed.rows.iter().zip(&begun) {
        assert_eq!((*begun, row.attempt), (Begun::new(row.id, 1), 0));
        assert_eq!(bench.begin("a", &[row.id]).await, []);
    }
    for row in &claimed.rows[begun.len()..] {
        assert_eq!(row.begun, None);
        assert_eq!(bench.begin("a", &[row.id]).await, [Begun::new(row.id, 1)]);
    }
    assert_eq!(bench.count(State::Begun).await, 6);
    bench.pass(LEASE);
    assert_eq!(bench.sweep().await.unknown, 6);
}

pub(crate) async fn permits_are_spread_over_workers(mut bench: Bench<impl Store>) {
    bench.enqueue((0..100).map(|_| new("a")).collect()).await;
    let rate = Some(Rate::per_second(100));
    let first = bench.claim_with("a", 6, rate).await;
    assert_eq!(first.rows.len(), 6);
    assert_eq!(first.permits.at(0), bench.now);
    let second = bench.claim_with("b", 100, rate).await;
    assert_eq!(second.rows.len(), 4);
    assert_eq!(
        second.permits.at(0),
        bench.now.plus(Duration::from_millis(60))
    );
    assert_eq!(
        second.permits.at(3),
        bench.now.plus(Duration::from_millis(90))
    );
    let third = bench.claim_with("a", 100, rate).await;
    assert!(third.rows.is_empty());
    // Half a slice before the next permit, so that none is missed.
    let wake = bench.now.plus(Duration::from_millis(50));
    assert_eq!(third.wake, Some(wake));
    bench.pass(Duration::from_millis(50));
    let early = bench.claim_with("a", 100, rate).await;
    assert_eq!(
        (early.rows.len(), early.permits.at(0)),
        (5, wake.plus(Duration::from_millis(50)))
    );
    bench.pass(seconds(5));
    let fourth = bench.claim_with("b", 100, rate).await;
    assert_eq!((fourth.rows.len(), fourth.permits.start), (10, bench.now));
}

pub(crate) async fn permits_are_given_back(bench: Bench<impl Store>) {
    bench.enqueue((0..100).map(|_| new("a")).collect()).await;
    let rate = Some(Rate::per_second(100));
    let first = bench.claim_with("a", 6, rate).await;
    let give_back = |from: usize, to: usize| Control::ReturnPermits {
        from: first.permits.at(from),
        to: first.permits.at(to),
    };
    let control = |control| bench.store.control(QUEUE, control, bench.now);
    control(give_back(2, 6)).await.unwrap();
    let second = bench.claim_with("b", 1, rate).await;
    assert_eq!(second.permits.start, first.permits.at(2));
    // Somebody has taken later ones.
    control(give_back(1, 2)).await.unwrap();
    let third = bench.claim_with("b", 1, rate).await;
    assert_eq!(third.permits.start, first.permits.at(3));
}

pub(crate) async fn a_clock_that_was_wrong_stops_nobody(mut bench: Bench<impl Store>) {
    bench.enqueue(vec![new("a"), new("b")]).await;
    let rate = Some(Rate::per_second(100));
    let right = bench.now;
    bench.pass(seconds(3600));
    assert_eq!(bench.claim_with("a", 1, rate).await.rows.len(), 1);
    bench.now = right;
    assert_eq!(bench.claim_with("b", 1, rate).await.rows.len(), 1);
}

pub(crate) async fn a_hold_holds_all(mut bench: Bench<impl Store>) {
    let ids = [bench.add(new("a")).await, bench.add(new("b")).await];
    let held = bench.claim_with("a", 1, None).await;
    assert_eq!(held.rows[0].id, ids[0]);
    for wait in [10, 5] {
        let hold = Control::HoldUntil(bench.now.plus(seconds(wait)));
        bench.store.control(QUEUE, hold, bench.now).await.unwrap();
    }
    let none = bench.claim_with("b", 1, None).await;
    assert!(none.rows.is_empty());
    assert_eq!(none.wake, Some(bench.now.plus(seconds(10))));
    assert!(bench.begin("a", &ids).await.is_empty());
    bench.pass(seconds(10));
    assert_eq!(bench.claim("b").await, ids);
}

pub(crate) async fn queues_are_apart(bench: Bench<impl Store>) {
    let mut row = new("a");
    row.dedup_key = Some("order-1".to_owned());
    let id = bench.add(row.clone()).await;
    let other = bench
        .store
        .enqueue("other", vec![row], bench.now)
        .await
        .unwrap();
    assert!(other[0].is_new);
    assert_eq!(bench.claim("a").await, [id]);
    assert_eq!(bench.count(State::Claimed).await, 1);
    let status = bench.store.status("other", None).await.unwrap();
    assert_eq!(status.counts.of(State::Queued), 1);
    let elsewhere = bench.store.find(QUEUE, Key::Id(other[0].id)).await.unwrap();
    assert_eq!(elsewhere, None);
}
