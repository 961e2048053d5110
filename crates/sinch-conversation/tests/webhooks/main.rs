//! Receiving callbacks, as a receiver of the API's callbacks does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod axum;
mod deliveries;
mod events;
mod hostile;
mod keys;
mod kinds;
mod replies;
mod server;
mod signature;
mod stores;
