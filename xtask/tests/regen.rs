//! Updating documents and regenerating, over real sockets, with the real binary and real files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[path = "pull/server.rs"]
mod server;
#[path = "pull/tree.rs"]
mod tree;

#[path = "pull/answers.rs"]
mod answers;
#[path = "pull/commit.rs"]
mod commit;
#[path = "pull/failures.rs"]
mod failures;
#[path = "pull/from.rs"]
mod from;
#[path = "pull/redirects.rs"]
mod redirects;

mod hostile;

#[path = "cli/checkout.rs"]
mod checkout;
#[path = "cli/edits.rs"]
mod edits;
#[path = "cli/facts.rs"]
mod facts;
#[path = "cli/pull.rs"]
mod pull;
