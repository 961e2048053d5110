//! Transactions, made again when another one was in the way.
//!
//! All run with READ COMMITTED, and lock what they change before they read it. The order of locks is the same
//! everywhere, so that they wait for each other without a deadlock: ordering keys, groups, rows by their place; then
//! the queue. A claim waits for no row, since it passes over those that are locked.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use super::connection::{Pool, Session};
use crate::backoff::Backoff;
use crate::store::StoreError;

/// For how long a transaction is made again, and how often when the cause is not another transaction.
const PATIENCE: Duration = Duration::from_secs(10);
const TRIES: u32 = 5;

/// The pauses between tries.
const BACKOFF: Backoff = Backoff::new(Duration::from_millis(10), Duration::from_secs(1));

pub(super) type Doing<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// The statements of a transaction, for its arguments.
pub(super) type Work<A, T> = for<'a> fn(&'a Session<'a>, &'a A) -> Doing<'a, T>;

/// Why a transaction failed.
struct Failure {
    error: StoreError,
    /// Whether nothing of it can have been stored.
    is_undone: bool,
}

impl Pool {
    /// Does work in a transaction.
    pub(super) async fn transact<A: Sync, T>(
        &self,
        arguments: &A,
        work: Work<A, T>,
    ) -> Result<T, StoreError> {
        let start = Instant::now();
        let mut tries = 1;
        loop {
            let failure = match self.attempt(arguments, work).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let is_passing = failure.is_undone && failure.error.is_transient();
            let is_conflict = failure.error == StoreError::Busy;
            let is_over = start.elapsed() > PATIENCE || (tries == TRIES && !is_conflict);
            if !is_passing || is_over {
                return Err(failure.error);
            }
            tokio::time::sleep(BACKOFF.pause(tries)).await;
            tries += 1;
        }
    }

    async fn attempt<A: Sync, T>(&self, arguments: &A, work: Work<A, T>) -> Result<T, Failure> {
        let undone = |error| Failure {
            error,
            is_undone: true,
        };
        let session = self.session().await.map_err(undone)?;
        session.execute_all("BEGIN").await.map_err(undone)?;
        let answer = match work(&session, arguments).await {
            Ok(answer) => answer,
            Err(error) => {
                // A connection that cannot do this is closed, which has the same effect.
                if session.execute_all("ROLLBACK").await.is_ok() {
                    session.give_back();
                }
                return Err(undone(error));
            }
        };
        let committed = session.execute_all("COMMIT").await;
        committed.map_err(|error| Failure {
            // The server may have stored it before the connection broke.
            is_undone: !matches!(error, StoreError::Disconnected(_)),
            error,
        })?;
        session.give_back();
        Ok(answer)
    }
}
