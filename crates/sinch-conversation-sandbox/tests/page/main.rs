//! The page at `/` in a real browser: headless Chromium through chromedriver.
//!
//! Without the two programs the tests print that and pass, unless `SANDBOX_REQUIRE_BROWSER` is 1.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    unreachable_pub
)]

mod answering;
mod browser;
mod colours;
mod controls;
mod driver;
mod hostile;
mod layout;
mod logs;
mod long;
mod page;
mod rendering;
mod requests;
mod sending;
mod serving;
mod starting;
#[path = "../sandbox/support/mod.rs"]
mod support;
