//! What was sent and received, and the callbacks about it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::asked::{Asked, listed, number};
use crate::api::error::Fault;
use crate::core::Core;
use crate::model::event::SentEvent;
use crate::model::message::{Receipt, SentMessage};
use crate::model::timeline::{TimelineEntry, TimelineKind, shown};
use crate::sandbox::channel_events;
use crate::sandbox::control;
use crate::store::record::Only;
use crate::store::window::Page;

pub(super) async fn timeline(core: Arc<Core>, asked: Asked) -> Result<Value, Fault> {
    let window = asked.window()?;
    let only = Only {
        app_id: asked.query("app_id").map(str::to_owned),
        ..Only::default()
    };
    let after = window.after;
    let page = control::timeline(&core, window, only).await?;
    let last = page.items.last().map(|entry| json!(entry.seq));
    let page = page.map(|entry| json!(entry));
    Ok(listed("entries", page, last, after))
}

pub(super) async fn sent(core: Arc<Core>, asked: Asked) -> Result<Value, Fault> {
    let window = asked.window_of_ids()?;
    let after = window.after.clone();
    let page = control::sent(&core, window).await?;
    let last = page.items.last().map(|sent| json!(sent.id));
    let page = page.map(|sent| message(&sent));
    Ok(listed("messages", page, last, after))
}

pub(super) async fn sent_message(core: Arc<Core>, asked: Asked) -> Result<Value, Fault> {
    let found = control::sent_message(&core, asked.param("message_id")).await?;
    Ok(message(&found))
}

/// The record of a message has been stored.
pub(super) async fn record(core: Arc<Core>, asked: Asked) -> Result<Value, Fault> {
    channel_events::record_notification(&core, asked.param("message_id").to_owned()).await?;
    Ok(json!({}))
}

pub(super) async fn sent_events(core: Arc<Core>, asked: Asked) -> Result<Value, Fault> {
    let window = asked.window_of_ids()?;
    let after = window.after.clone();
    let page = control::sent_events(&core, window).await?;
    let last = page.items.last().map(|sent| json!(sent.id));
    let page = page.map(|sent| event(&sent));
    Ok(listed("events", page, last, after))
}

pub(super) async fn sent_event(core: Arc<Core>, asked: Asked) -> Result<Value, Fault> {
    let found = control::sent_event(&core, asked.param("event_id")).await?;
    Ok(event(&found))
}

pub(super) async fn received(core: Arc<Core>, asked: Asked) -> Result<Value, Fault> {
    let window = asked.window()?;
    let after = window.after;
    let only = Only {
        received: true,
        ..Only::default()
    };
    let Page { items, more } = control::timeline(&core, window, only).await?;
    let next = items.last().map_or(after, |entry| entry.seq);
    let (messages, events): (Vec<TimelineEntry>, Vec<_>) = items
        .into_iter()
        .partition(|entry| entry.kind == TimelineKind::Received);
    Ok(json!({ "messages": messages, "events": events, "next": next, "more": more }))
}

pub(super) async fn callbacks(core: Arc<Core>, asked: Asked) -> Result<Value, Fault> {
    let window = asked.window()?;
    let after = window.after;
    let page = control::callbacks(&core, window).await?;
    let last = page.items.last().map(|callback| json!(callback.id));
    let page = page.map(|callback| json!(callback));
    Ok(listed("callbacks", page, last, after))
}

pub(super) async fn replay(core: Arc<Core>, asked: Asked) -> Result<Value, Fault> {
    control::replay(&core, number("id", asked.param("id"))?).await?;
    Ok(json!({}))
}

/// An event that was sent, without how the sandbox goes about it.
pub(super) fn event(sent: &SentEvent) -> Value {
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
