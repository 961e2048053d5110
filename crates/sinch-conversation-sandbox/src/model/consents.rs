//! What an app does about people who opt out.

use serde::{Deserialize, Serialize};

/// What an app does about people who opt out. With Sinch it is a setting of the account; here it is set by
/// [`Sandbox::consent_management`](crate::Sandbox::consent_management).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum ConsentManagement {
    /// Keywords such as STOP are words like others. The default.
    #[default]
    Off,
    /// Keywords change the opt-out lists, OPT_OUT and OPT_IN callbacks tell of it, and messages to who is on a list
    /// fail with RECIPIENT_NOT_OPTED_IN.
    Primary,
    /// As `Primary`, but no message is held back.
    Secondary,
}
