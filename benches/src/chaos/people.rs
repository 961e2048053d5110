//! The people of a broadcast: a CSV file, and rows made of it.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Deserialize;
use sinch_conversation::AppId;
use sinch_conversation::message::Text;
use sinch_conversation::recipient::sms;
use sinch_conversation::resources::AppHandle;
use sinch_conversation_outbox::{NewRow, Outbox, Store};

use super::APP;
use crate::Failure;
use crate::client::client;

/// The campaign that all rows belong to.
const CAMPAIGN: &str = "reopening";

/// How many rows are stored with one write.
pub(crate) const SLICE: usize = 500;

/// A line of the file.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Person {
    number: String,
    name: String,
}

impl Person {
    /// The dedup key of the row.
    pub(crate) fn key(&self) -> String {
        format!("{CAMPAIGN} {}", self.number)
    }

    pub(crate) fn row(&self, app: &AppHandle) -> Result<NewRow, Failure> {
        let text = format!(
            "Hello {}, we open again on Monday. Your table is waiting.",
            self.name
        );
        let message = app.send(Text::new(text)).to(sms(&self.number));
        let row = NewRow::from_message(&message)?;
        Ok(row.dedup_key(self.key()).group(CAMPAIGN))
    }
}

/// Writes a file of so many people.
pub(crate) fn write(file: &Path, count: u32) -> Result<(), Failure> {
    let mut lines = BufWriter::new(File::create(file)?);
    writeln!(lines, "number,name")?;
    for number in 0..count {
        writeln!(lines, "+4670{number:07},Guest {number}")?;
    }
    Ok(lines.flush()?)
}

/// Reads the file, line by line.
pub(crate) fn read(
    file: &Path,
) -> Result<impl Iterator<Item = Result<Person, csv::Error>>, Failure> {
    Ok(csv::Reader::from_path(file)?.into_deserialize())
}

/// Stores a row for each person, and returns how many seconds that took.
pub(crate) async fn enqueue<S: Store>(outbox: Outbox<S>, file: PathBuf) -> Result<f64, Failure> {
    // Nothing is sent with it.
    let app = client("http://127.0.0.1:9")?.app(AppId::new(APP)?);
    let begun = Instant::now();
    let mut people = read(&file)?;
    loop {
        let slice = people.by_ref().take(SLICE);
        let rows: Vec<_> = slice
            .map(|person| person?.row(&app))
            .collect::<Result<_, Failure>>()?;
        if rows.is_empty() {
            return Ok(begun.elapsed().as_secs_f64());
        }
        // A second time does no harm, since rows have keys. A server that is restarted is back soon.
        let mut tries = 0;
        while let Err(error) = outbox.enqueue(rows.clone()).await {
            tries += 1;
            if !error.is_transient() || tries > 60 {
                return Err(error.into());
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}
