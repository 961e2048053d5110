//! Code of the caller that panics: in a send, in the closure that makes it, in the source, in a callback.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::{FutureExt, Stream, StreamExt, stream};
use sinch_conversation::bulk::{Bulk, Outcome, Outcomes, StopCause};
use sinch_conversation::{Error, ErrorKind};

/// Reads to the end, which has to come.
async fn read<'a>(outcomes: &mut Outcomes<'a, usize, usize>) -> Vec<Outcome<usize, usize>> {
    let all = outcomes.by_ref().collect();
    let limit = Duration::from_secs(120);
    tokio::time::timeout(limit, all).await.expect("an end")
}

/// Ten sends, the fourth of which panics.
fn one_panics() -> Bulk<'static, usize, usize> {
    Bulk::new(0..10, |item| {
        let item = *item;
        async move {
            tokio::task::yield_now().await;
            assert_ne!(item, 3, "a fault of the send to +46700000003");
            Ok(item)
        }
    })
}

fn assert_only_the_fourth_failed(
    mut outcomes: Vec<Outcome<usize, usize>>,
    may_have_gone_out: bool,
) {
    outcomes.sort_by_key(|outcome| outcome.position);
    assert_eq!(outcomes.len(), 10);
    for (position, outcome) in outcomes.into_iter().enumerate() {
        assert_eq!((outcome.position, outcome.item), (position, position));
        match outcome.result {
            Ok(sent) => assert!(sent == position && position != 3),
            Err(error) => {
                assert_eq!(position, 3);
                assert!(matches!(error.kind(), ErrorKind::Panicked), "{error:?}");
                assert_eq!(error.may_have_been_processed(), may_have_gone_out);
                assert!(!error.is_retryable());
                assert!(!format!("{error} {error:?}").contains("+46700000003"));
            }
        }
    }
}

#[tokio::test]
async fn a_panic_of_a_send_is_its_outcome_and_the_others_go_on() {
    let mut outcomes = one_panics().concurrency(4).in_order();
    assert_only_the_fourth_failed(read(&mut outcomes).await, true);
    let checkpoint = outcomes.checkpoint();
    assert_eq!((checkpoint.next, checkpoint.open.len()), (10, 0));
    assert!(outcomes.stopped().is_none());

    let mut outcomes = one_panics().concurrency(4).as_completed();
    assert_only_the_fourth_failed(read(&mut outcomes).await, true);
}

#[tokio::test]
async fn a_panic_of_the_closure_is_the_outcome_of_its_item() {
    let bulk = Bulk::new(0..10, |item| {
        assert_ne!(*item, 3, "a fault of the closure for +46700000003");
        let item = *item;
        async move { Ok(item) }
    });
    let mut outcomes = bulk.concurrency(4).in_order();
    assert_only_the_fourth_failed(read(&mut outcomes).await, false);
    assert_eq!(outcomes.progress().failed, 1);
}

/// Twenty items, of which the seventh cannot be read; a source that goes on after its panic.
fn broken_source() -> impl Stream<Item = usize> + Send {
    stream::iter((0..20).inspect(|item| assert_ne!(*item, 7, "a row that cannot be read")))
}

fn sends(source: impl Stream<Item = usize> + Send + 'static) -> Bulk<'static, usize, usize> {
    Bulk::from_stream(source, |item| {
        let item = *item;
        async move { Ok::<_, Error>(item) }
    })
}

#[tokio::test]
async fn a_panic_of_the_source_ends_the_run_at_the_item_that_could_not_be_read() {
    for concurrency in [1, 4, 50] {
        let mut outcomes = sends(broken_source()).concurrency(concurrency).in_order();
        let read = read(&mut outcomes).await;
        let positions: Vec<_> = read.iter().map(|outcome| outcome.position).collect();
        assert_eq!(positions, (0..7).collect::<Vec<_>>());
        assert!(
            read.into_iter()
                .all(|outcome| outcome.result.unwrap() == outcome.position)
        );
        let stopped = outcomes.stopped();
        assert!(
            matches!(stopped, Some(StopCause::SourcePanicked { position: 7, .. })),
            "{stopped:?}"
        );
        let checkpoint = outcomes.checkpoint();
        assert_eq!((checkpoint.next, checkpoint.open.len()), (7, 0));
        assert_eq!(outcomes.progress().remaining, None);
        assert!(outcomes.next().await.is_none());
    }
}

#[tokio::test]
async fn a_panic_among_the_skipped_items_is_told_with_its_own_position() {
    let mut outcomes = sends(broken_source()).start_at(12).in_order();
    assert!(read(&mut outcomes).await.is_empty());
    let stopped = outcomes.stopped();
    assert!(
        matches!(stopped, Some(StopCause::SourcePanicked { position: 7, .. })),
        "{stopped:?}"
    );
    assert_eq!(outcomes.checkpoint().next, 12);
}

#[tokio::test]
async fn an_outcome_outlives_the_panic_of_the_callback_that_was_told_of_it() {
    let mut outcomes = sends(stream::iter(0..5))
        .concurrency(2)
        .on_progress(|progress| assert_ne!(progress.succeeded, 3, "a fault of the callback"))
        .in_order();
    let mut positions = Vec::new();
    let mut panics = 0;
    loop {
        match AssertUnwindSafe(outcomes.next()).catch_unwind().await {
            Ok(Some(outcome)) => positions.push(outcome.position),
            Ok(None) => break,
            Err(_) => {
                panics += 1;
                assert_eq!(outcomes.checkpoint().open.first(), Some(&2));
            }
        }
    }
    assert_eq!((positions, panics), (vec![0, 1, 2, 3, 4], 1));
    assert_eq!(outcomes.progress().succeeded, 5);
}

/// The reader lives on another runtime than the one on which the sends were begun.
#[test]
fn sends_that_ended_with_their_runtime_have_an_outcome() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    let bulk = Bulk::new(0..2, |_| std::future::pending::<Result<usize, Error>>());
    let mut outcomes = bulk.concurrency(2).in_order();
    let first = runtime();
    first.block_on(async {
        assert!(outcomes.next().now_or_never().is_none());
    });
    drop(first);
    let read = runtime().block_on(read(&mut outcomes));
    assert_eq!(read.len(), 2);
    for outcome in read {
        let error = outcome.result.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Aborted), "{error:?}");
        assert!(error.may_have_been_processed());
    }
}
