//! One transaction for all the work that waits. A commit costs the same for one request as for fifty, with a file above
//! all. Each piece has a savepoint of its own, so one that fails takes nothing from the others, and it is answered after
//! the commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction};

use super::cache::Cache;

/// How much work one transaction takes at most, and how long it goes on taking more: those in it wait for its end.
const MOST: usize = 256;
const GOES_ON: Duration = Duration::from_millis(5);

/// What work does to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// It only reads.
    None,
    /// It changes what others may wait for.
    Change,
    /// It removes what nobody waits for.
    Tidying,
}

/// A piece of work that is stored as a whole or not at all.
pub(super) trait Unit: Send {
    fn effect(&self) -> Effect;

    /// Does the work. Returns whether it succeeded: what it changed is undone otherwise.
    fn run(&mut self, tx: &Transaction<'_>, cache: &Cache) -> bool;

    /// Answers the caller, once it is known whether the transaction was stored.
    fn answer(self: Box<Self>, stored: Result<(), &rusqlite::Error>);
}

/// How much was written, in how many transactions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Written {
    /// Pieces of work.
    pub(crate) units: u64,
    /// Transactions that were committed for them.
    pub(crate) commits: u64,
}

/// Runs the first unit and those that wait behind it. `stored` is told how many of them were stored that may have
/// changed something, before any of them is answered: who has an answer finds it counted.
pub(super) fn run(
    connection: &mut Connection,
    cache: &Cache,
    first: Box<dyn Unit>,
    mut waiting: impl FnMut() -> Option<Box<dyn Unit>>,
    stored: impl FnOnce(u64),
) {
    let tx = match connection.transaction() {
        Ok(tx) => tx,
        Err(error) => {
            first.answer(Err(&error));
            return;
        }
    };
    let begun = Instant::now();
    let mut group = Group::default();
    let mut next = Some(first);
    while let Some(unit) = next {
        group.take(&tx, cache, unit);
        let takes_more =
            group.failed.is_none() && group.done.len() < MOST && begun.elapsed() < GOES_ON;
        next = if takes_more { waiting() } else { None };
    }
    group.end(tx, cache, stored);
}

/// What was done in a transaction that is still open.
#[derive(Default)]
struct Group {
    done: Vec<Box<dyn Unit>>,
    written: u64,
    /// Why nothing of it can be stored.
    failed: Option<rusqlite::Error>,
}

impl Group {
    /// Runs a unit. One that panics is dropped, which its caller sees.
    fn take(&mut self, tx: &Transaction<'_>, cache: &Cache, mut unit: Box<dyn Unit>) {
        let (effect, mut ran) = (unit.effect(), None);
        let mut work = || {
            ran = catch_unwind(AssertUnwindSafe(|| unit.run(tx, cache))).ok();
            ran == Some(true)
        };
        if effect == Effect::None {
            work();
        } else if let Err(error) = isolated(tx, cache, work) {
            self.failed = Some(error);
        }
        if let Some(succeeded) = ran {
            self.written += u64::from(effect == Effect::Change && succeeded);
            self.done.push(unit);
        }
    }

    /// Ends the transaction and answers those in it.
    fn end(self, tx: Transaction<'_>, cache: &Cache, stored: impl FnOnce(u64)) {
        let committed = match self.failed {
            None => tx.commit(),
            Some(error) => {
                drop(tx);
                Err(error)
            }
        };
        match committed {
            Ok(()) => stored(self.written),
            Err(_) => cache.clear(),
        }
        for unit in self.done {
            unit.answer(committed.as_ref().map(|_| ()));
        }
    }
}

/// Runs work that can be undone without the rest of the transaction. It says whether it succeeded.
fn isolated(
    tx: &Transaction<'_>,
    cache: &Cache,
    work: impl FnOnce() -> bool,
) -> rusqlite::Result<()> {
    let run = |sql| tx.prepare_cached(sql)?.execute([]).map(|_| ());
    run("SAVEPOINT unit")?;
    if !work() {
        cache.clear();
        run("ROLLBACK TO unit")?;
    }
    // Fails when SQLite has given up the whole transaction, as it does on a full disk.
    run("RELEASE unit")
}
