//! The capabilities of recipients on their channels.

use serde::{Deserialize, Serialize};
use sinch_conversation_raw::types::{
    CapabilityNotificationCapabilityStatus as Status, ChannelIdentity,
};

/// The capability of a recipient on a channel, for [`Sandbox::set_capability`](crate::Sandbox::set_capability).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capability {
    pub(crate) status: Status,
    pub(crate) features: Vec<String>,
}

impl Capability {
    /// CAPABILITY_UNKNOWN: the channel does not report it. The default for every recipient.
    #[must_use]
    pub fn unknown() -> Self {
        Self::with(Status::CapabilityUnknown)
    }

    /// CAPABILITY_FULL: all features of the channel.
    #[must_use]
    pub fn full() -> Self {
        Self::with(Status::CapabilityFull)
    }

    /// CAPABILITY_PARTIAL: only these features of the channel, which `channel_capabilities` lists.
    pub fn partial<F: Into<String>>(features: impl IntoIterator<Item = F>) -> Self {
        Self {
            status: Status::CapabilityPartial,
            features: features.into_iter().map(Into::into).collect(),
        }
    }

    /// NO_CAPABILITY: the recipient cannot use the channel.
    #[must_use]
    pub fn none() -> Self {
        Self::with(Status::NoCapability)
    }

    fn with(status: Status) -> Self {
        Self {
            status,
            features: Vec::new(),
        }
    }
}

/// A capability query to one channel that has not been answered yet.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Probe {
    pub(crate) id: String,
    pub(crate) request_id: String,
    pub(crate) app_id: String,
    pub(crate) contact_id: String,
    pub(crate) recipient: ChannelIdentity,
}
