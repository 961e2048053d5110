//! Apps.

use std::sync::Arc;

use serde_json::Value;
use sinch_conversation_raw::types::{
    AppCreateRequest, AppResponse, AppUpdateRequest, ChannelIntegrationState,
    ChannelIntegrationStatus, ConversationMetadataReportView, DeliveryReportBasedFallback,
    DispatchRetentionPolicyType, ListAppsResponse, ProcessingMode, QueueStats, RateLimits,
    RetentionPolicyType,
};
use sinch_conversation_raw::wire::Wire;

use super::{nothing, patch};
use crate::api::call::Call;
use crate::api::error::ApiError;
use crate::model::check::Check;
use crate::store::{APPS, Scope, callbacks, queues, webhooks};

/// The default of `delivery_report_waiting_time` in seconds, where delivery-report-based fallback is on. Not
/// documented.
const WAITING_TIME: i32 = 60;

pub(super) fn create(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let request: AppCreateRequest = call.body()?;
    let mut check = Check::default();
    check.limits(&request, "");
    let mut app: AppResponse = patch::create::<AppCreateRequest, _>(call, &[])?;
    let id = scope.new_id();
    app.id = Some(id.clone());
    save(scope, &id, app, check)
}

pub(super) fn get(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let app = find(scope, call.param("app_id"))?;
    Ok(shown(scope, AppResponse::clone(&app))?.to_value())
}

pub(super) fn list(scope: &Scope<'_>) -> Result<Value, ApiError> {
    let mut answer = ListAppsResponse::default();
    let apps = APPS.all(scope.tx)?.into_iter();
    answer.apps = Some(
        apps.map(|app| shown(scope, app))
            .collect::<Result<_, _>>()?,
    );
    Ok(answer.to_value())
}

pub(super) fn update(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let id = call.param("app_id");
    let present = find(scope, id)?;
    let request: AppUpdateRequest = call.body()?;
    let mut check = Check::default();
    check.limits(&request, "");
    save(
        scope,
        id,
        patch::apply::<AppUpdateRequest, _>(&*present, call, &[])?,
        check,
    )
}

pub(super) fn delete(scope: &Scope<'_>, call: &Call) -> Result<Value, ApiError> {
    let id = call.param("app_id");
    find(scope, id)?;
    for webhook in webhooks::of_app(scope.tx, id)? {
        callbacks::drop_for_webhook(scope.tx, webhook.id.as_deref().unwrap_or_default())?;
    }
    APPS.remove(scope.tx, id)?;
    Ok(nothing())
}

/// Returns the app with this id, or 404.
pub(super) fn find(scope: &Scope<'_>, id: &str) -> Result<Arc<AppResponse>, ApiError> {
    let app = scope.app(id)?;
    app.ok_or_else(|| ApiError::not_found("app", id))
}

fn save(
    scope: &Scope<'_>,
    id: &str,
    mut app: AppResponse,
    mut check: Check,
) -> Result<Value, ApiError> {
    check_app(&mut check, &app);
    check.done()?;
    fill(&mut app);
    APPS.put(scope.tx, id, &app)?;
    Ok(shown(scope, AppResponse::clone(&app))?.to_value())
}

/// Returns the app as the API shows it: with the state of its queue, and a waiting time of 0 where it has none.
fn shown(scope: &Scope<'_>, mut app: AppResponse) -> Result<AppResponse, ApiError> {
    app.delivery_report_based_fallback
        .get_or_insert_default()
        .delivery_report_waiting_time
        .get_or_insert(0);
    let waiting = queues::waiting(scope.tx, app.id.as_deref().unwrap_or_default())?;
    let mut queue = QueueStats::default();
    queue.outbound_size = i64::try_from(waiting).ok();
    queue.outbound_limit = i64::try_from(scope.state.settings.queue_limit).ok();
    app.queue_stats = Some(queue);
    Ok(app)
}

fn check_app(check: &mut Check, app: &AppResponse) {
    check.that(
        app.display_name
            .as_ref()
            .is_some_and(|name| !name.trim().is_empty()),
        "display_name",
        "a name is required",
    );
    for (index, credentials) in app.channel_credentials.iter().flatten().enumerate() {
        check.that(
            credentials.channel.is_some(),
            &format!("channel_credentials[{index}].channel"),
            "a channel is required",
        );
    }
    let waits_for_nothing = app
        .delivery_report_based_fallback
        .as_ref()
        .is_some_and(|it| it.enabled == Some(true) && it.delivery_report_waiting_time == Some(0));
    let least = DeliveryReportBasedFallback::DELIVERY_REPORT_WAITING_TIME.min;
    check.that(
        !waits_for_nothing,
        "delivery_report_based_fallback.delivery_report_waiting_time",
        &format!("expected at least {least}, found 0"),
    );
}

/// Fills in the values that the real API sets in a new app.
fn fill(app: &mut AppResponse) {
    for credentials in app.channel_credentials.get_or_insert_default() {
        let mut state = ChannelIntegrationState::new(ChannelIntegrationStatus::Active);
        state.description = Some(String::new());
        credentials.state = Some(state);
        credentials.channel_known_id.get_or_insert_default();
        credentials.callback_secret.get_or_insert_with(|| "".into());
    }
    app.conversation_metadata_report_view
        .get_or_insert(ConversationMetadataReportView::None);
    app.processing_mode.get_or_insert(ProcessingMode::Dispatch);
    let retention = app.retention_policy.get_or_insert_default();
    retention
        .retention_type
        .get_or_insert(RetentionPolicyType::MessageExpirePolicy);
    retention.ttl_days.get_or_insert(180);
    let dispatch = app.dispatch_retention_policy.get_or_insert_default();
    dispatch
        .retention_type
        .get_or_insert(DispatchRetentionPolicyType::MessageExpirePolicy);
    dispatch.ttl_days.get_or_insert(0);
    app.smart_conversation
        .get_or_insert_default()
        .enabled
        .get_or_insert(false);
    let callbacks = app.callback_settings.get_or_insert_default();
    callbacks
        .secret_for_overridden_callback_urls
        .get_or_insert_with(|| "".into());
    fill_fallback(app.delivery_report_based_fallback.get_or_insert_default());
    app.message_retry_settings
        .get_or_insert_default()
        .retry_duration
        .get_or_insert(3600);
    fill_read_only(app);
}

/// Removes the waiting time of 0 that apps without one are shown with: it would be invalid once fallback is turned on.
fn fill_fallback(fallback: &mut DeliveryReportBasedFallback) {
    let time = fallback.delivery_report_waiting_time;
    fallback.delivery_report_waiting_time = match fallback.enabled.get_or_insert(false) {
        true => time.or(Some(WAITING_TIME)),
        false => time.filter(|time| *time != 0),
    };
}

fn fill_read_only(app: &mut AppResponse) {
    let mut limits = RateLimits::default();
    (limits.inbound, limits.outbound, limits.webhooks) = (Some(100), Some(20), Some(100));
    app.rate_limits = Some(limits);
    app.persist_message_status
        .get_or_insert_default()
        .enabled
        .get_or_insert(false);
    app.message_search
        .get_or_insert_default()
        .enabled
        .get_or_insert(false);
}
