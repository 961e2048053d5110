//! Waiting for the delivery of a message, by the reports that come in.

use std::num::NonZeroUsize;
use std::time::Duration;

use serde_json::json;
use sinch_conversation::MessageId;
use sinch_conversation::types::DeliveryStatus;
use sinch_conversation::webhook::{Deliveries, Event, Receiver};
use tokio::time::Instant;

use crate::server::verifier;

const MINUTE: Duration = Duration::from_secs(60);

fn report_at(id: &str, status: &str, time: &str) -> Event {
    Event::from_json(json!({"app_id": "a", "project_id": "p", "event_time": time,
        "message_delivery_report": {"message_id": id, "status": status}}))
}

fn report(id: &str, status: &str) -> Event {
    report_at(id, status, "")
}

fn status(delivery: &sinch_conversation::webhook::Delivery) -> DeliveryStatus {
    delivery.report().status().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn a_report_that_came_before_the_wait_is_not_missed() {
    let deliveries = Deliveries::new();
    deliveries.observe(&report("01M", "QUEUED_ON_CHANNEL"));
    deliveries.observe(&report("01M", "DELIVERED"));
    let id = MessageId::new("01M").unwrap();
    let delivery = deliveries.wait_for(&id, Duration::ZERO).await.unwrap();
    assert_eq!(status(&delivery), DeliveryStatus::Delivered);
}

#[tokio::test(start_paused = true)]
async fn everybody_who_waits_gets_the_final_report() {
    let deliveries = Deliveries::new();
    let waiting: Vec<_> = (0..10)
        .map(|_| {
            let deliveries = deliveries.clone();
            tokio::spawn(async move { deliveries.wait_for("01M", MINUTE).await })
        })
        .collect();
    tokio::task::yield_now().await;
    for event in [
        report("02M", "DELIVERED"),
        report("01M", "QUEUED_ON_CHANNEL"),
        report("01M", "SWITCHING_CHANNEL"),
        Event::from_json(json!({"app_id": "a", "project_id": "p", "message": {"id": "01M"}})),
    ] {
        deliveries.observe(&event);
        tokio::task::yield_now().await;
        assert!(waiting.iter().all(|waiting| !waiting.is_finished()));
    }
    let reported = Instant::now();
    deliveries.observe(&report("01M", "FAILED"));
    for waiting in waiting {
        let delivery = waiting.await.unwrap().unwrap();
        assert_eq!(status(&delivery), DeliveryStatus::Failed);
    }
    assert_eq!(reported.elapsed(), Duration::ZERO);
    assert!(format!("{deliveries:?}").contains("waiting: 0"));
}

/// Reports and waits race on several threads; a lost wake-up would wait for an hour.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_wake_up_is_lost() {
    let deliveries = Deliveries::new();
    for round in 0..500 {
        let id = round.to_string();
        let (waiter, reporter) = (deliveries.clone(), deliveries.clone());
        let (to_wait, to_report) = (id.clone(), report(&id, "READ"));
        let wait = tokio::spawn(async move { waiter.wait_for(to_wait, 60 * MINUTE).await });
        let note = tokio::spawn(async move { reporter.observe(&to_report) });
        note.await.unwrap();
        let delivery = tokio::time::timeout(MINUTE, wait).await;
        assert!(delivery.unwrap().unwrap().is_ok(), "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_time_out_says_what_is_known_and_leaves_nothing_behind() {
    let deliveries = Deliveries::new();
    let error = deliveries.wait_for("01M", MINUTE).await.unwrap_err();
    assert_eq!((error.timeout, &error.last), (MINUTE, &None));
    deliveries.observe(&report("01M", "QUEUED_ON_CHANNEL"));
    let error = deliveries.wait_for("01M", MINUTE).await.unwrap_err();
    assert_eq!(
        status(&error.last.unwrap()),
        DeliveryStatus::QueuedOnChannel
    );
    assert!(format!("{deliveries:?}").contains("waiting: 0"));

    // One of two gives up, the other still gets the report.
    let other = deliveries.clone();
    let patient = tokio::spawn(async move { other.wait_for("01M", 3 * MINUTE).await });
    tokio::task::yield_now().await;
    deliveries.wait_for("01M", MINUTE).await.unwrap_err();
    deliveries.observe(&report("01M", "DELIVERED"));
    assert!(patient.await.unwrap().is_ok());
}

#[test]
fn an_older_report_that_comes_late_changes_nothing() {
    let deliveries = Deliveries::new();
    let (early, late) = ("2025-01-02T03:04:05Z", "2025-01-02T03:04:06.5Z");
    for (event, expected) in [
        (
            report_at("01M", "SWITCHING_CHANNEL", late),
            DeliveryStatus::SwitchingChannel,
        ),
        (
            report_at("01M", "QUEUED_ON_CHANNEL", early),
            DeliveryStatus::SwitchingChannel,
        ),
        (
            report_at("01M", "DELIVERED", early),
            DeliveryStatus::Delivered,
        ),
        (
            report_at("01M", "QUEUED_ON_CHANNEL", late),
            DeliveryStatus::Delivered,
        ),
        (report_at("01M", "READ", late), DeliveryStatus::Read),
        (report_at("01M", "DELIVERED", early), DeliveryStatus::Read),
    ] {
        deliveries.observe(&event);
        assert_eq!(status(&deliveries.latest("01M").unwrap()), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn reports_are_bounded_by_number_and_age() {
    let deliveries = Deliveries::new()
        .capacity(NonZeroUsize::new(3).unwrap())
        .max_age(MINUTE);
    for id in 0..1_000 {
        deliveries.observe(&report(&id.to_string(), "DELIVERED"));
    }
    assert!(format!("{deliveries:?}").contains("reports: 3"));
    assert!(deliveries.latest("996").is_none() && deliveries.latest("997").is_some());
    tokio::time::advance(MINUTE).await;
    deliveries.observe(&report("new", "DELIVERED"));
    assert!(format!("{deliveries:?}").contains("reports: 1"));
}

#[tokio::test]
async fn a_receiver_passes_reports_on() {
    let deliveries = Deliveries::new();
    let receiver = Receiver::new(verifier()).deliveries(&deliveries);
    let body = report("01M", "DELIVERED").raw().to_string();
    let headers = verifier().sign_for_test(body.as_bytes());
    let waiting = deliveries.wait_for("01M", MINUTE);
    let (delivery, event) = tokio::join!(waiting, receiver.receive(&headers, body.as_bytes()));
    let delivery = delivery.unwrap();
    assert!(delivery.report().is_delivered());
    let shown = format!("{delivery:?}");
    assert_eq!(
        shown,
        r#"Delivery { message_id: Some("01M"), status: Some(Delivered), .. }"#
    );
    drop(event.unwrap());
}
