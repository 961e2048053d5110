//! Requests that are made again when they failed with what may pass.

use std::future::Future;
use std::time::Duration;

use super::StoreError;

/// How often a request to the store is made that failed with what may pass, and the pause between.
const TRIES: u32 = 5;
const TRY_PAUSE: Duration = Duration::from_millis(200);

/// How long a server that cannot be reached is waited for.
const OUTAGE: Duration = Duration::from_secs(60);

/// Asks the store again, a few times, when it failed with what may pass.
pub(crate) async fn patiently<T, F>(mut ask: impl FnMut() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let start = tokio::time::Instant::now();
    let mut tries = 1;
    loop {
        match ask().await {
            Err(error) if error.is_transient() => {
                let is_over = match error {
                    StoreError::Disconnected(_) => start.elapsed() >= OUTAGE,
                    _ => tries >= TRIES,
                };
                if is_over {
                    return Err(error);
                }
                tries += 1;
                tokio::time::sleep(TRY_PAUSE).await;
            }
            other => return other,
        }
    }
}
