//! How far it is: a bar on a terminal, lines elsewhere. Both go to stderr.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use sinch_conversation_outbox::Progress as Look;

use super::unsent;

/// The pause between two lines.
const PAUSE: Duration = Duration::from_secs(10);

pub(super) struct Progress {
    bar: Option<ProgressBar>,
    last: Option<Instant>,
}

impl Progress {
    pub(super) fn new() -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0);
            let style = ProgressStyle::with_template("{wide_bar} {pos}/{len}  {msg}");
            match style {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            }
        });
        // On a terminal without control sequences there would be nothing.
        let bar = bar.filter(|bar| !bar.is_hidden());
        Self { bar, last: None }
    }

    pub(super) fn show(&mut self, look: &Look) {
        let total = look.counts.total();
        let done = total.saturating_sub(unsent(&look.counts));
        let speed = speed(look);
        if let Some(bar) = &self.bar {
            bar.set_length(total);
            bar.set_position(done);
            bar.set_message(speed);
        } else if self.last.is_none_or(|last| last.elapsed() >= PAUSE) {
            self.last = Some(Instant::now());
            // Nothing is to be done when stderr is closed.
            let _ = writeln!(io::stderr(), "{done}/{total}  {speed}");
        }
    }

    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish();
            // What follows is not written behind the bar. Nothing is to be done when stderr is closed.
            let _ = writeln!(io::stderr());
        }
    }
}

fn speed(look: &Look) -> String {
    let rate = look.rate.map(|rate| format!("{rate:.1}/s"));
    let left = look.time_left.filter(|left| left.as_secs() > 0);
    let left = left.map(|left| format!("{} s left", left.as_secs()));
    [rate, left]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("  ")
}
