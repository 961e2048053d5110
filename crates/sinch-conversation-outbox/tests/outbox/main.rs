//! The stores, the worker, and both against the sandbox.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod api;
mod broadcast;
mod client;
mod conformance;
mod facade;
mod files;
mod inbox;
mod killed;
mod lookup;
mod model;
mod nats;
mod observed;
#[cfg(unix)]
mod postgres;
mod route;
mod sqlite;
mod stores;
mod worker;
