//! The attempts to deliver callbacks, as they are made.

use std::fmt;
use std::sync::Arc;

use chrono::SecondsFormat;
use tokio::sync::watch;

use super::error::ControlError;
use crate::model::callback::{Attempt, Callback};
use crate::store::{Store, callbacks};

/// A log of the attempts to deliver callbacks, in order; returned by
/// [`Sandbox::callback_log`](crate::Sandbox::callback_log).
///
/// It reads from the store on demand, so a slow reader holds up nothing and misses nothing.
pub struct CallbackLog {
    store: Arc<Store>,
    changes: watch::Receiver<u64>,
    place: i64,
}

/// An attempt to deliver a callback. Displayed as one line: time, trigger, target without credentials and query,
/// response, number of the attempt, message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedAttempt {
    /// The callback with the attempts so far.
    pub callback: Callback,
    /// The attempt.
    pub attempt: Attempt,
    /// The attempt's number, from 1.
    pub number: usize,
}

impl CallbackLog {
    pub(crate) async fn open(store: &Arc<Store>) -> Result<Self, ControlError> {
        let changes = store.changes();
        let place = store
            .read(|scope| callbacks::last_attempt(scope.tx))
            .await?;
        Ok(Self {
            store: Arc::clone(store),
            changes,
            place,
        })
    }

    /// Returns the next attempt, as soon as there is one. `None` when the sandbox has stopped.
    pub async fn next(&mut self) -> Option<LoggedAttempt> {
        loop {
            let place = self.place;
            let read = self
                .store
                .read(move |scope| callbacks::attempt_after(scope.tx, place));
            if let Some((place, callback, number)) = read.await.ok()? {
                self.place = place;
                if let Some(attempt) = callback.attempts.get(number.wrapping_sub(1)).cloned() {
                    return Some(LoggedAttempt {
                        callback,
                        attempt,
                        number,
                    });
                }
                continue;
            }
            tokio::select! {
                changed = self.changes.changed() => changed.ok()?,
                () = self.store.state.stopped() => return None,
            }
        }
    }
}

impl fmt::Debug for CallbackLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallbackLog").finish_non_exhaustive()
    }
}

impl fmt::Display for LoggedAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (callback, attempt) = (&self.callback, &self.attempt);
        let time = attempt.at.to_rfc3339_opts(SecondsFormat::Millis, true);
        write!(
            f,
            "{time} {} {} ",
            callback.trigger,
            callback.shown_target()
        )?;
        match (&attempt.status, &attempt.problem) {
            (Some(status), _) => write!(f, "{status}")?,
            (None, problem) => write!(f, "({})", problem.as_deref().unwrap_or("no response"))?,
        }
        write!(f, " attempt={}", self.number)?;
        if attempt.replay {
            write!(f, " replay")?;
        }
        match callback.message_id() {
            Some(id) => write!(f, " message={id}"),
            None => Ok(()),
        }
    }
}
