#![doc = include_str!("../README.md")]
//!
//! # The life of a row
//!
//! ```text
//!  enqueue
//!     │
//!     ▼       claim             begin            the answer           receipts
//!  queued ───────────▶ claimed ─────────▶ begun ────────────▶ accepted ──▶ failed ──▶ delivered ──▶ read
//!   ▲ ▲ ▲                 │               │ │ │
//!   │ │ └── release, ─────┘               │ │ └──▶ refused ◀── late answer ──┐
//!   │ │     end of lease                  │ │                                │
//!   │ └── not processed (429, 503, ...) ──┘ └──▶ unknown ────────────────────┤
//!   │                                                                        │
//!   └── the policy: send again; or a late answer: not processed ─────────────┘
//!
//!  queued, claimed ──▶ expired, cancelled
//!  refused, failed ──▶ queued, when the caller wants it
//!  any state ──▶ accepted, failed, delivered, read: by a receipt, and only to the right
//! ```
//!
//! | change | from | to | made by |
//! | --- | --- | --- | --- |
//! | claim | queued | claimed | a worker |
//! | release | claimed | queued | the worker that holds the row |
//! | begin | claimed | begun | the worker that holds the row |
//! | end of the lease | claimed | queued | any worker |
//! | end of the lease | begun | unknown | any worker |
//! | not processed | begun, unknown | queued | the worker whose request it was |
//! | refused | begun, unknown | refused | the worker whose request it was |
//! | no answer | begun | unknown | the worker whose request it was |
//! | send again | unknown | queued | any worker, if the row's [`UnknownPolicy`] says so |
//! | retry | refused, failed | queued | the caller |
//! | expire | queued, claimed | expired | any worker |
//! | cancel | queued, claimed | cancelled | the caller |
//! | accepted | all but accepted, failed, delivered, read | accepted | the worker, or any callback with the row's correlation id |
//! | failed | those, and accepted | failed | a receipt |
//! | delivered | those, and failed | delivered | a receipt |
//! | read | those, and delivered | read | a receipt |
//!
//! Whatever else happens to a row comes to nothing: a worker that was taken for dead cannot begin what another one has,
//! an answer to an earlier request does not touch a later one, and receipts may be late, repeated and out of order. A
//! receipt is proof, so it also settles what was queued again, refused, expired or cancelled. Only after a retry, receipts
//! that repeat that the message before it was accepted or failed count no more. [`Life::after`] is this
//! table, and every store goes by it.
//!
//! # What is on the disk when
//!
//! - **before [`Store::enqueue`] returns**: the row. What was acknowledged is sent, or ends with a reason.
//! - **before the first byte of a request**: that the row is begun, and the number of the request. So a worker that dies
//!   leaves behind which rows may have gone out: those that are begun. They become unknown when the lease is over, and
//!   nothing sends them again but the row's own policy.
//! - **after the answer**: what came of it. If this is lost, the row becomes unknown too, and its receipt settles it.
//!
//! The row's id is the correlation id of its requests, which comes back in callbacks. A request therefore cannot have a
//! correlation id of yours. The API does not keep correlation ids of messages that an app in CONVERSATION mode sends
//! with `DISPATCH_ONLY`: receipts find such rows by the id of their message, and an unknown one has only its policy.
//!
//! # Limits
//!
//! - **The project's**: the workers of a queue share [`WorkerOptions::rate`]. Each claim takes permits for its rows.
//! - **The app's own queue**: the API takes 800 messages a second of a project, and sends 20 a second of an app, unless
//!   agreed otherwise. The others wait in the app's queue, which has an end. [`WorkerOptions::pace`] keeps it short: a store
//!   reckons for each app what waits there, and a row is claimed only while there is room. Rows of other apps are claimed
//!   meanwhile, in the order of their priority. See [`Pace`]. A claim in SQLite looks at each app that has rows
//!   that are due, so its cost grows with their number, not with that of the rows.
//!
//! # Versions
//!
//! The tables have a version, and name the first version of this crate that works with them. A program brings older
//! tables forward when it opens them. Workers of the version before go on with them, and can be started; those of a version
//! that the tables are too new for stop with [`StoreError::NewerSchema`] at their next claim. So workers are replaced one
//! after the other.
//!
//! # Clocks
//!
//! A lease keeps others from taking over the work of a live worker, and no more than that. When it ends too early, since a
//! clock is wrong or a worker was stopped for a while, then a claimed row is sent by another worker and the first one
//! cannot begin it; and a begun row is unknown until its answer or its receipt arrives. An app's queue may be longer by what
//! the API sends in the time by which the clocks of workers differ.
#![deny(missing_docs)]
// docs.rs marks what needs a feature.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod any;
mod backoff;
mod client;
#[doc = include_str!("guide.md")]
pub mod guide {}
pub mod inbox;
pub mod metrics;
#[cfg(feature = "nats")]
pub mod nats;
mod outbox;
mod pace;
#[cfg(feature = "postgres")]
mod postgres;
mod progress;
mod retention;
mod row;
mod sender;
#[cfg(feature = "sqlite")]
mod sqlite;
mod state;
mod stop;
pub mod store;
mod time;
mod worker;

#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub use any::AnyStore;
pub use backoff::Backoff;
pub use client::{ClientSender, InvalidMessage, MessageLookup};
pub use outbox::{ExportError, Outbox};
pub use pace::{AppQueue, Pace, PaceKey};
#[cfg(feature = "postgres")]
pub use postgres::{PostgresBuilder, PostgresStore};
pub use progress::{Pause, Progress};
pub use retention::Retention;
pub use row::{InvalidRowId, NewRow, Row, RowId, RowNumber, UnknownPolicy};
pub use sender::{Reply, Sender};
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteBuilder, SqliteStore};
pub use state::{Change, Evidence, Lease, Life, State, WorkerId};
pub use stop::StopHandle;
pub use store::{Store, StoreError};
pub use time::{Clock, SystemClock, Time};
pub use worker::{Decision, Summary, Worker, WorkerOptions};
