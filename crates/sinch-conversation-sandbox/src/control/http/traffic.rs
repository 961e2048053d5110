//! What was sent and received, and the callbacks about it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::asked::{Asked, number};
use crate::control;
use crate::core::Core;
use crate::engine::events::sent::SentEvent;
use crate::engine::outbound::{Receipt, SentMessage};
use crate::http::fault::Fault;
use crate::timeline::{TimelineEntry, TimelineKind, shown};

pub(super) async fn timeline(core: Arc<Core>, asked: Asked) -> Result<Value, Fault> {
    let window = asked.window()?;
    let app_id = asked.query("app_id").map(str::to_owned);
    let entries = control::timeline(&core, window, app_id).await?;
    let next = entries.last().map_or(window.after, |entry| entry.seq);
    Ok(json!({ "entries": entries, "next": next }))
}

pub(super) async fn sent(core: Arc<Core>, _: Asked) -> Result<Value, Fault> {
    let messages: Vec<Value> = control::sent(&core).await?.iter().map(message).collect();
    Ok(json!({ "messages": messages }))
}

pub(super) async fn sent_message(core: Arc<Core>, asked: Asked) -> Result<Value, Fault> {
    let found = control::sent_message(&core, asked.param("message_id")).await?;
    Ok(message(&found))
}

pub(super) async fn sent_events(core: Arc<Core>, _: Asked) -> Result<Value, Fault> {
    let events: Vec<Value> = control::sent_events(&core)
        .await?
        .iter()
        .map(event)
        .collect();
    Ok(json!({ "events": events }))
}

pub(super) async fn received(core: Arc<Core>, _: Asked) -> Result<Value, Fault> {
    let (messages, events): (Vec<TimelineEntry>, Vec<_>) = control::received(&core)
        .await?
        .into_iter()
        .partition(|entry| entry.kind == TimelineKind::Received);
    Ok(json!({ "messages": messages, "events": events }))
}

pub(super) async fn callbacks(core: Arc<Core>, asked: Asked) -> Result<Value, Fault> {
    let window = asked.window()?;
    let callbacks = control::callbacks(&core, window).await?;
    let next = callbacks.last().map_or(window.after, |last| last.id);
    Ok(json!({ "callbacks": callbacks, "next": next }))
}

pub(super) async fn replay(core: Arc<Core>, asked: Asked) -> Result<Value, Fault> {
    control::replay(&core, number("id", asked.param("id"))?).await?;
    Ok(json!({}))
}

/// An event that was sent, without how the sandbox goes about it.
fn event(sent: &SentEvent) -> Value {
    json!({
        "id": sent.id,
        "app_id": sent.app_id,
        "processing_mode": sent.processing_mode,
        "contact_id": sent.contact_id,
        "conversation_id": sent.conversation_id,
        "channel_identity": sent.channel_identity,
        "event": sent.event,
        "event_metadata": sent.event_metadata,
        "accepted_time": sent.accepted_time,
        "status": sent.status(),
        "statuses": statuses(&sent.receipts),
    })
}

fn statuses(receipts: &[Receipt]) -> Vec<Value> {
    receipts.iter().map(shown).collect()
}

/// A message that was sent, without how the sandbox goes about it.
pub(super) fn message(sent: &SentMessage) -> Value {
    json!({
        "id": sent.id,
        "app_id": sent.app_id,
        "processing_mode": sent.processing_mode,
        "contact_id": sent.contact_id,
        "conversation_id": sent.conversation_id,
        "channel_identity": sent.channel_identity(),
        "message": sent.message,
        "rendered": sent.rendered,
        "message_metadata": sent.message_metadata,
        "correlation_id": sent.correlation_id,
        "accepted_time": sent.accepted_time,
        "status": sent.status(),
        "statuses": statuses(&sent.receipts),
    })
}
