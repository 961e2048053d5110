//! Sends a text to every number of a file, one a line. It may be killed and started again, at any time and with the same
//! arguments: everybody gets the text, and nobody gets it twice.
//!
//! ```sh
//! cargo run -p sinch-conversation-outbox --example broadcast -- reopening numbers.txt 'We open again on Monday'
//! ```
//!
//! The client is made from the environment, see `Client::from_env`; `SINCH_APP_ID` names the app. The rows are in the file
//! `broadcast.db`, unless a fourth argument names another one, or a database in Postgres: `postgres://user@host/database`.

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::time::Duration;

use sinch_conversation::Client;
use sinch_conversation::message::Text;
use sinch_conversation::recipient::sms;
use sinch_conversation_outbox::store::Counts;
use sinch_conversation_outbox::{
    AnyStore, ClientSender, NewRow, Outbox, State, Worker, WorkerOptions,
};

const QUEUE: &str = "broadcast";

/// How many rows are stored with one write to the disk.
const SLICE: usize = 500;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = |name| arguments.next().ok_or_else(|| format!("missing: {name}"));
    let (campaign, numbers, text) = (
        argument("campaign")?,
        argument("numbers")?,
        argument("text")?,
    );
    let address = arguments.next();
    let address = address.as_deref().unwrap_or("broadcast.db");

    let client = Client::from_env()?;
    let outbox = Outbox::open(address, QUEUE).await?;
    let new = enqueue(&client, &outbox, &campaign, &numbers, &text).await?;
    println!("{new} numbers are new");

    // What a killed run has begun is known to be unknown after this.
    let options = WorkerOptions::default().lease(Duration::from_secs(30));
    let store = outbox.store().clone();
    let worker = Worker::new(store, ClientSender::new(&client), QUEUE).options(options);
    let stop = worker.stop_handle();
    let running = tokio::spawn(worker.run());
    loop {
        let status = outbox.group_status(&campaign).await?;
        println!("{}", line(&status.counts));
        if let Some(reason) = status.paused {
            // The operator fixes it and starts this again.
            stop.stop();
            running.await??;
            outbox.resume().await?;
            return Err(format!("paused: {reason}").into());
        }
        if waiting(&status.counts) == 0 || running.is_finished() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    stop.stop();
    let summary = running.await??;
    println!("{} messages were accepted this time", summary.accepted);
    Ok(())
}

/// Stores a row for each number, unless there is one already, and returns how many were new.
async fn enqueue(
    client: &Client,
    outbox: &Outbox<AnyStore>,
    campaign: &str,
    numbers: &str,
    text: &str,
) -> Result<usize, Box<dyn Error>> {
    let app = client.default_app();
    let mut lines = BufReader::new(File::open(numbers)?).lines();
    let mut new = 0;
    loop {
        let mut rows = Vec::with_capacity(SLICE);
        for number in lines.by_ref().take(SLICE) {
            let number = number?;
            let message = app.send(Text::new(text)).to(sms(&number));
            let key = format!("{campaign} {number}");
            rows.push(
                NewRow::from_message(&message)?
                    .dedup_key(key)
                    .group(campaign),
            );
        }
        if rows.is_empty() {
            return Ok(new);
        }
        let stored = outbox.enqueue(rows).await?;
        new += stored.iter().filter(|row| row.is_new).count();
    }
}

fn waiting(counts: &Counts) -> u64 {
    let states = [State::Queued, State::Claimed, State::Begun];
    states.into_iter().map(|state| counts.of(state)).sum()
}

fn line(counts: &Counts) -> String {
    let states = State::ALL.into_iter().filter(|state| counts.of(*state) > 0);
    let parts: Vec<_> = states
        .map(|state| format!("{} {state}", counts.of(state)))
        .collect();
    parts.join(", ")
}
