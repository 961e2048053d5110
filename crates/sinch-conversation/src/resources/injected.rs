//! The parts that injected messages and events share: the address and the time.

use sinch_conversation_raw::limits::Limit;
use sinch_conversation_raw::types::ChannelIdentity;
use sinch_conversation_raw::wire::Timestamp;

use super::from_now::{DAY, seconds_ahead};
use crate::channel::{check_address, is_app_scoped};
use crate::error::Violations;
use crate::id::AppId;
use crate::recipient::Identity;

pub(super) fn channel_identity(identity: &Identity, app: Option<&AppId>) -> ChannelIdentity {
    let mut channel = ChannelIdentity::new(identity.channel().clone(), identity.address());
    channel.app_id = app.map(ToString::to_string);
    channel
}

/// An address on an app-scoped channel needs its app.
pub(super) fn check_identity(
    identity: Option<&Identity>,
    app: Option<&AppId>,
    violations: &mut Violations,
) {
    let Some(identity) = identity else { return };
    let field = || "channel_identity.identity".to_owned();
    check_address(identity.channel(), identity.address(), field, violations);
    if is_app_scoped(identity.channel()) && app.is_none() {
        let remedy = "say with `app` to which app the address belongs";
        violations.missing("channel_identity.app_id", remedy);
    }
}

pub(super) fn check_accepted(
    accepted: Option<&Timestamp>,
    oldest: Limit,
    violations: &mut Violations,
) {
    let Some(time) = accepted else {
        return violations.missing("accept_time", "give the time with `accepted`");
    };
    match seconds_ahead(time) {
        Some(ahead) => violations.range("accept_time", -ahead, " s ago", (0, oldest.max * DAY)),
        None => violations.malformed("accept_time", "a timestamp, as RFC 3339 has it"),
    }
}
