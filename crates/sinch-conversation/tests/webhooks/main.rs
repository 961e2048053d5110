//! Receiving callbacks, as a receiver of the API's callbacks does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod axum;
mod duplicates;
mod events;
mod hostile;
mod nonces;
mod server;
mod signature;
