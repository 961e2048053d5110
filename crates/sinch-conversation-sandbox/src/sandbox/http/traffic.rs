//! Sent and received messages and events, and their callbacks.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Sandbox;
use super::input::{Input, listing, number};
use crate::api::error::ApiError;
use crate::model::callback::Callback;
use crate::model::event::SentEvent;
use crate::model::message::{Receipt, SentMessage};
use crate::model::timeline::{TimelineEntry, TimelineKind, shown};
use crate::store::journal::TimelineFilter;
use crate::store::window::Page;

pub(super) async fn timeline(sandbox: Arc<Sandbox>, input: Input) -> Result<Value, ApiError> {
    let only = TimelineFilter {
        app_id: input.query("app_id").map(str::to_owned),
        ..TimelineFilter::default()
    };
    let read = |window| sandbox.timeline_page(window, only);
    let key = |entry: &TimelineEntry| entry.seq;
    listing("entries", input.window()?, read, key, |it| json!(it)).await
}

pub(super) async fn sent(sandbox: Arc<Sandbox>, input: Input) -> Result<Value, ApiError> {
    let read = |window| sandbox.sent_page(window);
    let key = |sent: &SentMessage| sent.id.clone();
    listing("messages", input.window_of_ids()?, read, key, message).await
}

pub(super) async fn sent_message(sandbox: Arc<Sandbox>, input: Input) -> Result<Value, ApiError> {
    let found = sandbox.sent_message(input.param("message_id")).await?;
    Ok(message(&found))
}

/// Reports that the record of a message was stored.
pub(super) async fn record(sandbox: Arc<Sandbox>, input: Input) -> Result<(), ApiError> {
    sandbox
        .record_notification(input.param("message_id"))
        .await?;
    Ok(())
}

pub(super) async fn sent_events(sandbox: Arc<Sandbox>, input: Input) -> Result<Value, ApiError> {
    let read = |window| sandbox.events_page(window);
    let key = |sent: &SentEvent| sent.id.clone();
    listing("events", input.window_of_ids()?, read, key, event).await
}

pub(super) async fn sent_event(sandbox: Arc<Sandbox>, input: Input) -> Result<Value, ApiError> {
    let found = sandbox.sent_event(input.param("event_id")).await?;
    Ok(event(&found))
}

pub(super) async fn received(sandbox: Arc<Sandbox>, input: Input) -> Result<Value, ApiError> {
    let window = input.window()?;
    let after = window.after;
    let Page { items, more } = sandbox
        .timeline_page(window, TimelineFilter::received())
        .await?;
    let next = items.last().map_or(after, |entry| entry.seq);
    let (messages, events): (Vec<TimelineEntry>, Vec<_>) = items
        .into_iter()
        .partition(|entry| entry.kind == TimelineKind::Received);
    Ok(json!({ "messages": messages, "events": events, "next": next, "more": more }))
}

pub(super) async fn callbacks(sandbox: Arc<Sandbox>, input: Input) -> Result<Value, ApiError> {
    let read = |window| sandbox.callbacks_page(window);
    let key = |callback: &Callback| callback.id;
    listing("callbacks", input.window()?, read, key, |it| json!(it)).await
}

pub(super) async fn replay(sandbox: Arc<Sandbox>, input: Input) -> Result<(), ApiError> {
    sandbox
        .replay_callback(number("id", input.param("id"))?)
        .await?;
    Ok(())
}

/// Returns a sent event without the sandbox's internal fields.
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

/// Returns a sent message without the sandbox's internal fields.
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
