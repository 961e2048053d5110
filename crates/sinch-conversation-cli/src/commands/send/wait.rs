//! Waits for the outcome of a message by reading it again and again.

use std::time::Duration;

use serde_json::Value;
use sinch_conversation::Client;
use sinch_conversation::resources::{AppHandle, Sent};
use sinch_conversation::types::{MessageStatus, ProcessingMode, StoredMessageStatus};
use tokio::time::{Instant, sleep};

use crate::error::{Exit, Failure};
use crate::output::add_field;

/// The pause before the first look, which doubles up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// Checks before sending that the outcome can be learned.
///
/// # Errors
///
/// It cannot, or the app cannot be read.
pub(super) async fn check(app: &AppHandle, client: &Client) -> Result<(), Failure> {
    let stored = client.apps().get(app.id()?).await?;
    let data = stored.data();
    let why = if data.processing_mode == Some(ProcessingMode::Dispatch) {
        "is in DISPATCH mode, in which the API stores no status"
    } else if data
        .persist_message_status
        .as_ref()
        .and_then(|it| it.enabled)
        == Some(false)
    {
        "does not store the status of its messages (persist_message_status)"
    } else {
        return Ok(());
    };
    let message = format!("--wait: the app {} {why}; nothing was sent", stored.id());
    let hint = "send without --wait, and take the outcome from the callbacks";
    Err(Failure::usage(message).hint(hint))
}

/// Waits, and adds the last status to what is written.
///
/// # Errors
///
/// The delivery failed, or the time is over.
pub(super) async fn wait(
    client: &Client,
    sent: &Sent,
    limit: Duration,
    written: &mut Value,
) -> Result<(), Failure> {
    let start = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        let stored = client.messages().get(&sent.message_id).await?;
        let status = stored.data().message_status.clone().unwrap_or_default();
        if let Some(status) = &status.status {
            add_field(written, "status", status.as_str());
        }
        match status.status {
            Some(StoredMessageStatus::Delivered | StoredMessageStatus::Read) => return Ok(()),
            Some(StoredMessageStatus::Failed) => return Err(not_delivered(&status, written)),
            _ if start.elapsed() >= limit => return Err(late(&status, limit)),
            _ => {}
        }
        sleep(pause.min(limit.saturating_sub(start.elapsed()))).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn not_delivered(status: &MessageStatus, written: &mut Value) -> Failure {
    let mut message = "the delivery failed".to_owned();
    if let Some(reason) = &status.reason {
        add_field(written, "reason", reason.as_str());
        message.push_str(": ");
        message.push_str(reason);
    }
    Failure::new(Exit::NotDelivered, message)
}

fn late(status: &MessageStatus, limit: Duration) -> Failure {
    let seconds = limit.as_secs();
    let (message, hint) = match &status.status {
        Some(status) => (
            format!("the message is {} after {seconds} s", status.as_str()),
            "it may still be delivered; read it again with `messages get`",
        ),
        None => (
            format!("the message has had no status for {seconds} s"),
            "an app has to store the status of its messages (persist_message_status)",
        ),
    };
    Failure::new(Exit::WaitedTooLong, message).hint(hint)
}
