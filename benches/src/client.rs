//! The two clients that are compared, and how they are driven.

use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::try_join_all;
use sinch_conversation::{Client, RateLimit};

use crate::Failure;

/// Creates a single-threaded runtime, so that the work of a side is on one core.
pub(crate) fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

/// Does something so many times, with a number of them under way at any time.
pub(crate) async fn at_the_same_time(
    times: u32,
    in_flight: u32,
    work: impl AsyncFn() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let begun = AtomicU32::new(0);
    let one_after_the_other = async || {
        while begun.fetch_add(1, Ordering::Relaxed) < times {
            work().await?;
        }
        Ok::<_, Failure>(())
    };
    try_join_all((0..in_flight).map(|_| one_after_the_other())).await?;
    Ok(())
}

pub(crate) const PROJECT: &str = "1b2c3d4e-0000-4000-8000-abcdef012345";
pub(crate) const APP: &str = "01EB37HMF1DTJ1PS3FK2F3WQFV";

/// Creates this project's client, as in an application except for the rate limit.
pub(crate) fn client(url: &str) -> Result<Client, Failure> {
    Ok(Client::builder()
        .project(PROJECT)
        .access_key("key", "secret")
        .endpoints(url)
        .rate_limit(RateLimit::off())
        .build()?)
}

/// Creates a client that ignores environment variables, which may name a proxy.
pub(crate) fn bare() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().no_proxy().build()
}
