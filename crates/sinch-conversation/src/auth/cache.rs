//! One token for any number of callers.
//!
//! Getting a token is a task of its own (a flight). All callers that need its token wait for the same flight, and
//! none of them owns it: a caller that stops waiting leaves it running for the others. While the old token is still
//! valid, no caller waits at all. All flights share one budget, whatever they are for.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::time::Instant;

use super::Authorization;
use super::budget::RenewalBudget;
use super::token::{Freshness, Token, TokenSource};
use crate::error::{AuthError, AuthProblem};

/// How long a refusal of the key is remembered, and how long a failed renewal is not tried again.
const HOLD: Duration = Duration::from_secs(5);

/// The time limit of a flight, with all its attempts and pauses.
const FLIGHT: Duration = Duration::from_secs(120);

/// A flight older than this was left behind by a runtime that no longer runs.
const ABANDONED: Duration = Duration::from_secs(130);

/// `None` when the task ended without a result, because its runtime was shut down.
type FlightResult = Option<Result<Authorization, AuthError>>;

#[derive(Debug)]
pub(crate) struct TokenCache {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    source: TokenSource,
    /// The last token. It is written with the state locked; a caller that only needs a fresh one reads it without that
    /// lock, and delays no other.
    issued: RwLock<Option<Issued>>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct Issued {
    token: Token,
    generation: u64,
}

#[derive(Debug)]
struct State {
    /// Counts the tokens, so that a late refusal of an old token leaves the new one alone.
    generation: u64,
    flight: Option<Flight>,
    flights: u64,
    failed: Option<(Instant, AuthError)>,
    budget: RenewalBudget,
}

#[derive(Clone, Debug)]
struct Flight {
    number: u64,
    started: Instant,
    result: Shared<BoxFuture<'static, FlightResult>>,
}

/// What a caller does next.
enum NextStep {
    Go(Authorization),
    Fail(AuthError),
    Wait(Flight),
}

impl TokenCache {
    pub(super) fn new(source: TokenSource) -> Self {
        let state = State {
            generation: 0,
            flight: None,
            flights: 0,
            failed: None,
            budget: RenewalBudget::new(Instant::now()),
        };
        Self {
            inner: Arc::new(Inner {
                source,
                issued: RwLock::default(),
                state: Mutex::new(state),
            }),
        }
    }

    pub(super) async fn authorization(&self) -> Result<Authorization, AuthError> {
        loop {
            let flight = match self.next_step() {
                NextStep::Go(authorization) => return Ok(authorization),
                NextStep::Fail(error) => return Err(error),
                NextStep::Wait(flight) => flight,
            };
            let left = ABANDONED.saturating_sub(flight.started.elapsed());
            match tokio::time::timeout(left, flight.result).await {
                Ok(Some(result)) => return result,
                Ok(None) | Err(_) => self.inner.forget(flight.number),
            }
        }
    }

    fn next_step(&self) -> NextStep {
        let now = Instant::now();
        if let Some((authorization, Freshness::Fresh)) = self.inner.known(now) {
            return NextStep::Go(authorization);
        }
        let mut state = self.inner.lock();
        let failed = state.recent_failure(now).cloned();
        match (self.inner.known(now), failed) {
            (Some((authorization, Freshness::Fresh)), _) => NextStep::Go(authorization),
            (Some((authorization, Freshness::Aging)), failed) => {
                if failed.is_none() {
                    self.flight(&mut state, now);
                }
                NextStep::Go(authorization)
            }
            (_, Some(error)) if !error.is_retryable() => NextStep::Fail(error),
            (Some((authorization, Freshness::Expired)), _) => {
                // Without budget it is the API that decides whether the token is still good.
                let flight = self.flight(&mut state, now);
                flight.map_or(NextStep::Go(authorization), NextStep::Wait)
            }
            (None, failed) => {
                let error = failed.unwrap_or_else(|| AuthError::new(AuthProblem::Unreachable));
                let flight = self.flight(&mut state, now);
                flight.map_or(NextStep::Fail(error), NextStep::Wait)
            }
        }
    }

    /// The flight under way, or a new one; `None` when the budget does not allow one.
    fn flight(&self, state: &mut State, now: Instant) -> Option<Flight> {
        if state.flight.is_some() {
            return state.flight.clone();
        }
        if !state.budget.take(now) {
            return None;
        }
        state.flights += 1;
        let number = state.flights;
        let inner = Arc::clone(&self.inner);
        let task = tokio::spawn(async move {
            let late = AuthError::new(AuthProblem::Unreachable);
            let fetched = tokio::time::timeout(FLIGHT, inner.source.fetch())
                .await
                .unwrap_or(Err(late));
            inner.land(number, fetched)
        });
        let flight = Flight {
            number,
            started: now,
            result: task.map(Result::ok).boxed().shared(),
        };
        state.flight = Some(flight.clone());
        Some(flight)
    }

    /// Replaces the refused token, unless that was already done. Returns whether another try makes sense.
    pub(super) fn refused(&self, generation: u64) -> bool {
        let mut state = self.inner.lock();
        if state.generation != generation || self.inner.known(Instant::now()).is_none() {
            return true;
        }
        let replaced = self.flight(&mut state, Instant::now()).is_some();
        if replaced {
            self.inner.keep(None);
        }
        replaced
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while the lock is held, and every state is a good one to go on from.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The token, and how much of its life is left.
    fn known(&self, now: Instant) -> Option<(Authorization, Freshness)> {
        let issued = self.issued.read().unwrap_or_else(PoisonError::into_inner);
        let Issued { token, generation } = issued.as_ref()?;
        let authorization = Authorization {
            header: token.header.clone(),
            generation: Some(*generation),
        };
        Some((authorization, token.freshness(now)))
    }

    fn keep(&self, token: Option<Issued>) {
        *self.issued.write().unwrap_or_else(PoisonError::into_inner) = token;
    }

    /// Keeps the result of a flight.
    fn land(
        &self,
        number: u64,
        fetched: Result<Token, AuthError>,
    ) -> Result<Authorization, AuthError> {
        let mut state = self.lock();
        state.end_flight(number);
        match fetched {
            Ok(token) => {
                state.generation += 1;
                state.failed = None;
                let authorization = Authorization {
                    header: token.header.clone(),
                    generation: Some(state.generation),
                };
                let generation = state.generation;
                self.keep(Some(Issued { token, generation }));
                Ok(authorization)
            }
            Err(error) => {
                state.failed = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    fn forget(&self, number: u64) {
        self.lock().end_flight(number);
    }
}

impl State {
    fn recent_failure(&self, now: Instant) -> Option<&AuthError> {
        let (at, error) = self.failed.as_ref()?;
        (now.saturating_duration_since(*at) < HOLD).then_some(error)
    }

    fn end_flight(&mut self, number: u64) {
        if self
            .flight
            .as_ref()
            .is_some_and(|flight| flight.number == number)
        {
            self.flight = None;
        }
    }
}
