//! A wall clock that steps back, after which callbacks are in the window again that had left it.

use std::time::{Duration, SystemTime};

use sinch_conversation::webhook::{Claim, MemoryNonces, MemoryNoncesError, NonceStore};

/// For the store, a clock that stepped back is a nonce whose time is over and that comes again.
#[tokio::test]
async fn a_nonce_that_was_forgotten_is_not_new_again() {
    let store = MemoryNonces::new();
    let now = SystemTime::now();
    let over = now - Duration::from_secs(10);
    assert_eq!(store.claim("forgotten", over).await.unwrap(), Claim::New);
    // Any claim forgets what is over.
    let later = now + Duration::from_secs(300);
    assert_eq!(store.claim("another", later).await.unwrap(), Claim::New);
    assert_eq!(store.len(), 1);

    for (nonce, until) in [
        ("forgotten", over),
        ("may have been seen", over),
        ("older", over - Duration::from_secs(1)),
    ] {
        let error = store.claim(nonce, until).await.unwrap_err();
        let error = error.downcast::<MemoryNoncesError>().unwrap();
        assert_eq!(*error, MemoryNoncesError::Forgotten, "{nonce}");
    }
    let younger = over + Duration::from_nanos(1);
    assert_eq!(store.claim("younger", younger).await.unwrap(), Claim::New);
    assert_eq!(store.claim("another", later).await.unwrap(), Claim::Known);
}
