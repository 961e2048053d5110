//! What comes of rows that were begun.

use super::*;
use sinch_conversation_outbox::UnknownPolicy;

pub(crate) async fn an_answer_settles_a_row(bench: Bench<impl Store>) {
    let id = bench.begun(new("a")).await;
    assert_eq!(bench.settle(id, accepted("m")).await, 1);
    let row = bench.row(id).await;
    assert_eq!(
        (row.state, row.message_id.as_deref()),
        (State::Accepted, Some("m"))
    );
    assert_eq!(bench.settle(id, accepted("m")).await, 0);
    assert!(bench.claim("b").await.is_empty());
}

pub(crate) async fn a_pause_is_kept_in_the_row(mut bench: Bench<impl Store>) {
    let id = bench.begun(new("a")).await;
    let until = bench.now.plus(seconds(30));
    assert_eq!(bench.settle(id, not_processed(1, until)).await, 1);
    assert_eq!(bench.row(id).await.reason.as_deref(), Some("503"));
    assert!(bench.claim("b").await.is_empty());
    bench.pass(seconds(30));
    let claimed = bench.claim_with("b", 1, None).await;
    assert_eq!((claimed.rows[0].id, claimed.rows[0].attempt), (id, 1));
    assert_eq!(bench.begin("b", &[id]).await, [Begun::new(id, 2)]);
}

pub(crate) async fn a_refused_row_keeps_its_reason(bench: Bench<impl Store>) {
    let id = bench.begun(new("a")).await;
    let reason = "no recipient".to_owned();
    bench
        .settle(id, Outcome::Refused { attempt: 1, reason })
        .await;
    let row = bench.row(id).await;
    assert_eq!(
        (row.state, row.reason.as_deref()),
        (State::Refused, Some("no recipient"))
    );
}

pub(crate) async fn a_dead_worker_leaves_an_unknown_row(mut bench: Bench<impl Store>) {
    let id = bench.begun(new("a")).await;
    bench.pass(LEASE - seconds(1));
    assert_eq!(bench.sweep().await, Swept::default());
    bench.pass(seconds(1));
    assert_eq!(bench.sweep().await.unknown, 1);
    assert_eq!(bench.state(id).await, State::Unknown);
    bench.pass(seconds(1_000_000));
    bench.sweep().await;
    assert!(bench.claim("b").await.is_empty());
}

pub(crate) async fn a_released_row_can_be_claimed(bench: Bench<impl Store>) {
    let id = bench.add(new("a")).await;
    assert_eq!(bench.claim("a").await, [id]);
    let release = |name| Outcome::Released {
        worker: WorkerId::new(name),
    };
    assert_eq!(bench.settle(id, release("b")).await, 0);
    assert_eq!(bench.settle(id, release("a")).await, 1);
    assert_eq!(bench.claim("b").await, [id]);
}

pub(crate) async fn a_claim_ends_with_its_lease(mut bench: Bench<impl Store>) {
    let id = bench.add(new("a")).await;
    assert_eq!(bench.claim("a").await, [id]);
    bench.pass(LEASE);
    assert_eq!(bench.sweep().await.released, 1);
    assert_eq!(bench.claim("b").await, [id]);
    assert!(bench.begin("a", &[id]).await.is_empty());
    assert_eq!(bench.begin("b", &[id]).await.len(), 1);
}

/// A row that was begun and is unknown, because its lease was over.
async fn unknown<S: Store>(bench: &mut Bench<S>, policy: UnknownPolicy) -> RowId {
    let mut row = new("a");
    row.on_unknown = policy;
    let id = bench.begun(row).await;
    bench.pass(LEASE);
    assert_eq!(bench.sweep().await.unknown, 1);
    id
}

pub(crate) async fn a_late_answer_settles_an_unknown_row(mut bench: Bench<impl Store>) {
    let id = unknown(&mut bench, UnknownPolicy::Leave).await;
    bench.settle(id, accepted("m")).await;
    assert_eq!(bench.state(id).await, State::Accepted);
    let mut bench = Bench::new(bench.store);
    let other = unknown(&mut bench, UnknownPolicy::Leave).await;
    bench.settle(other, not_processed(1, bench.now)).await;
    assert_eq!(bench.state(other).await, State::Queued);
}

pub(crate) async fn a_receipt_settles_an_unknown_row(mut bench: Bench<impl Store>) {
    let id = unknown(&mut bench, UnknownPolicy::Leave).await;
    assert_eq!(bench.receive(id, Evidence::Delivered).await, Some(id));
    let row = bench.row(id).await;
    assert_eq!(row.state, State::Delivered);
    assert_eq!(row.message_id, Some(format!("message of {id}")));
}

pub(crate) async fn a_receipt_can_be_faster_than_the_answer(bench: Bench<impl Store>) {
    let id = bench.begun(new("a")).await;
    let receipt = Receipt {
        row: Some(id),
        message_id: None,
        evidence: Evidence::Delivered,
        reason: None,
    };
    bench.store.receive(vec![receipt], bench.now).await.unwrap();
    assert_eq!(bench.settle(id, accepted("m")).await, 0);
    let row = bench.row(id).await;
    assert_eq!(
        (row.state, row.message_id.as_deref()),
        (State::Delivered, Some("m"))
    );
}

pub(crate) async fn receipts_are_found_by_message_id(bench: Bench<impl Store>) {
    let id = bench.begun(new("a")).await;
    bench.settle(id, accepted("m")).await;
    let receipt = Receipt {
        row: None,
        message_id: Some("m".to_owned()),
        evidence: Evidence::Failed,
        reason: Some("UNREACHABLE".to_owned()),
    };
    let rows = bench.store.receive(vec![receipt], bench.now).await.unwrap();
    assert_eq!(rows, [Some(id)]);
    let row = bench.row(id).await;
    assert_eq!(
        (row.state, row.reason.as_deref()),
        (State::Failed, Some("UNREACHABLE"))
    );
}

pub(crate) async fn receipts_of_nobody_are_no_error(bench: Bench<impl Store>) {
    let id = bench.add(new("a")).await;
    let nobody = RowId::from_bytes([7; 16]);
    assert_eq!(bench.receive(nobody, Evidence::Read).await, None);
    assert_eq!(bench.state(id).await, State::Queued);
}

pub(crate) async fn receipts_count_once_in_any_order(bench: Bench<impl Store>) {
    let id = bench.begun(new("a")).await;
    for evidence in [
        Evidence::Read,
        Evidence::Delivered,
        Evidence::Read,
        Evidence::Failed,
    ] {
        bench.receive(id, evidence).await;
    }
    assert_eq!(bench.state(id).await, State::Read);
    assert_eq!(bench.count(State::Read).await, 1);
    let status = bench.store.status(QUEUE, None).await.unwrap();
    assert_eq!(status.counts.total(), 1);
}

pub(crate) async fn a_policy_sends_again_after_its_pause(mut bench: Bench<impl Store>) {
    let id = unknown(&mut bench, UnknownPolicy::SendAgainAfter(seconds(100))).await;
    bench.pass(seconds(99));
    assert_eq!(bench.sweep().await, Swept::default());
    bench.pass(seconds(1));
    assert_eq!(bench.sweep().await.sent_again, 1);
    assert_eq!(bench.claim("b").await, [id]);
    assert_eq!(bench.begin("b", &[id]).await, [Begun::new(id, 2)]);
}

pub(crate) async fn a_receipt_comes_before_the_policy(mut bench: Bench<impl Store>) {
    let id = unknown(&mut bench, UnknownPolicy::SendAgainAfter(seconds(100))).await;
    bench.receive(id, Evidence::Accepted).await;
    bench.pass(seconds(1_000));
    assert_eq!(bench.sweep().await, Swept::default());
    assert!(bench.claim("b").await.is_empty());
}

pub(crate) async fn an_answer_to_the_first_request_ends_the_wait_for_a_second(
    mut bench: Bench<impl Store>,
) {
    let id = unknown(&mut bench, UnknownPolicy::SendAgainAfter(seconds(1))).await;
    bench.pass(seconds(1));
    bench.sweep().await;
    assert_eq!(bench.claim("b").await, [id]);
    bench.settle(id, accepted("m")).await;
    assert!(bench.begin("b", &[id]).await.is_empty());
    assert_eq!(bench.state(id).await, State::Accepted);
}

pub(crate) async fn a_function_is_asked_once_at_a_time(mut bench: Bench<impl Store>) {
    let id = unknown(&mut bench, UnknownPolicy::AskAfter(seconds(10))).await;
    assert!(bench.undecided().await.is_empty());
    bench.pass(seconds(10));
    assert_eq!(bench.undecided().await, [id]);
    assert!(bench.undecided().await.is_empty());
    bench.pass(seconds(60));
    assert_eq!(bench.undecided().await, [id]);
    assert_eq!(bench.settle(id, Outcome::Leave { attempt: 1 }).await, 1);
    bench.pass(seconds(60));
    assert!(bench.undecided().await.is_empty());
    assert_eq!(bench.state(id).await, State::Unknown);
}

pub(crate) async fn a_decision_is_about_one_request(mut bench: Bench<impl Store>) {
    let id = unknown(&mut bench, UnknownPolicy::AskAfter(seconds(10))).await;
    assert_eq!(bench.settle(id, Outcome::SendAgain { attempt: 1 }).await, 1);
    assert_eq!(bench.claim("b").await, [id]);
    assert_eq!(bench.begin("b", &[id]).await, [Begun::new(id, 2)]);
    assert_eq!(bench.settle(id, no_answer(1)).await, 0);
    assert_eq!(bench.settle(id, no_answer(2)).await, 1);
    assert_eq!(bench.settle(id, Outcome::SendAgain { attempt: 1 }).await, 0);
    assert_eq!(bench.settle(id, Outcome::Leave { attempt: 1 }).await, 0);
    assert_eq!(bench.state(id).await, State::Unknown);
}

pub(crate) async fn old_rows_are_purged_in_slices(mut bench: Bench<impl Store>) {
    let mut keyed = new("old");
    keyed.dedup_key = Some("order-1".to_owned());
    for row in [keyed.clone(), new("b"), new("c")] {
        let id = bench.begun(row).await;
        bench.settle(id, accepted("m")).await;
    }
    let waiting = bench.add(new("d")).await;
    bench.pass(seconds(100));
    let young = bench.add(new("e")).await;
    bench.receive(young, Evidence::Accepted).await;
    let purge = async |states: &[State]| {
        let purge = bench.store.purge(QUEUE, states, bench.now, 2);
        purge.await.unwrap()
    };
    assert_eq!(purge(&[State::Delivered, State::Queued]).await, 0);
    assert_eq!(purge(&[State::Accepted]).await, 2);
    assert_eq!(purge(&[State::Accepted]).await, 1);
    assert_eq!(purge(&[State::Accepted]).await, 0);
    assert_eq!(bench.count(State::Accepted).await, 1);
    assert_eq!(bench.state(waiting).await, State::Queued);
    assert!(bench.enqueue(vec![keyed]).await[0].is_new);
}
