//! How many requests may come in: token buckets by the machine's clock, since it is the machine that sends them.

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

/// Token requests that can come at once, and how many each second brings back.
const TOKEN_BURST: NonZeroU32 = NonZeroU32::new(30).unwrap();
const TOKENS_PER_SECOND: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// The limits; `None` is none.
pub(crate) struct RateLimits {
    project: Option<Bucket>,
    tokens: Option<Bucket>,
}

impl RateLimits {
    /// Lets `per_second` requests a second through, as many of them at once, and limits token requests if asked to.
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

    /// Lets a request of the project through, or refuses it.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        match &self.project {
            Some(bucket) if bucket.check().is_err() => Err(ApiError::too_many_requests()),
            _ => Ok(()),
        }
    }

    /// Whether a token request may come in now.
    pub(crate) fn admits_token(&self) -> bool {
        self.tokens
            .as_ref()
            .is_none_or(|bucket| bucket.check().is_ok())
    }
}
