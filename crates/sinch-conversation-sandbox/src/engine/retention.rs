//! The daily removal of what the apps' retention policies no longer keep.

use chrono::{DateTime, TimeDelta, Utc};
use sinch_conversation_raw::types::{AppResponse, RetentionPolicyType};

use super::conversation;
use crate::store::jobs::{self, Job};
use crate::store::messages::Source;
use crate::store::{APPS, Scope, StoreError, dispatch_metadata, events, retention};

/// The subject of the job: there is one for the whole sandbox.
const SUBJECT: &str = "retention";

/// The time between two removals.
const PERIOD: TimeDelta = TimeDelta::days(1);

/// Schedules the first removal of this database.
pub(crate) fn plan(scope: &Scope<'_>) -> Result<(), StoreError> {
    if jobs::is_planned(scope.tx, SUBJECT, Job::Sweep)? {
        return Ok(());
    }
    jobs::add(scope.tx, SUBJECT, Job::Sweep, scope.now + PERIOD)
}

/// Removes what is too old in all apps, and schedules the next removal.
pub(crate) fn sweep(scope: &Scope<'_>) -> Result<(), StoreError> {
    for app in APPS.all(scope.tx)? {
        sweep_app(scope, &app)?;
    }
    plan(scope)
}

fn sweep_app(scope: &Scope<'_>, app: &AppResponse) -> Result<(), StoreError> {
    let app_id = app.id.as_deref().unwrap_or_default();
    let dispatch = app.dispatch_retention_policy.as_ref();
    if let Some(before) = cut_off(scope.now, dispatch.and_then(|policy| policy.ttl_days)) {
        retention::remove_messages(scope.tx, app_id, Source::Dispatch, before)?;
        dispatch_metadata::remove_before(scope.tx, app_id, before)?;
    }
    let Some(policy) = &app.retention_policy else {
        return Ok(());
    };
    let Some(before) = cut_off(scope.now, policy.ttl_days) else {
        return Ok(());
    };
    match &policy.retention_type {
        Some(RetentionPolicyType::MessageExpirePolicy) => {
            retention::remove_messages(scope.tx, app_id, Source::Conversation, before)?;
            events::remove_before(scope.tx, app_id, before)?;
        }
        Some(RetentionPolicyType::ConversationExpirePolicy) => {
            for conversation in retention::silent_conversations(scope.tx, app_id, before)? {
                conversation::remove(scope, &conversation)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Returns the time before which accepted messages are too old.
fn cut_off(now: DateTime<Utc>, days: Option<i64>) -> Option<DateTime<Utc>> {
    now.checked_sub_signed(TimeDelta::try_days(days?)?)
}
