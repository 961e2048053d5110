//! What a run has found, for people and as JSON.

use std::fmt;

use serde::Serialize;

use super::ledger::Comparison;
use super::soak::Found;

/// What was done to the processes.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Disturbances {
    pub(super) workers_killed: u64,
    /// Connections that the API was told to reset, some of them after it had accepted the message.
    pub(super) resets: u64,
    /// Requests that the API was told to answer with 503 or 429.
    pub(super) refusals: u64,
    /// Requests that the API was told to answer with 500, some of them after it had accepted the message.
    pub(super) failures: u64,
    /// Requests that the API was told to answer late.
    pub(super) slow: u64,
    /// How often all tokens have expired.
    pub(super) expirations: u64,
    pub(super) api_killed: u64,
    pub(super) inbox_killed: u64,
    /// Restarts of the server that keeps the rows.
    pub(super) store_restarted: u64,
}

/// The result of a run.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Report {
    pub(super) store: &'static str,
    pub(super) workers: u32,
    pub(super) concurrency: u32,
    /// Until no row was left to be sent.
    pub(super) seconds: f64,
    /// Until all rows were stored, while the workers sent.
    pub(super) enqueue_seconds: f64,
    pub(super) disturbances: Disturbances,
    /// Rows that killed workers had begun, and whose outcome nobody knew when their leases ended.
    pub(super) unknown_of_killed: u64,
    /// Rows that were unknown when nothing was left to be sent.
    pub(super) unknown_at_end: u64,
    #[serde(flatten)]
    pub(super) found: Comparison,
    pub(super) worker_peak_kib: u64,
    /// The files of the outbox and of the API, in MiB.
    pub(super) outbox_mib: u64,
    pub(super) api_mib: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) soak: Option<Found>,
    /// What has to hold and does not.
    pub(super) broken: Vec<String>,
}

impl Report {
    /// Checks what has to hold, and notes what does not.
    pub(super) fn judge(mut self) -> Self {
        let done = &self.disturbances;
        // A worker has at most so many rows begun.
        let of_killed = done.workers_killed * u64::from(self.concurrency);
        let of_api = done.api_killed * u64::from(self.workers) * u64::from(self.concurrency);
        let unknown = of_killed + of_api + done.resets + done.failures;
        let found = &self.found;
        let limits = [
            ("lost", found.lost, 0),
            ("doubled", found.doubled, 0),
            ("unsettled", found.unsettled, 0),
            ("stray messages", found.stray, 0),
            (
                "unknown of killed workers",
                self.unknown_of_killed,
                of_killed,
            ),
            ("unknown at the end", self.unknown_at_end, unknown),
            ("never arrived", found.never_arrived, self.unknown_at_end),
            (
                "neither delivered nor unknown",
                found.rows - found.delivered.min(found.rows) - found.never_arrived,
                0,
            ),
        ];
        let limits = limits.map(|(what, number, most)| (what.to_owned(), number, most));
        let of_soak = self
            .soak
            .iter()
            .flat_map(|soak| soak.limits(done.inbox_killed));
        let above = limits
            .into_iter()
            .chain(of_soak)
            .filter(|(_, number, most)| number > most);
        self.broken = above
            .map(|(what, number, most)| format!("{what}: {number}, at most {most} allowed"))
            .collect();
        self
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (found, done) = (&self.found, &self.disturbances);
        let settled = self.unknown_at_end.saturating_sub(found.never_arrived);
        let lines = [
            ("rows", found.rows.to_string()),
            ("delivered, once each", found.delivered.to_string()),
            ("lost", found.lost.to_string()),
            ("doubled", found.doubled.to_string()),
            (
                "unknown when their worker was killed",
                self.unknown_of_killed.to_string(),
            ),
            ("unknown when all was sent", self.unknown_at_end.to_string()),
            ("of these, settled by their receipt", settled.to_string()),
            (
                "of these, never arrived at the API",
                found.never_arrived.to_string(),
            ),
            (
                "accepted, but not settled by a receipt",
                found.unsettled.to_string(),
            ),
            ("messages of no row", found.stray.to_string()),
            ("workers killed", done.workers_killed.to_string()),
            ("connections reset", done.resets.to_string()),
            ("answers of 503 and 429", done.refusals.to_string()),
            (
                "answers of 500, late answers",
                format!("{} and {}", done.failures, done.slow),
            ),
            ("expirations of tokens", done.expirations.to_string()),
            ("API killed and started again", done.api_killed.to_string()),
            (
                "inbox killed and started again",
                done.inbox_killed.to_string(),
            ),
            ("store restarted", done.store_restarted.to_string()),
            (
                "seconds until all was stored",
                format!("{:.0}", self.enqueue_seconds),
            ),
            ("seconds until all was sent", format!("{:.0}", self.seconds)),
            (
                "peak memory of a worker, KiB",
                self.worker_peak_kib.to_string(),
            ),
            (
                "files of the outbox and of the API, MiB",
                format!("{} and {}", self.outbox_mib, self.api_mib),
            ),
        ];
        let of_soak = self.soak.iter().flat_map(Found::lines);
        let Self {
            store,
            workers,
            concurrency,
            ..
        } = self;
        writeln!(
            f,
            "{workers} workers with {concurrency} requests each, {store}"
        )?;
        for (what, value) in lines.into_iter().chain(of_soak) {
            writeln!(f, "{what:<42} {value}")?;
        }
        for broken in &self.broken {
            writeln!(f, "BROKEN: {broken}")?;
        }
        Ok(())
    }
}
