//! Rows that are listed, and sent again by somebody.

use super::*;
use sinch_conversation_outbox::RowNumber;
use sinch_conversation_outbox::store::{Control, RowFilter};

async fn page<S: Store>(
    bench: &Bench<S>,
    filter: &RowFilter,
    after: RowNumber,
    limit: usize,
) -> Vec<Row> {
    let page = bench.store.list(QUEUE, filter, after, limit).await;
    page.unwrap()
}

/// The ids of all rows that pass a filter, read two at a time.
async fn list<S: Store>(bench: &Bench<S>, filter: &RowFilter) -> Vec<RowId> {
    let (mut ids, mut after) = (Vec::new(), 0);
    loop {
        let rows = page(bench, filter, after, 2).await;
        assert!(rows.len() <= 2);
        let Some(last) = rows.last() else { return ids };
        after = last.number;
        ids.extend(rows.iter().map(|row| row.id));
    }
}

fn refused(attempt: u32) -> Outcome {
    let reason = "no recipient".to_owned();
    Outcome::Refused { attempt, reason }
}

async fn evidence<S: Store>(bench: &Bench<S>, row: RowId, message: &str, evidence: Evidence) {
    let receipt = Receipt {
        row: Some(row),
        message_id: Some(message.to_owned()),
        evidence,
        reason: None,
    };
    let rows = bench.store.receive(vec![receipt], bench.now).await.unwrap();
    assert_eq!(rows, [Some(row)]);
}

/// A row whose message `m1` has failed.
async fn failed<S: Store>(bench: &Bench<S>) -> RowId {
    let id = bench.begun(new("a")).await;
    bench.settle(id, accepted("m1")).await;
    evidence(bench, id, "m1", Evidence::Failed).await;
    id
}

pub(crate) async fn rows_are_listed_in_pages(bench: Bench<impl Store>) {
    let mut expected = Vec::new();
    for number in 0..7 {
        let row = new("a").dedup_key(format!("k{number}"));
        let id = bench
            .begun(if number < 5 { row.group("g") } else { row })
            .await;
        let outcome = match number % 3 {
            0 => refused(1),
            1 => no_answer(1),
            _ => accepted("m"),
        };
        bench.settle(id, outcome).await;
        expected.push(id);
    }
    let waiting = bench.add(new("waiting")).await;
    let failures = RowFilter::failures();
    let of = |places: &[usize]| -> Vec<RowId> { places.iter().map(|at| expected[*at]).collect() };
    assert_eq!(list(&bench, &failures).await, of(&[0, 1, 3, 4, 6]));
    assert_eq!(
        list(&bench, &failures.clone().group("g")).await,
        of(&[0, 1, 3, 4])
    );
    assert_eq!(
        list(&bench, &RowFilter::states([State::Refused])).await,
        of(&[0, 3, 6])
    );
    let mixed = RowFilter::states([State::Queued, State::Refused, State::Accepted]);
    let mixed = list(&bench, &mixed).await;
    assert_eq!(mixed, [&of(&[0, 2, 3, 5, 6])[..], &[waiting]].concat());
    assert!(
        list(&bench, &failures.clone().group("none"))
            .await
            .is_empty()
    );
    assert!(list(&bench, &RowFilter::states([])).await.is_empty());
    let elsewhere = bench.store.list("other", &failures, 0, 10).await;
    assert_eq!(elsewhere, Ok(Vec::new()));
    let first = page(&bench, &failures, 0, 1).await.remove(0);
    let found = bench.row(first.id).await;
    assert_eq!(found, first);
    assert_eq!(
        (first.dedup_key.as_deref(), first.group.as_deref()),
        (Some("k0"), Some("g"))
    );
    assert_eq!(
        (first.reason.as_deref(), first.attempt),
        (Some("no recipient"), 1)
    );
}

pub(crate) async fn refused_and_failed_rows_are_sent_again(bench: Bench<impl Store>) {
    let id = bench.begun(new("a")).await;
    bench.settle(id, refused(1)).await;
    assert_eq!(bench.settle(id, Outcome::Retry).await, 1);
    assert_eq!(bench.settle(id, Outcome::Retry).await, 0);
    assert_eq!(bench.claim("a").await, [id]);
    assert_eq!(bench.begin("a", &[id]).await, [Begun::new(id, 2)]);
    bench.settle(id, accepted("m")).await;
    let failed = failed(&bench).await;
    assert_eq!(bench.settle(failed, Outcome::Retry).await, 1);
    assert_eq!(bench.claim("a").await, [failed]);
    assert_eq!(bench.begin("a", &[failed]).await, [Begun::new(failed, 2)]);
}

pub(crate) async fn what_may_have_arrived_is_not_sent_again(bench: Bench<impl Store>) {
    let lost = bench.begun(new("unknown")).await;
    bench.settle(lost, no_answer(1)).await;
    let read = bench.begun(new("read")).await;
    bench.receive(read, Evidence::Read).await;
    let grouped = bench.begun(new("cancelled").group("g")).await;
    bench.settle(grouped, refused(1)).await;
    let cancel = Control::CancelGroup("g".to_owned());
    bench.store.control(QUEUE, cancel, bench.now).await.unwrap();
    for id in [lost, read, grouped] {
        assert_eq!(bench.settle(id, Outcome::Retry).await, 0);
    }
    assert!(bench.claim("a").await.is_empty());
}

pub(crate) async fn what_failed_before_a_retry_does_not_settle_it(bench: Bench<impl Store>) {
    let id = failed(&bench).await;
    bench.settle(id, Outcome::Retry).await;
    // The receipts of the first message are repeated, and its answer is late.
    evidence(&bench, id, "m1", Evidence::Accepted).await;
    evidence(&bench, id, "m1", Evidence::Failed).await;
    assert_eq!(bench.settle(id, accepted("m1")).await, 0);
    assert_eq!(bench.claim("a").await, [id]);
    assert_eq!(bench.begin("a", &[id]).await, [Begun::new(id, 2)]);
    evidence(&bench, id, "m1", Evidence::Failed).await;
    bench.settle(id, accepted("m2")).await;
    let row = bench.row(id).await;
    assert_eq!(
        (row.state, row.message_id.as_deref()),
        (State::Accepted, Some("m2"))
    );
    evidence(&bench, id, "m2", Evidence::Failed).await;
    assert_eq!(bench.state(id).await, State::Failed);
}

pub(crate) async fn a_message_that_arrives_late_ends_its_retry(bench: Bench<impl Store>) {
    let id = failed(&bench).await;
    bench.settle(id, Outcome::Retry).await;
    evidence(&bench, id, "m1", Evidence::Delivered).await;
    assert_eq!(bench.state(id).await, State::Delivered);
    assert!(bench.claim("a").await.is_empty());
}
