use super::*;

fn at(seconds: i64) -> Time {
    Time::from_micros(seconds * 1_000_000)
}

fn queue() -> AppQueue {
    AppQueue::per_second(1).depth(3)
}

#[test]
fn a_queue_is_emptied_at_its_rate() {
    let full = at(13);
    assert_eq!(queue().room(at(10), at(10)), 3);
    assert_eq!(queue().room(full, at(10)), 0);
    assert_eq!(queue().opens_at(full), at(11));
    assert_eq!(queue().room(full, at(11)), 1);
    assert_eq!(queue().room(queue().empty_at(full, at(100)), at(100)), 3);
}

#[test]
fn a_queue_that_a_wrong_clock_filled_is_full_and_no_more() {
    assert_eq!(queue().empty_at(at(73), at(10)), at(73));
    assert_eq!(queue().empty_at(at(74), at(10)), at(13));
}

#[test]
fn settings_that_make_no_sense_stop_nothing() {
    let odd = AppQueue::every(Duration::ZERO).depth(0);
    assert_eq!(odd.room(at(10), at(10)), 1);
    let endless = AppQueue::every(Duration::MAX).depth(u32::MAX);
    assert!(endless.room(endless.empty_at(at(10), at(10)), at(10)) > 0);
    assert_eq!(AppQueue::per_second(0), AppQueue::per_second(1));
}

#[test]
fn the_channel_is_the_first_that_the_request_names() {
    let key = |json: &str| PaceKey::of_request(json);
    let identities = r#""recipient": {"identified_by": {"channel_identities":
        [{"channel": "RCS", "identity": "+46"}, {"channel": "SMS", "identity": "+46"}]}}"#;
    assert_eq!(
        key(&format!(r#"{{"app_id": "a", {identities}}}"#)),
        Some(PaceKey::new("a").channel("RCS"))
    );
    let ordered = format!(r#"{{"app_id": "a", "channel_priority_order": ["SMS"], {identities}}}"#);
    assert_eq!(key(&ordered), Some(PaceKey::new("a").channel("SMS")));
    let contact = r#"{"app_id": "\u0061", "recipient": {"contact_id": "c"}}"#;
    assert_eq!(key(contact), Some(PaceKey::new("a")));
    assert_eq!(key("no JSON"), None);
}

#[test]
fn a_channel_counts_for_its_app_too() {
    let pace = Pace::default()
        .app("a", AppQueue::per_second(1).depth(5))
        .channel("a", "SMS", queue());
    let (sms, rcs) = (
        PaceKey::new("a").channel("SMS"),
        PaceKey::new("a").channel("RCS"),
    );
    let mut pacer = Pacer::new(Some(&pace), at(10));
    for key in [&sms, &rcs] {
        pacer.know(key, |_| Ok::<_, ()>(at(0))).unwrap();
    }
    assert_eq!((pacer.room(&sms), pacer.room(&rcs)), (3, 5));
    for _ in 0..3 {
        pacer.take(&sms);
    }
    assert_eq!((pacer.room(&sms), pacer.room(&rcs)), (0, 2));
    assert_eq!(pacer.opens_at(&sms), Some(at(11)));
    let mut kept: Vec<_> = pacer.changed().collect();
    kept.sort();
    assert_eq!(kept, [(&PaceKey::new("a"), at(13)), (&sms, at(13))]);
}
