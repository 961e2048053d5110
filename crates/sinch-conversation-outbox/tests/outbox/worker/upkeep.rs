//! What a worker does besides sending.

use super::*;
use sinch_conversation_outbox::{Outbox, Retention};

/// Rows that were settled a day ago: some as accepted, some as refused.
async fn old(store: &SqliteStore, rows: usize) -> Time {
    let before = SystemClock.now().minus(Duration::from_secs(86_400));
    let evidence = [Evidence::Accepted, Evidence::Failed];
    for evidence in evidence {
        let stored = store.enqueue(QUEUE, vec![NewRow::new("{}"); rows], before);
        let receipts = stored.await.unwrap().into_iter().map(|row| Receipt {
            row: Some(row.id),
            message_id: None,
            evidence,
            reason: None,
        });
        store.receive(receipts.collect(), before).await.unwrap();
    }
    before
}

fn keep(age: Duration) -> Retention {
    Retention::default().keep([State::Accepted, State::Queued], age)
}

#[tokio::test]
async fn a_worker_deletes_old_rows_of_the_states_that_are_set() {
    let (store, sender) = (store(), Scripted::new(|_| accepted()));
    old(&store, 1_200).await;
    fill(&store, 10, &NewRow::new("{}")).await;
    let options = options().retention(keep(Duration::from_secs(3600)));
    let worker = Worker::new(store.clone(), sender, QUEUE).options(options);
    tokio::spawn(worker.run());
    until(&store, State::Accepted, 10).await;
    let wait = async {
        while status(&store).await.counts.of(State::Accepted) > 10 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(SOON, wait).await.unwrap();
    until(&store, State::Accepted, 10).await;
    assert_eq!(status(&store).await.counts.of(State::Failed), 1_200);
}

#[tokio::test]
async fn an_outbox_is_tidied_as_a_whole() {
    let store = store();
    old(&store, 1_200).await;
    fill(&store, 10, &NewRow::new("{}")).await;
    let outbox = Outbox::new(store.clone(), QUEUE);
    assert_eq!(outbox.tidy(&keep(Duration::from_secs(90_000))).await, Ok(0));
    assert_eq!(outbox.tidy(&keep(Duration::ZERO)).await, Ok(1_200));
    let all = keep(Duration::ZERO).keep(State::ALL, Duration::ZERO);
    assert_eq!(outbox.tidy(&all).await, Ok(1_200));
    let counts = status(&store).await.counts;
    assert_eq!((counts.of(State::Queued), counts.total()), (10, 10));
}
