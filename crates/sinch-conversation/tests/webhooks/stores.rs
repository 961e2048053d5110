//! The replay guard without a web server: its bound, and stores of one's own.

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use sinch_conversation::webhook::{
    Claim, MemoryNonces, MemoryNoncesError, NonceFuture, NonceStore, Receiver, Verifier,
    WebhookError,
};
use tokio::sync::Mutex;

const BODY: &[u8] = br#"{"app_id": "a", "project_id": "p", "message": {"id": "01M"}}"#;

fn verifier() -> Verifier {
    Verifier::new(["hush"]).unwrap()
}

/// A store behind something slow, which two processes could share.
#[derive(Debug, Default)]
struct Shared(Mutex<HashSet<String>>);

impl NonceStore for Shared {
    fn claim<'a>(&'a self, nonce: &'a str, until: SystemTime) -> NonceFuture<'a, Claim> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            assert!(until > SystemTime::now());
            let is_new = self.0.lock().await.insert(nonce.to_owned());
            Ok(if is_new { Claim::New } else { Claim::Known })
        })
    }

    fn release<'a>(&'a self, nonce: &'a str) -> NonceFuture<'a, ()> {
        Box::pin(async move {
            self.0.lock().await.remove(nonce);
            Ok(())
        })
    }
}

/// A store that cannot be reached.
#[derive(Debug)]
struct Down;

impl NonceStore for Down {
    fn claim<'a>(&'a self, _: &'a str, _: SystemTime) -> NonceFuture<'a, Claim> {
        Box::pin(async { Err("connection refused".into()) })
    }

    fn release<'a>(&'a self, _: &'a str) -> NonceFuture<'a, ()> {
        Box::pin(async { Err("connection refused".into()) })
    }
}

#[tokio::test]
async fn two_receivers_with_one_store_take_a_callback_in_once() {
    let store = Arc::new(Shared::default());
    let here = Receiver::new(verifier()).nonces(Arc::clone(&store));
    let there = Receiver::new(verifier()).nonces(store);
    let headers = verifier().sign_for_test(BODY);

    let event = here.receive(&headers, BODY).await.unwrap();
    let replayed = there.receive(&headers, BODY).await;
    assert!(matches!(replayed, Err(WebhookError::Replayed)));

    event.release().await.unwrap();
    let again = there.receive(&headers, BODY).await.unwrap();
    assert_eq!(again.trigger().as_str(), "MESSAGE_INBOUND");
}

#[tokio::test]
async fn clones_of_a_receiver_share_what_they_have_seen() {
    let receiver = Receiver::new(verifier());
    let headers = verifier().sign_for_test(BODY);
    receiver.clone().receive(&headers, BODY).await.unwrap();
    let replayed = receiver.clone().receive(&headers, BODY).await.unwrap_err();
    assert_eq!(replayed.status(), 200);
}

#[tokio::test]
async fn without_its_store_a_receiver_takes_nothing_in() {
    let receiver = Receiver::new(verifier()).nonces(Down);
    let headers = verifier().sign_for_test(BODY);
    let error = receiver.receive(&headers, BODY).await.unwrap_err();
    assert_eq!(error.status(), 503);
    match error {
        WebhookError::NonceStore(cause) => assert_eq!(cause.to_string(), "connection refused"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_thousand_nonces_beyond_the_bound_take_no_room() {
    let store = Arc::new(MemoryNonces::with_capacity(NonZeroUsize::new(100).unwrap()));
    let receiver = Receiver::new(verifier()).nonces(Arc::clone(&store));
    let (mut taken, mut refused) = (0, 0);
    for _ in 0..1_100 {
        match receiver
            .receive(&verifier().sign_for_test(BODY), BODY)
            .await
        {
            Ok(_) => taken += 1,
            Err(WebhookError::NonceStore(cause)) => {
                let cause = cause.downcast::<MemoryNoncesError>().unwrap();
                assert!(matches!(
                    *cause,
                    MemoryNoncesError::Full { capacity: 100, .. }
                ));
                refused += 1;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!((taken, refused, store.len()), (100, 1_000, 100));
}

#[tokio::test]
async fn what_is_not_authentic_takes_no_room() {
    let store = Arc::new(MemoryNonces::new());
    let receiver = Receiver::new(verifier()).nonces(Arc::clone(&store));
    let forger = Verifier::new(["other"]).unwrap();
    for _ in 0..100 {
        let forged = receiver.receive(&forger.sign_for_test(BODY), BODY).await;
        assert!(matches!(forged, Err(WebhookError::Verify(_))));
    }
    assert!(store.is_empty());
}

#[tokio::test]
async fn nonces_that_left_the_window_make_room() {
    let store = MemoryNonces::with_capacity(NonZeroUsize::MIN);
    let now = SystemTime::now();
    let (past, future) = (
        now - Duration::from_secs(1),
        now + Duration::from_secs(3600),
    );
    assert_eq!(store.claim("gone", past).await.unwrap(), Claim::New);
    assert_eq!(store.claim("new", future).await.unwrap(), Claim::New);
    assert!(store.claim("one more", future).await.is_err());
    store.release("new").await.unwrap();
    assert_eq!(store.claim("one more", future).await.unwrap(), Claim::New);
}

#[tokio::test]
async fn a_window_without_end_can_be_remembered() {
    let endless = verifier().window(Duration::MAX);
    let receiver = Receiver::new(endless.clone());
    let headers = endless.sign_for_test_at(BODY, "n", SystemTime::UNIX_EPOCH);
    receiver.receive(&headers, BODY).await.unwrap();
    let replayed = receiver.receive(&headers, BODY).await;
    assert!(matches!(replayed, Err(WebhookError::Replayed)));
}

#[tokio::test]
async fn debug_shows_neither_secrets_nor_nonces() {
    let receiver = Receiver::new(verifier());
    let headers = verifier().sign_for_test_at(BODY, "the-nonce", SystemTime::now());
    receiver.receive(&headers, BODY).await.unwrap();
    let text = format!("{receiver:?}");
    assert!(text.contains("len: 1"), "{text}");
    assert!(
        !text.contains("hush") && !text.contains("the-nonce"),
        "{text}"
    );
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_before_its_signature_is_computed() {
    let receiver = Receiver::new(verifier()).body_limit(10);
    let error = receiver.receive(&http::HeaderMap::new(), BODY).await;
    let error = error.unwrap_err();
    assert_eq!(error.status(), 413);
    assert!(matches!(error, WebhookError::TooLarge { limit: 10, .. }));
}
