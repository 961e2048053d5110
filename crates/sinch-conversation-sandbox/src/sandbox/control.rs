//! What a test does with a sandbox besides calling its API. The operations are here, on [`Core`]; they are called as
//! methods of [`Sandbox`](crate::Sandbox) and over HTTP, under `/_sandbox/`.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sinch_conversation_raw::wire::Timestamp;

use crate::core::Core;
use crate::model::callback::Callback;
use crate::model::event::SentEvent;
use crate::model::message::SentMessage;
use crate::model::timeline::TimelineEntry;
use crate::sandbox::error::ControlError;
use crate::store::record::Only;
use crate::store::window::{Page, Window};
use crate::store::{StoreError, callbacks, kept, meta, overview, record, replays, sends};

pub use crate::sandbox::callback_log::{CallbackLog, LoggedAttempt};
pub use crate::sandbox::seed::Seeded;

/// Back to the beginning, as one transaction. What is kept in memory goes while the store is locked, so that nobody
/// sees the one without the other.
pub(crate) async fn reset(core: &Arc<Core>) -> Result<(), ControlError> {
    let shared = Arc::clone(core);
    let emptied = core.store.write(move |tx| {
        overview::wipe(tx)?;
        shared.channels.restore_all();
        shared.bearers.clear();
        shared.faults.clear();
        shared.requests.clear();
        shared.clock.reset();
        meta::set_clock_ahead(tx, 0)?;
        shared.epoch.begin(shared.ids.next(shared.clock.now()));
        Ok::<_, StoreError>(())
    });
    Ok(emptied.await?)
}

pub(crate) fn advance_clock(core: &Core, by: Duration) {
    core.clock.advance(by);
    remember_clock(core);
}

pub(crate) fn set_clock(core: &Core, to: DateTime<Utc>) -> Result<(), ControlError> {
    if core.clock.set(to) {
        remember_clock(core);
        return Ok(());
    }
    Err(ControlError::ClockBackwards {
        wanted: Timestamp::from(to),
        now: Timestamp::from(core.clock.now()),
    })
}

/// What is due stands in the database by this clock, so the next run has to go on from it.
fn remember_clock(core: &Core) {
    let ahead = core.clock.ahead_us();
    core.store
        .write_soon(move |tx| meta::set_clock_ahead(tx, ahead));
}

pub(crate) async fn sent(
    core: &Core,
    window: Window<String>,
) -> Result<Page<SentMessage>, ControlError> {
    let read = core.store.read(move |tx| sends::after(tx, &window));
    Ok(read.await?)
}

pub(crate) async fn sent_message(core: &Core, id: &str) -> Result<SentMessage, ControlError> {
    let wanted = id.to_owned();
    let found = core.store.read(move |tx| sends::get(tx, &wanted)).await?;
    found.ok_or_else(|| ControlError::UnknownMessage {
        message_id: id.to_owned(),
    })
}

pub(crate) async fn timeline(
    core: &Core,
    window: Window,
    only: Only,
) -> Result<Page<TimelineEntry>, ControlError> {
    let read = core.store.read(move |tx| record::after(tx, &window, &only));
    Ok(read.await?)
}

pub(crate) async fn callbacks(core: &Core, window: Window) -> Result<Page<Callback>, ControlError> {
    let read = core.store.read(move |tx| callbacks::after(tx, &window));
    Ok(read.await?)
}

pub(crate) async fn sent_events(
    core: &Core,
    window: Window<String>,
) -> Result<Page<SentEvent>, ControlError> {
    let read = core.store.read(move |tx| kept::after(tx, &window));
    Ok(read.await?)
}

pub(crate) async fn sent_event(core: &Core, id: &str) -> Result<SentEvent, ControlError> {
    let wanted = id.to_owned();
    let found = core.store.read(move |tx| kept::get(tx, &wanted)).await?;
    found.ok_or_else(|| ControlError::UnknownEvent {
        event_id: id.to_owned(),
    })
}

pub(crate) async fn replay(core: &Core, id: i64) -> Result<(), ControlError> {
    if core.store.write(move |tx| replays::add(tx, id)).await? {
        Ok(())
    } else {
        Err(ControlError::UnknownCallback { id })
    }
}
