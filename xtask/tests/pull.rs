//! Taking documents in, over real sockets, into a tree of real files.

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
