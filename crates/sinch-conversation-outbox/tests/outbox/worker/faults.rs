//! What a worker does when requests, the sender or the store fail.

use super::*;

pub(super) async fn a_fault_that_everybody_meets_pauses_the_queue_and_fails_no_row(
    store: impl Store + Clone,
) {
    let sender = Scripted::new(|number| match number {
        1 => Reply::Fatal {
            reason: "wrong key".to_owned(),
        },
        _ => accepted(),
    });
    fill(&store, 100, &NewRow::new("{}")).await;
    let worker =
        Worker::new(store.clone(), sender.clone(), QUEUE).options(options().concurrency(10));
    tokio::spawn(worker.run());
    let paused = async {
        while status(&store).await.paused.is_none() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(SOON, paused).await.unwrap();
    until(&store, State::Queued, 100).await;
    // Long enough for what must not happen to happen.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let status = status(&store).await;
    assert_eq!(status.paused.as_deref(), Some("wrong key"));
    assert_eq!(status.counts.of(State::Queued), 100);
    assert!(sender.total() <= 10, "{}", sender.total());
    // Each row meets it once more, until somebody has mended it.
    let resume = async {
        loop {
            let now = SystemClock.now();
            store.control(QUEUE, Control::Resume, now).await.unwrap();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        () = resume => {},
        () = until(&store, State::Accepted, 100) => {},
    }
}

pub(super) async fn a_429_makes_all_workers_wait(store: impl Store + Clone) {
    let sender = Scripted::new(|number| match number {
        1 => Reply::Throttled {
            retry_after: Some(Duration::from_millis(300)),
            reason: reason(),
        },
        _ => accepted(),
    });
    fill(&store, 3, &NewRow::new("{}")).await;
    for _ in 0..3 {
        let worker = Worker::new(store.clone(), sender.clone(), QUEUE).options(options());
        tokio::spawn(worker.run());
    }
    until(&store, State::Accepted, 3).await;
    let times = sender.seen.lock().unwrap().times.clone();
    assert!(times[3] - times[0] >= Duration::from_millis(290));
}

#[tokio::test]
async fn a_pause_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let pause = Duration::from_millis(700);
    let reply = Reply::NotProcessed {
        retry_after: Some(pause),
        reason: reason(),
    };
    let sender = Scripted::new(move |number| {
        if number == 1 {
            reply.clone()
        } else {
            accepted()
        }
    });
    for _ in 0..2 {
        let store = SqliteStore::open(&file).unwrap();
        if sender.total() == 0 {
            fill(&store, 1, &NewRow::new("{}")).await;
        }
        let worker = Worker::new(store.clone(), sender.clone(), QUEUE).options(options());
        let stop = worker.stop_handle();
        let running = tokio::spawn(worker.run());
        let state = if sender.total() == 0 {
            State::Queued
        } else {
            State::Accepted
        };
        while sender.total() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        until(&store, state, 1).await;
        stop.stop();
        running.await.unwrap().unwrap();
        store.close();
    }
    let times = sender.seen.lock().unwrap().times.clone();
    assert_eq!(times.len(), 2);
    assert!(times[1] - times[0] >= pause - Duration::from_millis(10));
}

pub(super) async fn an_api_that_does_not_answer_leaves_few_unknown_rows(store: impl Store + Clone) {
    let (store, sender) = (
        store,
        Scripted::new(|_| Reply::Unknown { reason: reason() }),
    );
    fill(&store, 1000, &NewRow::new("{}")).await;
    let options = options()
        .concurrency(8)
        .pauses(Duration::from_millis(100), SOON);
    let worker = Worker::new(store.clone(), sender.clone(), QUEUE).options(options);
    tokio::spawn(worker.run());
    until(&store, State::Unknown, 8).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(sender.total() <= 14, "{}", sender.total());
}

pub(super) async fn a_sender_that_panics_leaves_an_unknown_row(store: impl Store + Clone) {
    let (store, sender) = (store, Scripted::new(|_| panic!("as the test says")));
    let row = fill(&store, 1, &NewRow::new("{}")).await[0].id;
    let worker = Worker::new(store.clone(), sender, QUEUE).options(options());
    let stop = worker.stop_handle();
    let running = tokio::spawn(worker.run());
    until(&store, State::Unknown, 1).await;
    assert!(find(&store, row).await.reason.unwrap().contains("panicked"));
    stop.stop();
    assert_eq!(running.await.unwrap().unwrap().unknown, 1);
}

pub(super) async fn a_request_without_an_answer_is_given_up(store: impl Store + Clone) {
    let sender = Scripted::new(|_| accepted()).delayed(SOON * 10);
    fill(&store, 1, &NewRow::new("{}")).await;
    let options = options().send_timeout(Duration::from_millis(50));
    let worker = Worker::new(store.clone(), sender, QUEUE).options(options);
    tokio::spawn(worker.run());
    until(&store, State::Unknown, 1).await;
}

#[tokio::test]
async fn a_worker_stops_when_its_store_fails() {
    let (store, sender) = (
        store(),
        Scripted::new(|_| accepted()).delayed(Duration::from_millis(20)),
    );
    fill(&store, 100, &NewRow::new("{}")).await;
    let worker =
        Worker::new(store.clone(), sender.clone(), QUEUE).options(options().concurrency(5));
    let running = tokio::spawn(worker.run());
    until(&store, State::Accepted, 5).await;
    store.close();
    let ended = tokio::time::timeout(SOON, running).await.unwrap().unwrap();
    assert_eq!(ended.unwrap_err(), StoreError::Closed);
    assert_eq!(sender.seen.lock().unwrap().at_once, 0);
}
