//! Consent management: what an app does about opt-outs.

use serde::{Deserialize, Serialize};

/// How an app handles opt-outs. At Sinch it is a setting of the account; here it is set with
/// [`Sandbox::consent_management`](crate::Sandbox::consent_management).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum ConsentManagement {
    /// Keywords such as STOP are ordinary text. The default.
    #[default]
    Off,
    /// Keywords change the opt-out lists, OPT_OUT and OPT_IN callbacks report it, and messages to a listed recipient
    /// fail with RECIPIENT_NOT_OPTED_IN.
    Primary,
    /// As `Primary`, but messages to a listed recipient are delivered.
    Secondary,
}
