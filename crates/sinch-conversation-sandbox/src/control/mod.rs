//! What a test does with a sandbox besides calling its API. The operations are here, on [`Core`]; they are called as
//! methods of [`Sandbox`](crate::Sandbox) and over HTTP, under `/_sandbox/`.

mod follow;
pub(crate) mod http;
mod methods;
pub(crate) mod seed;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sinch_conversation_raw::wire::Timestamp;

use crate::core::Core;
use crate::engine::events::sent::SentEvent;
use crate::engine::outbound::SentMessage;
use crate::error::ControlError;
use crate::log::Callback;
use crate::store::window::Window;
use crate::store::{StoreError, callbacks, kept, meta, overview, record, replays, sends};
use crate::timeline::{TimelineEntry, TimelineKind};

pub use follow::{CallbackLog, LoggedAttempt};
pub use seed::Seeded;

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

pub(crate) async fn sent(core: &Core) -> Result<Vec<SentMessage>, ControlError> {
    Ok(core.store.read(sends::all).await?)
}

pub(crate) async fn sent_message(core: &Core, id: &str) -> Result<SentMessage, ControlError> {
    let wanted = id.to_owned();
    let found = core.store.read(move |tx| sends::get(tx, &wanted)).await?;
    found.ok_or_else(|| ControlError::UnknownMessage {
        message_id: id.to_owned(),
    })
}

/// The entries in a window, of one app or of all.
pub(crate) async fn timeline(
    core: &Core,
    window: Window,
    app_id: Option<String>,
) -> Result<Vec<TimelineEntry>, ControlError> {
    let read = core
        .store
        .read(move |tx| record::after(tx, window, app_id.as_deref()));
    Ok(read.await?)
}

pub(crate) async fn received(core: &Core) -> Result<Vec<TimelineEntry>, ControlError> {
    let mut entries = timeline(core, Window::ALL, None).await?;
    let of_contacts = [TimelineKind::Received, TimelineKind::EventReceived];
    entries.retain(|entry| of_contacts.contains(&entry.kind));
    Ok(entries)
}

pub(crate) async fn callbacks(core: &Core, window: Window) -> Result<Vec<Callback>, ControlError> {
    let read = core.store.read(move |tx| callbacks::after(tx, window));
    Ok(read.await?)
}

pub(crate) async fn sent_events(core: &Core) -> Result<Vec<SentEvent>, ControlError> {
    Ok(core.store.read(kept::all).await?)
}

pub(crate) async fn replay(core: &Core, id: i64) -> Result<(), ControlError> {
    if core.store.write(move |tx| replays::add(tx, id)).await? {
        Ok(())
    } else {
        Err(ControlError::UnknownCallback { id })
    }
}
