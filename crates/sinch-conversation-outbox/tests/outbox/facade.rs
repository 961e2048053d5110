//! What an application calls.

use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt;
use sinch_conversation::webhook::Event;
use sinch_conversation_outbox::store::{Claim, Receipt, RowFilter, Store};
use sinch_conversation_outbox::{
    Clock, Evidence, ExportError, NewRow, Outbox, Pause, RowId, SqliteStore, State, StoreError,
    SystemClock, Time, WorkerId,
};

const QUEUE: &str = "q";

fn outbox() -> (SqliteStore, Outbox<SqliteStore>) {
    let store = SqliteStore::builder().open_in_memory().unwrap();
    (store.clone(), Outbox::new(store, QUEUE))
}

async fn claims(store: &SqliteStore) -> usize {
    let claim = Claim {
        queue: QUEUE.to_owned(),
        worker: WorkerId::random(),
        now: SystemClock.now(),
        lease: Duration::ZERO,
        limit: 1,
        rate: None,
        pace: None,
        begin_until: None,
    };
    store.sweep(QUEUE, SystemClock.now(), 100).await.unwrap();
    store.claim(claim).await.unwrap().rows.len()
}

fn receipt(correlation: &str) -> Event {
    let body = format!(
        r#"{{"correlation_id": "{correlation}", "message_delivery_report": {{"message_id": "01M", "status": "READ"}}}}"#
    );
    Event::from_slice(body.as_bytes()).unwrap()
}

#[tokio::test]
async fn rows_are_found_by_id_and_by_key() {
    let (_, outbox) = outbox();
    let row = NewRow::new("{}").dedup_key("order-1");
    let stored = outbox.enqueue([row]).await.unwrap()[0];
    let by_id = outbox.find(stored.id).await.unwrap();
    assert_eq!(by_id, outbox.find_by_key("order-1").await.unwrap());
    assert_eq!(by_id.unwrap().dedup_key.as_deref(), Some("order-1"));
    assert_eq!(outbox.find_by_key("order-2").await, Ok(None));
}

#[tokio::test]
async fn each_callback_has_its_row() {
    let (_, outbox) = outbox();
    let rows = outbox
        .enqueue([NewRow::new("{}"), NewRow::new("{}")])
        .await
        .unwrap();
    let nothing = Event::from_slice(br#"{"contact_create_notification": {}}"#).unwrap();
    let events = [
        receipt(&rows[1].id.to_string()),
        nothing,
        receipt("ffffffffffffffffffffffffffffffff"),
        receipt(&rows[0].id.to_string()),
    ];
    let found = outbox.receive(&events).await.unwrap();
    assert_eq!(
        found,
        [Some(rows[1].id), None, Some(rows[1].id), Some(rows[0].id)]
    );
    let counts = outbox.status().await.unwrap().counts;
    assert_eq!(counts.of(State::Read), 2);
}

#[tokio::test]
async fn queues_and_groups_are_paused_and_resumed() {
    let (store, outbox) = outbox();
    outbox
        .enqueue([NewRow::new("{}").group("g")])
        .await
        .unwrap();
    outbox.pause("a holiday").await.unwrap();
    assert_eq!(claims(&store).await, 0);
    let status = outbox.status().await.unwrap();
    assert_eq!(status.paused.as_deref(), Some("a holiday"));
    outbox.resume().await.unwrap();
    outbox.pause_group("g").await.unwrap();
    assert_eq!(claims(&store).await, 0);
    outbox.resume_group("g").await.unwrap();
    assert_eq!(claims(&store).await, 1);
}

#[tokio::test]
async fn a_large_group_is_cancelled_and_purged_as_a_whole() {
    let (_, outbox) = outbox();
    let rows = (0..2_500).map(|_| NewRow::new("{}").group("g"));
    outbox.enqueue(rows).await.unwrap();
    outbox.enqueue([NewRow::new("{}")]).await.unwrap();
    assert_eq!(outbox.cancel_group("g").await, Ok(2_500));
    let counts = outbox.group_status("g").await.unwrap().counts;
    assert_eq!(
        (counts.of(State::Cancelled), counts.total()),
        (2_500, 2_500)
    );
    let later: Time = SystemClock.now().plus(Duration::from_secs(1));
    assert_eq!(outbox.purge(&[State::Cancelled], later).await, Ok(2_500));
    let counts = outbox.status().await.unwrap().counts;
    assert_eq!((counts.of(State::Queued), counts.total()), (1, 1));
}

#[tokio::test]
async fn progress_is_told_until_the_store_fails() {
    let (store, outbox) = outbox();
    let rows = [NewRow::new("{}").group("g"), NewRow::new("{}")];
    let rows = outbox.enqueue(rows).await.unwrap();
    outbox.pause("a holiday").await.unwrap();
    let once = outbox.progress(None).await.unwrap();
    let reason = "a holiday".to_owned();
    assert_eq!(
        (once.counts.waiting(), once.pause),
        (2, Some(Pause::Queue { reason }))
    );
    outbox.resume().await.unwrap();
    let every = Duration::from_millis(1);
    let mut looks = pin!(outbox.progress_every(every, Some("g")));
    let first = looks.next().await.unwrap().unwrap();
    assert_eq!((first.counts.waiting(), first.counts.total()), (1, 1));
    assert_eq!((first.rate, first.pause), (None, None));
    outbox
        .receive(&[receipt(&rows[0].id.to_string())])
        .await
        .unwrap();
    let second = looks.next().await.unwrap().unwrap();
    assert!(second.rate.unwrap() > 0.0);
    assert_eq!(second.time_left, Some(Duration::ZERO));
    store.close();
    assert_eq!(looks.next().await, Some(Err(StoreError::Closed)));
    assert_eq!(looks.next().await, None);
}

#[tokio::test]
async fn failures_are_exported_and_sent_again() {
    let (store, outbox) = outbox();
    let rows = (0..1_200).map(|number| {
        let secret = format!(r#"{{"to": "+4670{number:07}"}}"#);
        NewRow::new(secret)
            .dedup_key(format!("order-{number}"))
            .group("g")
    });
    let rows = outbox.enqueue(rows).await.unwrap();
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let receipts = ids.iter().map(|id| Receipt {
        row: Some(*id),
        message_id: Some(format!("m{id}")),
        evidence: Evidence::Failed,
        reason: Some("RECIPIENT_NOT_REACHABLE: \"off\", or away".to_owned()),
    });
    let at = Time::from_micros(1_700_000_000_000_000);
    store.receive(receipts.collect(), at).await.unwrap();
    let mut target = Vec::new();
    let failures = RowFilter::failures().group("g");
    assert_eq!(
        outbox.export(failures.clone(), &mut target).await.unwrap(),
        1_200
    );
    let mut reader = csv::Reader::from_reader(&target[..]);
    let header = reader
        .headers()
        .unwrap()
        .iter()
        .collect::<Vec<_>>()
        .join(" ");
    assert_eq!(
        header,
        "id state reason_code reason dedup_key group message_id requests stored changed"
    );
    let records: Vec<_> = reader.records().map(Result::unwrap).collect();
    let exported: Vec<RowId> = records
        .iter()
        .map(|record| record[0].parse().unwrap())
        .collect();
    assert_eq!(exported, ids);
    let last = &records[1_199];
    assert_eq!((&last[1], &last[2]), ("failed", "RECIPIENT_NOT_REACHABLE"));
    assert_eq!(&last[3], "RECIPIENT_NOT_REACHABLE: \"off\", or away");
    assert_eq!((&last[4], &last[5], &last[7]), ("order-1199", "g", "0"));
    assert_eq!(&last[9], "2023-11-14T22:13:20.000000Z");
    assert!(!String::from_utf8(target).unwrap().contains("+4670"));

    assert_eq!(outbox.retry(ids.clone()).await, Ok(1_200));
    assert_eq!(outbox.retry(ids).await, Ok(0));
    assert_eq!(
        outbox.status().await.unwrap().counts.of(State::Queued),
        1_200
    );
    store.close();
    let closed = outbox.export(failures, &mut Vec::new()).await;
    assert!(matches!(
        closed,
        Err(ExportError::Store(StoreError::Closed))
    ));
}

/// For programs: a spreadsheet would take these for formulas, and a quote before them would make other keys of them.
#[tokio::test]
async fn cells_are_exported_as_they_are_stored() {
    let (store, outbox) = outbox();
    let keys = [
        "=1+1",
        "+46700000001",
        "-1",
        "@SUM(1)",
        "\t=1",
        "a \"b\",\r\nc",
    ];
    let rows = keys.map(|key| NewRow::new("{}").dedup_key(key).group(key));
    let rows = outbox.enqueue(rows).await.unwrap();
    let receipts = rows.iter().zip(keys).map(|(row, key)| Receipt {
        row: Some(row.id),
        message_id: None,
        evidence: Evidence::Failed,
        reason: Some(key.to_owned()),
    });
    let receipts = receipts.collect();
    store.receive(receipts, SystemClock.now()).await.unwrap();
    let mut target = Vec::new();
    let written = outbox.export(RowFilter::failures(), &mut target).await;
    assert_eq!(written.unwrap(), 6);
    let mut reader = csv::Reader::from_reader(&target[..]);
    for (record, key) in reader.records().zip(keys) {
        let record = record.unwrap();
        assert_eq!([&record[3], &record[4], &record[5]], [key; 3]);
        let found = outbox.find_by_key(&record[4]).await.unwrap().unwrap();
        assert_eq!(found.id.to_string(), &record[0]);
    }
}

#[tokio::test]
async fn an_address_is_a_file_or_a_server_and_is_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let outbox = Outbox::open(file.to_str().unwrap(), QUEUE).await.unwrap();
    let stored = outbox.enqueue([NewRow::new("{}")]).await.unwrap();
    let same = Outbox::new(SqliteStore::open(&file).unwrap(), QUEUE);
    assert!(same.find(stored[0].id).await.unwrap().is_some());
    for address in [
        "mysql://user:s3cret@host/database",
        "postgres://user:s3cret@host:port/database",
        "postgresql://user:s3cret@host/database?unknown=1",
    ] {
        let error = Outbox::open(address, QUEUE).await.unwrap_err();
        assert!(matches!(error, StoreError::Address(_)), "{error}");
        let text = format!("{error} {error:?}");
        assert!(
            !text.contains("s3cret") && text.contains("postgres://"),
            "{text}"
        );
    }
    assert!(!format!("{outbox:?}").contains("outbox.db"));
}
