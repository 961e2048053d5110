//! How many items are read ahead, and how many are sent concurrently.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sinch_conversation::Error;
use sinch_conversation::bulk::{Bulk, Outcomes};
use tokio::sync::Barrier;

use crate::server::Server;
use crate::{good, people, words};

/// Numbers that are only given as long as fewer than `most` of them have no outcome.
fn watched(count: usize, most: usize, given: Arc<AtomicUsize>) -> impl Iterator<Item = usize> {
    (0..count).inspect(move |taken| {
        let given = given.load(Ordering::Relaxed);
        assert!(taken - given < most, "{taken} taken, {given} given");
    })
}

async fn read_all(mut outcomes: Outcomes<'_, usize, usize>, given: &AtomicUsize) -> usize {
    let mut sum = 0;
    while let Some(outcome) = outcomes.next().await {
        assert_eq!(outcome.item, outcome.position);
        sum += outcome.result.unwrap();
        given.fetch_add(1, Ordering::Relaxed);
    }
    assert!(outcomes.checkpoint().open.is_empty());
    sum
}

#[tokio::test]
async fn a_million_items_are_never_taken_further_than_the_concurrency() {
    const MILLION: usize = 1_000_000;
    let given = Arc::new(AtomicUsize::new(0));
    let items = watched(MILLION, 64, Arc::clone(&given));
    let bulk = Bulk::new(items, |item| {
        let item = *item;
        async move { Ok::<_, Error>(item) }
    });
    let sum = read_all(bulk.concurrency(64).as_completed(), &given).await;
    assert_eq!(sum, MILLION * (MILLION - 1) / 2);
}

#[tokio::test]
async fn a_slow_send_does_not_let_the_others_run_ahead_of_it() {
    let given = Arc::new(AtomicUsize::new(0));
    let items = watched(10_000, 8, Arc::clone(&given));
    let bulk = Bulk::new(items, |item| {
        let item = *item;
        async move {
            if item % 100 == 0 {
                for _ in 0..20 {
                    tokio::task::yield_now().await;
                }
            }
            Ok::<_, Error>(item)
        }
    });
    read_all(bulk.concurrency(8).in_order(), &given).await;
    assert_eq!(given.load(Ordering::Relaxed), 10_000);
}

#[tokio::test]
async fn as_many_sends_as_asked_for_are_under_way_at_once() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let four = Arc::new(Barrier::new(4));
    let counts = (Arc::clone(&now), Arc::clone(&most));
    // Nobody gets an answer before four have asked.
    let server = Server::start_async(move |request, _| {
        let ((now, most), four) = (counts.clone(), Arc::clone(&four));
        async move {
            if !request.is_token() {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                four.wait().await;
                now.fetch_sub(1, Ordering::SeqCst);
            }
            good(&request)
        }
    })
    .await;
    let mut outcomes = words(&server)
        .each(people(40))
        .unwrap()
        .concurrency(4)
        .as_completed();
    let mut count = 0;
    while let Some(outcome) = outcomes.next().await {
        outcome.result.unwrap();
        count += 1;
    }
    assert_eq!((count, most.load(Ordering::SeqCst)), (40, 4));
}

#[tokio::test]
async fn sends_go_on_while_nobody_reads() {
    let finished = Arc::new(AtomicUsize::new(0));
    let bulk = Bulk::new(0..100, |item| {
        let (slow, finished) = (*item > 0, Arc::clone(&finished));
        async move {
            for _ in 0..if slow { 50 } else { 0 } {
                tokio::task::yield_now().await;
            }
            finished.fetch_add(1, Ordering::SeqCst);
            Ok::<_, Error>(())
        }
    });
    let mut outcomes = bulk.concurrency(3).as_completed();
    assert_eq!(outcomes.next().await.unwrap().position, 0);
    crate::until(|| finished.load(Ordering::SeqCst) == 3).await;
    assert_eq!(outcomes.checkpoint().next, 3);
}
