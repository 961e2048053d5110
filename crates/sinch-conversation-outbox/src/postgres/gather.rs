//! Callbacks that come while others are being stored share the next transaction.
//!
//! A commit waits for the disk, and one that announces something waits for each other such commit of the server. Whoever
//! has the turn stores what all have asked for. When it is gone before the end, its requests wait for the next one.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::connection::Pool;
use super::inbox;
use crate::inbox::NewEvent;
use crate::store::StoreError;
use crate::time::Time;

/// The most requests of one transaction, so that no answer waits for long.
const TOGETHER: usize = 64;

/// The requests that nobody stores yet.
#[derive(Default)]
pub(super) struct Gathering {
    waiting: Mutex<VecDeque<Waiting>>,
    turn: tokio::sync::Mutex<()>,
}

struct Waiting {
    inbox: String,
    events: Vec<NewEvent>,
    now: Time,
    answer: oneshot::Sender<Result<Vec<bool>, StoreError>>,
}

/// The requests of one transaction. Those without an answer go back.
struct Taken<'a> {
    gathering: &'a Gathering,
    requests: VecDeque<Waiting>,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut waiting = self.gathering.waiting();
        let later = std::mem::replace(&mut *waiting, std::mem::take(&mut self.requests));
        waiting.extend(later);
    }
}

impl Gathering {
    /// Stores events as [`EventStore::accept`](crate::inbox::EventStore::accept) does.
    pub(super) async fn accept(
        &self,
        pool: &Pool,
        inbox: &str,
        events: Vec<NewEvent>,
        now: Time,
    ) -> Result<Vec<bool>, StoreError> {
        let (answer, mut answered) = oneshot::channel();
        self.waiting().push_back(Waiting {
            inbox: inbox.to_owned(),
            events,
            now,
            answer,
        });
        loop {
            let turn = tokio::select! {
                biased;
                answer = &mut answered => return answer.unwrap_or(Err(StoreError::Closed)),
                turn = self.turn.lock() => turn,
            };
            self.store(pool, inbox).await;
            drop(turn);
        }
    }

    /// Stores what is waiting, or the first part of it.
    async fn store(&self, pool: &Pool, inbox: &str) {
        let mut taken = self.take(inbox);
        let all = taken.requests.iter().flat_map(|request| &request.events);
        let now = taken.requests.iter().map(|request| request.now).max();
        let (events, Some(now)) = (all.cloned().collect(), now) else {
            return;
        };
        match accept(pool, inbox, events, now).await {
            Ok(are_new) => {
                let mut are_new = are_new.into_iter();
                for request in taken.requests.drain(..) {
                    let own = are_new.by_ref().take(request.events.len()).collect();
                    // The caller may have gone.
                    let _ = request.answer.send(Ok(own));
                }
            }
            Err(error) if error.is_transient() || taken.requests.len() == 1 => {
                for request in taken.requests.drain(..) {
                    let _ = request.answer.send(Err(error.clone()));
                }
            }
            // What the store cannot keep must not keep others out.
            Err(_) => {
                while let Some(request) = taken.requests.front() {
                    let stored = accept(pool, inbox, request.events.clone(), request.now).await;
                    if let Some(request) = taken.requests.pop_front() {
                        let _ = request.answer.send(stored);
                    }
                }
            }
        }
    }

    fn take(&self, inbox: &str) -> Taken<'_> {
        let mut waiting = self.waiting();
        let mut requests = VecDeque::new();
        for request in std::mem::take(&mut *waiting) {
            if request.answer.is_closed() {
                // Nobody waits for the answer, so the API calls again.
                continue;
            }
            let is_taken = request.inbox == inbox && requests.len() < TOGETHER;
            let place = if is_taken {
                &mut requests
            } else {
                &mut *waiting
            };
            place.push_back(request);
        }
        Taken {
            gathering: self,
            requests,
        }
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn accept(
    pool: &Pool,
    inbox: &str,
    events: Vec<NewEvent>,
    now: Time,
) -> Result<Vec<bool>, StoreError> {
    let arguments = (inbox, events, now);
    let work = pool.transact(&arguments, |session, (inbox, events, now)| {
        Box::pin(inbox::accept(session, inbox, events, *now))
    });
    work.await
}
