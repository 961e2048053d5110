//! Rows that are dealt with together, or one after the other.

use super::*;
use sinch_conversation_outbox::UnknownPolicy;
use sinch_conversation_outbox::store::{Control, GroupMode};

async fn control<S: Store>(bench: &Bench<S>, control: Control) -> usize {
    let done = bench.store.control(QUEUE, control, bench.now);
    done.await.unwrap()
}

fn pause() -> Control {
    Control::Pause {
        reason: "wrong key".to_owned(),
    }
}

fn campaign() -> String {
    "campaign".to_owned()
}

fn grouped(name: &str) -> NewRow {
    let mut row = new(name);
    row.group = Some(campaign());
    row
}

/// A row for a person.
fn personal(name: &str) -> NewRow {
    let mut row = new(name);
    row.ordering_key = Some("+46700000001".to_owned());
    row
}

pub(crate) async fn a_paused_queue_gives_nothing(bench: Bench<impl Store>) {
    let id = bench.add(new("a")).await;
    control(&bench, pause()).await;
    let claimed = bench.claim_with("a", 1, None).await;
    assert!(claimed.rows.is_empty());
    assert_eq!(claimed.paused.as_deref(), Some("wrong key"));
    let status = bench.store.status(QUEUE, None).await.unwrap();
    assert_eq!(status.paused.as_deref(), Some("wrong key"));
    control(&bench, Control::Resume).await;
    assert_eq!(bench.claim("a").await, [id]);
}

pub(crate) async fn a_paused_queue_begins_nothing(bench: Bench<impl Store>) {
    let id = bench.add(new("a")).await;
    assert_eq!(bench.claim("a").await, [id]);
    control(&bench, pause()).await;
    assert!(bench.begin("a", &[id]).await.is_empty());
    assert_eq!(bench.state(id).await, State::Queued);
}

pub(crate) async fn a_group_is_paused_and_resumed(bench: Bench<impl Store>) {
    let ids = [bench.add(grouped("a")).await, bench.add(new("b")).await];
    control(&bench, Control::PauseGroup(campaign())).await;
    assert_eq!(bench.claim("a").await, [ids[1]]);
    assert!(bench.claim("a").await.is_empty());
    control(&bench, Control::ResumeGroup(campaign())).await;
    assert_eq!(bench.claim("a").await, [ids[0]]);
}

pub(crate) async fn a_paused_group_begins_nothing(bench: Bench<impl Store>) {
    let id = bench.add(grouped("a")).await;
    assert_eq!(bench.claim("a").await, [id]);
    control(&bench, Control::PauseGroup(campaign())).await;
    assert!(bench.begin("a", &[id]).await.is_empty());
    assert_eq!(bench.state(id).await, State::Queued);
    assert!(bench.claim("b").await.is_empty());
    control(&bench, Control::ResumeGroup(campaign())).await;
    assert_eq!(bench.claim("b").await, [id]);
}

pub(crate) async fn a_cancelled_group_sends_nothing_more(bench: Bench<impl Store>) {
    let begun = bench.begun(grouped("begun")).await;
    let claimed = bench.add(grouped("claimed")).await;
    assert_eq!(bench.claim("a").await, [claimed]);
    let queued = bench.add(grouped("queued")).await;
    assert_eq!(control(&bench, Control::CancelGroup(campaign())).await, 2);
    assert_eq!(control(&bench, Control::CancelGroup(campaign())).await, 0);
    assert!(bench.begin("a", &[claimed]).await.is_empty());
    assert_eq!(bench.state(claimed).await, State::Cancelled);
    assert_eq!(bench.state(queued).await, State::Cancelled);
    assert_eq!(bench.state(begun).await, State::Begun);
    // Neither what comes back nor what comes later is sent.
    bench.settle(begun, not_processed(1, bench.now)).await;
    let later = bench.add(grouped("later")).await;
    control(&bench, Control::ResumeGroup(campaign())).await;
    assert!(bench.claim("a").await.is_empty());
    assert_eq!(bench.state(begun).await, State::Cancelled);
    assert_eq!(bench.state(later).await, State::Cancelled);
}

pub(crate) async fn a_cancelled_group_is_never_sent_again(mut bench: Bench<impl Store>) {
    let mut row = grouped("a");
    row.on_unknown = UnknownPolicy::SendAgainAfter(seconds(1));
    let early = bench.begun(row.clone()).await;
    bench.settle(early, no_answer(1)).await;
    let late = bench.begun(row).await;
    assert_eq!(control(&bench, Control::CancelGroup(campaign())).await, 1);
    bench.settle(late, no_answer(1)).await;
    bench.pass(seconds(1_000));
    assert_eq!(bench.sweep().await, Swept::default());
    assert_eq!(
        bench.settle(late, Outcome::SendAgain { attempt: 1 }).await,
        0
    );
    assert!(bench.claim("a").await.is_empty());
    assert_eq!(bench.count(State::Unknown).await, 2);
}

pub(crate) async fn groups_are_counted(bench: Bench<impl Store>) {
    let id = bench.begun(grouped("a")).await;
    bench.enqueue(vec![grouped("b"), new("c")]).await;
    bench.settle(id, accepted("m")).await;
    let group = campaign();
    let counts = bench
        .store
        .status(QUEUE, Some(&group))
        .await
        .unwrap()
        .counts;
    assert_eq!(
        (counts.of(State::Accepted), counts.of(State::Queued)),
        (1, 1)
    );
    assert_eq!(counts.total(), 2);
    let none = bench.store.status(QUEUE, Some("none")).await.unwrap();
    assert_eq!(none.counts.total(), 0);
    assert_eq!(bench.count(State::Queued).await, 2);
}

pub(crate) async fn rows_of_a_person_are_sent_in_order(mut bench: Bench<impl Store>) {
    let first = bench.add(personal("first")).await;
    let mut urgent = personal("second");
    urgent.priority = 9;
    let second = bench.add(urgent).await;
    let other = bench.add(new("other")).await;
    assert_eq!(bench.claim("a").await, [first, other]);
    assert!(bench.claim("a").await.is_empty());
    assert_eq!(bench.begin("a", &[first]).await.len(), 1);
    let until = bench.now.plus(seconds(10));
    bench.settle(first, not_processed(1, until)).await;
    assert!(bench.claim("a").await.is_empty());
    bench.pass(seconds(10));
    assert_eq!(bench.claim("a").await, [first]);
    assert_eq!(bench.begin("a", &[first]).await.len(), 1);
    bench.settle(first, accepted("m")).await;
    assert_eq!(bench.claim("a").await, [second]);
}

pub(crate) async fn a_person_waits_for_the_unknown_only_while_somebody_decides(
    bench: Bench<impl Store>,
) {
    let mut first = personal("first");
    first.on_unknown = UnknownPolicy::AskAfter(seconds(5));
    let first = bench.begun(first).await;
    let second = bench.add(personal("second")).await;
    let third = bench.add(personal("third")).await;
    bench.settle(first, no_answer(1)).await;
    assert!(bench.claim("a").await.is_empty());
    bench.settle(first, Outcome::Leave { attempt: 1 }).await;
    assert_eq!(bench.claim("a").await, [second]);
    assert_eq!(bench.begin("a", &[second]).await.len(), 1);
    // Nobody decides about this one.
    bench.settle(second, no_answer(1)).await;
    assert_eq!(bench.claim("a").await, [third]);
}

pub(crate) async fn a_row_that_ends_early_lets_nobody_overtake(mut bench: Bench<impl Store>) {
    let first = bench.add(personal("first")).await;
    let mut short = personal("second");
    short.expires = Some(bench.now.plus(seconds(5)));
    let second = bench.add(short).await;
    let third = bench.add(personal("third")).await;
    assert_eq!(bench.claim("a").await, [first]);
    bench.pass(seconds(5));
    bench.sweep().await;
    assert_eq!(bench.state(second).await, State::Expired);
    assert!(bench.claim("a").await.is_empty());
    bench.receive(first, Evidence::Accepted).await;
    assert_eq!(bench.claim("a").await, [third]);
}

pub(crate) async fn a_row_that_is_sent_again_waits_for_the_one_under_way(bench: Bench<impl Store>) {
    let first = bench.begun(personal("first")).await;
    let (attempt, reason) = (1, "no recipient".to_owned());
    bench
        .settle(first, Outcome::Refused { attempt, reason })
        .await;
    let second = bench.begun(personal("second")).await;
    assert_eq!(bench.settle(first, Outcome::Retry).await, 1);
    assert!(bench.claim("b").await.is_empty());
    bench.settle(second, accepted("m")).await;
    assert_eq!(bench.claim("b").await, [first]);
}

pub(crate) async fn many_held_rows_do_not_block_others(bench: Bench<impl Store>) {
    bench
        .enqueue((0..3_000).map(|_| grouped("held")).collect())
        .await;
    let other = bench.add(new("other")).await;
    control(&bench, Control::PauseGroup(campaign())).await;
    let mut claimed = Vec::new();
    for _ in 0..5 {
        claimed.extend(bench.claim("a").await);
    }
    assert_eq!(claimed, [other]);
    control(&bench, Control::ResumeGroup(campaign())).await;
    assert_eq!(bench.claim("a").await.len(), 100);
}

pub(crate) async fn a_status_says_why_nothing_is_sent(bench: Bench<impl Store>) {
    bench.add(grouped("a")).await;
    let group = campaign();
    let of_group = async || bench.store.status(QUEUE, Some(&group)).await.unwrap();
    let status = of_group().await;
    assert_eq!(
        (status.group, status.hold_until),
        (GroupMode::Running, None)
    );
    let until = bench.now.plus(seconds(5));
    control(&bench, Control::HoldUntil(until)).await;
    control(&bench, Control::PauseGroup(campaign())).await;
    control(&bench, pause()).await;
    let status = of_group().await;
    assert_eq!(status.group, GroupMode::Paused);
    assert_eq!(status.hold_until, Some(until));
    assert_eq!(status.paused.as_deref(), Some("wrong key"));
    control(&bench, Control::ResumeGroup(campaign())).await;
    assert_eq!(of_group().await.group, GroupMode::Running);
    control(&bench, Control::CancelGroup(campaign())).await;
    assert_eq!(of_group().await.group, GroupMode::Cancelled);
    let status = bench.store.status(QUEUE, None).await.unwrap();
    assert_eq!(
        (status.group, status.hold_until),
        (GroupMode::Running, Some(until))
    );
}
