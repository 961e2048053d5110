//! Received events.

use super::*;
use sinch_conversation_outbox::inbox::{
    ClaimEvents, EventNumber, EventStore, Handled, NewEvent, StoredEvent,
};

const INBOX: &str = "callbacks";

fn event(key: &str) -> NewEvent {
    NewEvent::new(key, format!(r#"{{"key": "{key}"}}"#))
}

fn of_contact(key: &str) -> NewEvent {
    let mut event = event(key);
    event.ordering_key = Some("01C".to_owned());
    event
}

async fn accept<S: EventStore>(bench: &Bench<S>, events: Vec<NewEvent>) -> Vec<bool> {
    let accepted = bench.store.accept(INBOX, events, bench.now);
    accepted.await.unwrap()
}

async fn claim<S: EventStore>(bench: &Bench<S>, limit: usize) -> Vec<StoredEvent> {
    let claim = ClaimEvents {
        inbox: INBOX.to_owned(),
        worker: WorkerId::new("a"),
        now: bench.now,
        lease: LEASE,
        limit,
    };
    bench.store.claim_events(claim).await.unwrap()
}

/// The keys of the events that are claimed.
async fn keys<S: EventStore>(bench: &Bench<S>) -> Vec<String> {
    let events = claim(bench, 10).await;
    let key = |stored: StoredEvent| {
        assert_eq!(stored.body, event(&stored.key).body);
        stored.key
    };
    events.into_iter().map(key).collect()
}

async fn settle<S: EventStore>(bench: &Bench<S>, number: EventNumber, handled: Handled) -> usize {
    let settled = bench
        .store
        .settle_events(INBOX, vec![(number, handled)], bench.now);
    settled.await.unwrap()
}

fn retry(attempt: u32, not_before: Time) -> Handled {
    let reason = "busy".to_owned();
    Handled::Retry {
        attempt,
        not_before,
        reason,
    }
}

fn bury(attempt: u32) -> Handled {
    let reason = "cannot be read".to_owned();
    Handled::Bury { attempt, reason }
}

pub(crate) async fn an_event_is_stored_once(bench: Bench<impl EventStore>) {
    assert_eq!(
        accept(&bench, vec![event("a"), event("a"), event("b")]).await,
        [true, false, true]
    );
    assert_eq!(accept(&bench, vec![event("b")]).await, [false]);
    assert_eq!(keys(&bench).await, ["a", "b"]);
    assert!(keys(&bench).await.is_empty());
}

pub(crate) async fn a_receipt_settles_its_row_with_the_event(
    bench: Bench<impl EventStore + Store>,
) {
    let id = bench.begun(new("a")).await;
    let mut receipt = event("receipt");
    receipt.receipt = Some(Receipt {
        row: Some(id),
        message_id: Some("m".to_owned()),
        evidence: Evidence::Delivered,
        reason: None,
    });
    assert_eq!(accept(&bench, vec![receipt.clone()]).await, [true]);
    assert_eq!(bench.state(id).await, State::Delivered);
    assert_eq!(accept(&bench, vec![receipt]).await, [false]);
    assert_eq!(bench.count(State::Delivered).await, 1);
}

pub(crate) async fn a_handled_event_is_over(mut bench: Bench<impl EventStore>) {
    accept(&bench, vec![event("a"), event("b")]).await;
    let first = claim(&bench, 1).await[0].number;
    assert_eq!(settle(&bench, first, Handled::Done).await, 1);
    assert_eq!(settle(&bench, first, Handled::Done).await, 0);
    bench.pass(LEASE);
    assert_eq!(keys(&bench).await, ["b"]);
}

pub(crate) async fn a_failed_event_is_tried_again_after_its_pause(
    mut bench: Bench<impl EventStore>,
) {
    accept(&bench, vec![event("a")]).await;
    let first = claim(&bench, 1).await.remove(0);
    assert_eq!((first.attempt, first.received), (1, bench.now));
    let later = bench.now.plus(seconds(10));
    assert_eq!(settle(&bench, first.number, retry(1, later)).await, 1);
    assert!(claim(&bench, 1).await.is_empty());
    bench.pass(seconds(10));
    let second = claim(&bench, 1).await.remove(0);
    assert_eq!(
        (second.attempt, second.reason.as_deref()),
        (2, Some("busy"))
    );
}

pub(crate) async fn an_event_of_a_dead_handler_is_handled_again(mut bench: Bench<impl EventStore>) {
    accept(&bench, vec![event("a")]).await;
    let number = claim(&bench, 1).await[0].number;
    bench.pass(LEASE - seconds(1));
    assert!(claim(&bench, 1).await.is_empty());
    bench.pass(seconds(1));
    assert_eq!(claim(&bench, 1).await[0].attempt, 2);
    // What the first one says of its failure does not count any more; its success does.
    assert_eq!(settle(&bench, number, bury(1)).await, 0);
    assert_eq!(settle(&bench, number, Handled::Done).await, 1);
    assert_eq!(settle(&bench, number, bury(2)).await, 0);
}

pub(crate) async fn dead_events_can_be_looked_at_and_replayed(bench: Bench<impl EventStore>) {
    accept(&bench, vec![event("a"), event("b"), event("c")]).await;
    let claimed = claim(&bench, 2).await;
    for event in &claimed {
        assert_eq!(settle(&bench, event.number, bury(1)).await, 1);
    }
    let dead = async |after, limit| bench.store.dead_events(INBOX, after, limit).await.unwrap();
    let all = dead(0, 10).await;
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].reason.as_deref(), Some("cannot be read"));
    assert_eq!(dead(0, 1).await, all[..1]);
    assert_eq!(dead(all[0].number, 10).await, all[1..]);
    assert_eq!(keys(&bench).await, ["c"]);
    let replay = vec![all[0].number, 12_345];
    let replayed = bench.store.replay_events(INBOX, replay, bench.now).await;
    assert_eq!(replayed, Ok(1));
    let again = claim(&bench, 10).await;
    assert_eq!((again[0].number, again[0].attempt), (all[0].number, 1));
    assert_eq!(dead(0, 10).await.len(), 1);
}

pub(crate) async fn events_of_a_contact_are_handled_in_order(mut bench: Bench<impl EventStore>) {
    accept(
        &bench,
        vec![
            of_contact("a"),
            of_contact("b"),
            event("other"),
            of_contact("c"),
        ],
    )
    .await;
    let claimed = claim(&bench, 10).await;
    assert_eq!(claimed.len(), 2);
    let first = claimed[0].number;
    settle(&bench, first, retry(1, bench.now.plus(seconds(5)))).await;
    assert!(keys(&bench).await.is_empty());
    bench.pass(seconds(5));
    assert_eq!(keys(&bench).await, ["a"]);
    settle(&bench, first, Handled::Done).await;
    let second = claim(&bench, 10).await;
    assert_eq!(second.len(), 1);
    // A dead one lets the next one go, and waits for it when it is replayed.
    settle(&bench, second[0].number, bury(1)).await;
    assert_eq!(keys(&bench).await, ["c"]);
    let replay = vec![second[0].number];
    bench
        .store
        .replay_events(INBOX, replay, bench.now)
        .await
        .unwrap();
    assert!(keys(&bench).await.is_empty());
    settle(&bench, second[0].number + 2, Handled::Done).await;
    assert_eq!(keys(&bench).await, ["b"]);
}

pub(crate) async fn handled_events_are_purged_in_slices(mut bench: Bench<impl EventStore>) {
    accept(&bench, vec![event("a"), event("b"), event("c"), event("d")]).await;
    let claimed = claim(&bench, 3).await;
    for event in &claimed {
        settle(&bench, event.number, Handled::Done).await;
    }
    let purge =
        async |bench: &Bench<_>| EventStore::purge_events(&bench.store, INBOX, bench.now, 2).await;
    assert_eq!(purge(&bench).await, Ok(0));
    bench.pass(seconds(1));
    assert_eq!(purge(&bench).await, Ok(2));
    assert_eq!(purge(&bench).await, Ok(1));
    assert_eq!(purge(&bench).await, Ok(0));
    assert_eq!(
        accept(&bench, vec![event("a"), event("d")]).await,
        [true, false]
    );
}

pub(crate) async fn inboxes_are_apart(bench: Bench<impl EventStore>) {
    accept(&bench, vec![event("a")]).await;
    let other = bench
        .store
        .accept("other", vec![event("a")], bench.now)
        .await;
    assert_eq!(other, Ok(vec![true]));
    let claimed = claim(&bench, 10).await;
    assert_eq!(claimed.len(), 1);
    let foreign = vec![(claimed[0].number, Handled::Done)];
    let settled = bench.store.settle_events("other", foreign, bench.now).await;
    assert_eq!(settled, Ok(0));
}
