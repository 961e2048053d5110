//! A wall clock that goes back, after which callbacks are in the window again that had left it.

use std::time::{Duration, SystemTime};

use sinch_conversation::webhook::{Begun, EventStore, MemoryEvents, MemoryEventsError};

use crate::stores::key;

/// For the store, a clock that went back is an event whose time is over and that comes again.
#[tokio::test]
async fn an_event_that_was_forgotten_is_not_new_again() {
    let store = MemoryEvents::new().max_age(Duration::ZERO);
    let handle = async |id: &str, until| match store.begin(&key(id), until).await.unwrap() {
        Begun::New(claim) => claim.done().await.unwrap(),
        other => panic!("{id}: {other:?}"),
    };
    let now = SystemTime::now();
    let over = now - Duration::from_secs(10);
    handle("forgotten", over).await;
    // Any event forgets what is over.
    let later = now + Duration::from_secs(300);
    handle("another", later).await;
    assert_eq!(store.len(), 1);

    for (id, until) in [
        ("forgotten", over),
        ("may have been seen", over),
        ("older", over - Duration::from_secs(1)),
    ] {
        let error = store.begin(&key(id), until).await.unwrap_err();
        let error = error.downcast::<MemoryEventsError>().unwrap();
        assert_eq!(*error, MemoryEventsError::Forgotten, "{id}");
    }
    handle("younger", over + Duration::from_nanos(1)).await;
    let another = store.begin(&key("another"), later).await.unwrap();
    assert!(matches!(another, Begun::Handled), "{another:?}");
}
