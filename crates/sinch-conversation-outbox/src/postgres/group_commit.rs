//! One transaction for the callbacks of concurrent requests.
//!
//! A commit waits for the disk, and the server makes commits that notify one after the other. So one request at a time is
//! the leader, and stores the events of all that are waiting. If its caller drops it before the end, they are stored by the
//! next leader.

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

/// The requests that are not part of a transaction yet.
#[derive(Default)]
pub(super) struct GroupCommit {
    waiting: Mutex<VecDeque<Waiting>>,
    leader: tokio::sync::Mutex<()>,
}

struct Waiting {
    inbox: String,
    events: Vec<NewEvent>,
    now: Time,
    answer: oneshot::Sender<Result<Vec<bool>, StoreError>>,
}

/// The requests of one transaction. Those without an answer are queued again when it is dropped.
struct Group<'a> {
    commit: &'a GroupCommit,
    requests: VecDeque<Waiting>,
}

impl Drop for Group<'_> {
    fn drop(&mut self) {
        let mut waiting = self.commit.waiting();
        let later = std::mem::replace(&mut *waiting, std::mem::take(&mut self.requests));
        waiting.extend(later);
    }
}

impl GroupCommit {
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
            let leader = tokio::select! {
                biased;
                answer = &mut answered => return answer.unwrap_or(Err(StoreError::Closed)),
                leader = self.leader.lock() => leader,
            };
            self.store(pool, inbox).await;
            drop(leader);
        }
    }

    /// Stores what is waiting, or the first part of it.
    async fn store(&self, pool: &Pool, inbox: &str) {
        let mut group = self.take(inbox);
        let all = group.requests.iter().flat_map(|request| &request.events);
        let now = group.requests.iter().map(|request| request.now).max();
        let (events, Some(now)) = (all.cloned().collect(), now) else {
            return;
        };
        match accept(pool, inbox, events, now).await {
            Ok(are_new) => {
                let mut are_new = are_new.into_iter();
                for request in group.requests.drain(..) {
                    let own = are_new.by_ref().take(request.events.len()).collect();
                    // The caller may have been dropped.
                    let _ = request.answer.send(Ok(own));
                }
            }
            Err(error) if error.is_transient() || group.requests.len() == 1 => {
                for request in group.requests.drain(..) {
                    let _ = request.answer.send(Err(error.clone()));
                }
            }
            // One event may be what the store refuses, so each request has a transaction of its own.
            Err(_) => {
                while let Some(request) = group.requests.front() {
                    let stored = accept(pool, inbox, request.events.clone(), request.now).await;
                    if let Some(request) = group.requests.pop_front() {
                        let _ = request.answer.send(stored);
                    }
                }
            }
        }
    }

    fn take(&self, inbox: &str) -> Group<'_> {
        let mut waiting = self.waiting();
        let mut requests = VecDeque::new();
        for request in std::mem::take(&mut *waiting) {
            if request.answer.is_closed() {
                // The caller is gone and answered nothing, so the API calls again.
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
        Group {
            commit: self,
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
