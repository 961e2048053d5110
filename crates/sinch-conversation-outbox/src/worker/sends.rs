//! Requests under way, each on a task of its own.

use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;

use tokio::task::{Id, JoinError, JoinSet};

use super::Decision;
use crate::metrics::Observer;
use crate::row::RowId;
use crate::sender::Reply;
use crate::store::Begun;

/// Something that has come to its end.
pub(super) enum Done {
    /// A request.
    Sent(Begun, Reply),
    /// The question what to do with an unknown row, after this request.
    Decided(RowId, u32, Decision),
}

/// What is under way. Dropping it cuts everything off.
pub(super) struct Sends {
    observer: Observer,
    tasks: JoinSet<Done>,
    requests: HashMap<Id, Begun>,
}

impl Sends {
    pub(super) fn new(observer: Observer) -> Self {
        Self {
            observer,
            tasks: JoinSet::new(),
            requests: HashMap::new(),
        }
    }

    /// How many requests are under way.
    pub(super) fn requests(&self) -> usize {
        self.requests.len()
    }

    /// Whether nothing is under way.
    pub(super) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Sends a row that was begun, after a wait and within a time limit.
    pub(super) fn send(
        &mut self,
        begun: Begun,
        wait: Duration,
        limit: Duration,
        sending: impl Future<Output = Reply> + Send + 'static,
    ) {
        let observer = self.observer.clone();
        let task = self.tasks.spawn(async move {
            if !wait.is_zero() {
                tokio::time::sleep(wait).await;
            }
            let reply = async {
                let reply = tokio::time::timeout(limit, sending).await;
                reply.unwrap_or_else(|_| no_answer("no answer within the time limit"))
            };
            Done::Sent(begun, observer.send(begun.id, reply).await)
        });
        self.requests.insert(task.id(), begun);
    }

    /// Awaits a decision, within a time limit.
    pub(super) fn ask(
        &mut self,
        id: RowId,
        attempt: u32,
        limit: Duration,
        deciding: impl Future<Output = Decision> + Send + 'static,
    ) {
        self.tasks.spawn(async move {
            let decision = tokio::time::timeout(limit, deciding).await;
            Done::Decided(id, attempt, decision.unwrap_or(Decision::AskAgain))
        });
    }

    /// Waits for the next end, and returns it with all others that there are. Never returns when nothing is under way.
    pub(super) async fn next(&mut self) -> Vec<Done> {
        let Some(first) = self.tasks.join_next_with_id().await else {
            return std::future::pending().await;
        };
        let mut done: Vec<_> = self.ended(first).into_iter().collect();
        while let Some(next) = self.tasks.try_join_next_with_id() {
            done.extend(self.ended(next));
        }
        done
    }

    /// A request that panicked may have gone out. A decision that panicked is asked for again.
    fn ended(&mut self, ended: Result<(Id, Done), JoinError>) -> Option<Done> {
        match ended {
            Ok((id, done)) => {
                self.requests.remove(&id);
                Some(done)
            }
            Err(error) => {
                let begun = self.requests.remove(&error.id())?;
                Some(Done::Sent(begun, no_answer("the sender panicked")))
            }
        }
    }
}

fn no_answer(reason: &str) -> Reply {
    Reply::Unknown {
        reason: reason.to_owned(),
    }
}
