//! Capability queries: answered immediately, with a callback for each channel afterwards.

use sinch_conversation_raw::CallbackKind;
use sinch_conversation_raw::types::{
    CapabilityNotification, CapabilityNotificationCapabilityStatus as Status, ChannelIdentity,
    Reason,
};

use super::{delivery, recipient};
use crate::callbacks::notify::{self, Notification, ordering_key};
use crate::model::capability::{Capability, Probe};
use crate::model::channels::Failure;
use crate::store::jobs::{self, Job};
use crate::store::{PROBES, Scope, StoreError, capabilities};

/// Queries each channel of the recipient once.
pub(crate) fn ask(
    scope: &Scope<'_>,
    app_id: &str,
    request_id: &str,
    contact_id: &str,
    identities: &[ChannelIdentity],
) -> Result<(), StoreError> {
    let mut asked = Vec::new();
    for recipient in identities {
        if asked.contains(&&recipient.channel) {
            continue;
        }
        asked.push(&recipient.channel);
        let probe = Probe {
            id: scope.new_id(),
            request_id: request_id.to_owned(),
            app_id: app_id.to_owned(),
            contact_id: contact_id.to_owned(),
            recipient: recipient.clone(),
        };
        PROBES.put(scope.tx, &probe.id, &probe)?;
        let due = scope.now + scope.state.settings.receipt_interval;
        jobs::add(scope.tx, &probe.id, Job::TellCapability, due)?;
    }
    Ok(())
}

/// Reports the answer of a channel.
pub(crate) fn tell(scope: &Scope<'_>, probe_id: &str) -> Result<(), StoreError> {
    let Some(probe) = PROBES.get(scope.tx, probe_id)? else {
        return Ok(());
    };
    PROBES.remove(scope.tx, probe_id)?;
    let (capability, reason) = answer(scope, &probe)?;
    let mut notification = CapabilityNotification::default();
    notification.request_id = Some(probe.request_id.clone());
    notification.contact_id = Some(probe.contact_id.clone());
    notification.channel = Some(probe.recipient.channel);
    notification.identity = Some(probe.recipient.identity);
    notification.channel_capabilities =
        (capability.status == Status::CapabilityPartial).then_some(capability.features);
    notification.capability_status = Some(capability.status);
    notification.reason = reason;
    let notice = Notification::new(
        CallbackKind::CAPABILITY,
        &notification,
        ordering_key(&probe.contact_id, &probe.request_id),
    );
    notify::app(scope, &probe.app_id, &notice)
}

fn answer(scope: &Scope<'_>, probe: &Probe) -> Result<(Capability, Option<Reason>), StoreError> {
    let ChannelIdentity {
        channel, identity, ..
    } = &probe.recipient;
    let app = scope.app(&probe.app_id)?;
    let failure = if app.is_some_and(|app| recipient::has_channel(&app, channel)) {
        delivery::malformed(channel, identity)
    } else {
        let failure = Failure::new("CHANNEL_CONFIGURATION_MISSING");
        Some(failure.describe("The app is not set up for the channel."))
    };
    if let Some(failure) = failure {
        return Ok((Capability::none(), Some(delivery::reason(&failure))));
    }
    let known = capabilities::of(scope.tx, &probe.recipient)?;
    Ok((known.unwrap_or_else(Capability::unknown), None))
}
