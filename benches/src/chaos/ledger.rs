//! What the API has accepted, against the rows.

use std::collections::HashMap;

use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use sinch_conversation_outbox::store::Key;
use sinch_conversation_outbox::{RowId, State, Store};

use super::QUEUE;
use crate::Failure;

/// How many rows are looked up at the same time.
const TOGETHER: usize = 64;

/// How many messages the API has accepted for each row.
pub(super) struct Ledger {
    messages: HashMap<RowId, u32>,
    /// Messages that name no row.
    nameless: u64,
}

#[derive(Deserialize)]
struct Page {
    messages: Vec<Message>,
    next: String,
    more: bool,
}

#[derive(Deserialize)]
struct Message {
    correlation_id: String,
}

/// What the comparison found, in rows.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Comparison {
    pub(super) rows: u64,
    /// Rows whose message was accepted once, and whose receipt says that it was delivered.
    pub(super) delivered: u64,
    /// Rows that are unknown, and that the API has nothing of: their requests never arrived.
    pub(super) never_arrived: u64,
    /// Rows that are gone, or neither sent nor known not to be, or said to be sent and are not.
    pub(super) lost: u64,
    /// Rows with more than one message.
    pub(super) doubled: u64,
    /// Rows with a message that no receipt has settled.
    pub(super) unsettled: u64,
    /// Messages that belong to no row.
    pub(super) stray: u64,
}

impl Ledger {
    /// Reads all that a sandbox has accepted.
    pub(super) async fn read(http: &reqwest::Client, api: &str) -> Result<Self, Failure> {
        let mut ledger = Self {
            messages: HashMap::new(),
            nameless: 0,
        };
        let mut after = String::new();
        loop {
            let url = format!("{api}/_sandbox/sent");
            let query = [("limit", "1000"), ("after", &after)];
            let response = http.get(url).query(&query).send().await?;
            let page: Page = response.error_for_status()?.json().await?;
            for message in page.messages {
                match message.correlation_id.parse() {
                    Ok(id) => *ledger.messages.entry(id).or_default() += 1,
                    Err(_) => ledger.nameless += 1,
                }
            }
            if !page.more {
                return Ok(ledger);
            }
            after = page.next;
        }
    }

    /// How many messages it has.
    pub(super) fn messages(&self) -> u64 {
        let of_rows: u64 = self.messages.values().copied().map(u64::from).sum();
        of_rows + self.nameless
    }

    /// Compares it with the rows of these keys.
    pub(super) async fn compare<S: Store>(
        mut self,
        store: &S,
        keys: impl Iterator<Item = String>,
    ) -> Result<Comparison, Failure> {
        let mut found = Comparison::default();
        let rows = keys.map(|key| store.find(QUEUE, Key::Dedup(key)));
        let mut rows = stream::iter(rows).buffer_unordered(TOGETHER);
        while let Some(row) = rows.next().await {
            found.rows += 1;
            let Some(row) = row? else {
                found.lost += 1;
                continue;
            };
            let messages = self.messages.remove(&row.id).unwrap_or_default();
            found.doubled += u64::from(messages > 1);
            match (row.state, messages) {
                (State::Delivered, 1) => found.delivered += 1,
                (State::Unknown, 0) => found.never_arrived += 1,
                (State::Unknown | State::Accepted, 1..) => found.unsettled += 1,
                (State::Delivered, 2..) => {}
                _ => found.lost += 1,
            }
        }
        found.stray = self.nameless + u64::try_from(self.messages.len())?;
        Ok(found)
    }
}
