//! Callbacks, answers of targets and replies as lines.

use std::io::{self, Write};

use serde_json::{Value, json};
use sinch_conversation::reqwest::Url;

use super::EventFormat;
use crate::error::Failure;
use crate::received::{ReceivedCallback, summary};
use crate::target::TargetAnswer;

/// The most characters of an answer on a line for people.
const LONGEST: usize = 200;

/// Writes lines to stdout.
pub(super) struct Printer {
    format: EventFormat,
}

impl Printer {
    pub(super) fn new(format: EventFormat) -> Self {
        Self { format }
    }

    pub(super) fn callback(&self, callback: &ReceivedCallback) -> Result<(), Failure> {
        let text = || {
            let time = callback.received_at.get(11..19).unwrap_or_default();
            let summary = summary(callback.event().raw());
            let id = &callback.id;
            format!("{time}  #{id:<4} {:<18}  {summary}", callback.trigger)
        };
        self.line("callback", text, || callback.data())
    }

    pub(super) fn refused(&self, reason: &str) -> Result<(), Failure> {
        let text = || format!("refused: {reason}");
        self.line("refused", text, || json!({ "reason": reason }))
    }

    pub(super) fn forwarded(
        &self,
        target: &Url,
        answer: &Result<TargetAnswer, String>,
    ) -> Result<(), Failure> {
        let text = || match answer {
            Ok(answer) => {
                let (status, took) = (answer.status, answer.took.as_millis());
                format!("  -> {target}  {status} in {took} ms  {}", answer.body)
            }
            Err(reason) => format!("  -> {target}  {reason}"),
        };
        self.line("forwarded", text, || match answer {
            Ok(answer) => answer.data(target),
            Err(reason) => json!({ "to": target.as_str(), "error": reason }),
        })
    }

    pub(super) fn replied(&self, reply: &Result<String, String>) -> Result<(), Failure> {
        let text = || match reply {
            Ok(id) => format!("  <- replied with {id}"),
            Err(reason) => format!("  <- no reply: {reason}"),
        };
        self.line("replied", text, || match reply {
            Ok(id) => json!({ "message_id": id }),
            Err(reason) => json!({ "error": reason }),
        })
    }

    fn line(
        &self,
        kind: &str,
        text: impl FnOnce() -> String,
        data: impl FnOnce() -> Value,
    ) -> Result<(), Failure> {
        let line = match self.format {
            EventFormat::Pretty => plain(&text()),
            EventFormat::Json => {
                let mut data = data();
                if let Some(fields) = data.as_object_mut() {
                    fields.insert("type".to_owned(), kind.into());
                }
                data.to_string()
            }
        };
        let mut out = io::stdout().lock();
        writeln!(out, "{line}")?;
        Ok(out.flush()?)
    }
}

/// Returns text on one line. Control characters of what others wrote do not reach the terminal.
fn plain(text: &str) -> String {
    let characters = text.trim_end().chars().take(LONGEST);
    characters
        .map(|it| if it.is_control() { ' ' } else { it })
        .collect()
}
