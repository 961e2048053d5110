//! What a soak looks at besides the rows: the memory of the processes, and what was handled.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::Failure;
use crate::machine::{open_files_of, resident_memory_of};

/// Rows a second, of all workers: few enough for a machine that does something else too.
pub(super) const RATE: u32 = 100;

/// The most events that are handled at the same time. As many may be handled again when their process is killed.
pub(super) const HANDLED_TOGETHER: u64 = 16;

/// How often the memory is read.
const LOOK: Duration = Duration::from_secs(5);

/// How much more memory and files the second half may take than the first one: a quarter, and what it takes to begin.
const GROWTH: u64 = 4;
const START_KIB: u64 = 8 * 1024;
const START_FILES: u64 = 64;

/// How long the last events may take until they are handled.
const HANDLING: Duration = Duration::from_secs(120);

/// A soak that is under way.
pub(super) struct Soak {
    half: Instant,
    last_look: Instant,
    halves: [BTreeMap<&'static str, Usage>; 2],
    handled: PathBuf,
}

/// The most that a process of a kind took.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Usage {
    pub(super) memory_kib: u64,
    pub(super) open_files: u64,
}

/// What a soak has found.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Found {
    /// Callbacks of the messages that the API has accepted.
    pub(super) callbacks: u64,
    /// Callbacks that were handled, and those of them that were handled more than once.
    pub(super) handled: u64,
    pub(super) handled_again: u64,
    pub(super) first_half: BTreeMap<&'static str, Usage>,
    pub(super) second_half: BTreeMap<&'static str, Usage>,
}

impl Soak {
    pub(super) fn new(minutes: u32, handled: PathBuf) -> Self {
        let now = Instant::now();
        Self {
            half: now + Duration::from_secs(60) * minutes / 2,
            last_look: now,
            halves: Default::default(),
            handled,
        }
    }

    /// What the receiver of callbacks has to be told.
    pub(super) fn argument(&self) -> String {
        format!("--handled={}", self.handled.display())
    }

    /// Looks what processes take, from time to time.
    pub(super) fn look(&mut self, processes: &[(&'static str, u32)]) -> Result<(), Failure> {
        let now = Instant::now();
        if now.duration_since(self.last_look) < LOOK {
            return Ok(());
        }
        self.last_look = now;
        let [first, second] = &mut self.halves;
        let half = if now < self.half { first } else { second };
        for (what, process) in processes {
            let most = half.entry(what).or_default();
            most.memory_kib = most.memory_kib.max(resident_memory_of(*process)?);
            most.open_files = most.open_files.max(open_files_of(*process)?);
        }
        Ok(())
    }

    /// Waits until so many callbacks are handled, and counts them.
    pub(super) async fn finish(&self, callbacks: u64) -> Result<Found, Failure> {
        let end = Instant::now() + HANDLING;
        let mut times = read(&self.handled)?;
        while u64::try_from(times.len())? < callbacks && Instant::now() < end {
            tokio::time::sleep(Duration::from_secs(1)).await;
            times = read(&self.handled)?;
        }
        let again = times.values().filter(|times| **times > 1);
        let [first_half, second_half] = self.halves.clone();
        Ok(Found {
            callbacks,
            handled: u64::try_from(times.len())?,
            handled_again: u64::try_from(again.count())?,
            first_half,
            second_half,
        })
    }
}

impl Found {
    /// What has to hold: the number, and the most that it may be.
    pub(super) fn limits(&self, inbox_killed: u64) -> Vec<(String, u64, u64)> {
        let again = inbox_killed * HANDLED_TOGETHER;
        let mut limits = vec![
            (
                "callbacks that were not handled".to_owned(),
                self.callbacks.abs_diff(self.handled),
                0,
            ),
            ("handled again".to_owned(), self.handled_again, again),
        ];
        for (what, after) in &self.second_half {
            let before = self.first_half.get(what).copied().unwrap_or_default();
            let most = |of: u64, start: u64| of + of / GROWTH + start;
            limits.push((
                format!("memory of {what} at last, KiB"),
                after.memory_kib,
                most(before.memory_kib, START_KIB),
            ));
            limits.push((
                format!("open files of {what} at last"),
                after.open_files,
                most(before.open_files, START_FILES),
            ));
        }
        limits
    }

    /// What is shown.
    pub(super) fn lines(&self) -> Vec<(&'static str, String)> {
        let each = |what: fn(&Usage) -> u64| {
            let of = |half: &BTreeMap<&str, Usage>, name| half.get(name).map_or(0, what);
            let names = self.second_half.keys();
            let texts = names.map(|name| {
                let (before, after) = (of(&self.first_half, name), of(&self.second_half, name));
                format!("{name} {before}, {after}")
            });
            texts.collect::<Vec<_>>().join("; ")
        };
        vec![
            ("callbacks", self.callbacks.to_string()),
            ("handled", self.handled.to_string()),
            ("of these, more than once", self.handled_again.to_string()),
            ("memory in both halves, KiB", each(|usage| usage.memory_kib)),
            ("open files in both halves", each(|usage| usage.open_files)),
        ]
    }
}

/// How often each key is in the file.
fn read(handled: &Path) -> Result<HashMap<String, u32>, Failure> {
    let file = match File::open(handled) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(HashMap::new()),
        file => file?,
    };
    let mut times = HashMap::new();
    for key in BufReader::new(file).lines() {
        *times.entry(key?).or_default() += 1;
    }
    Ok(times)
}
