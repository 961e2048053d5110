//! Rate limits: token buckets by the machine's clock, since that is the clock of the callers.

use std::num::NonZeroU32;

use governor::clock::MonotonicClock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::api::error::ApiError;

type Bucket = RateLimiter<
    NotKeyed,
    InMemoryState,
    MonotonicClock,
    NoOpMiddleware<<MonotonicClock as governor::clock::Clock>::Instant>,
>;

/// The burst of token requests, and how many each second adds.
const TOKEN_BURST: NonZeroU32 = NonZeroU32::new(30).unwrap();
const TOKENS_PER_SECOND: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// The limits; `None` is no limit.
pub(crate) struct RateLimits {
    project: Option<Bucket>,
    tokens: Option<Bucket>,
}

impl RateLimits {
    /// Allows `per_second` requests per second, also as a burst, and limits token requests if `limit_tokens`.
    pub(crate) fn new(per_second: Option<u32>, limit_tokens: bool) -> Self {
        let bucket = |quota| RateLimiter::direct_with_clock(quota, MonotonicClock);
        let token_quota = Quota::per_second(TOKENS_PER_SECOND).allow_burst(TOKEN_BURST);
        Self {
            project: per_second
                .and_then(NonZeroU32::new)
                .map(|rate| bucket(Quota::per_second(rate))),
            tokens: limit_tokens.then(|| bucket(token_quota)),
        }
    }

    /// Counts a request of the project, or refuses it.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        match &self.project {
            Some(bucket) if bucket.check().is_err() => Err(ApiError::too_many_requests()),
            _ => Ok(()),
        }
    }

    /// Counts a token request. Returns whether it is allowed.
    pub(crate) fn admits_token(&self) -> bool {
        self.tokens
            .as_ref()
            .is_none_or(|bucket| bucket.check().is_ok())
    }
}
