//! A program without a keyring.

use crate::error::Failure;

/// Returns that the secret was not stored.
pub(crate) fn store(_profile: &str, _secret: &str, _may_ask: bool) -> Result<bool, Failure> {
    Ok(false)
}

/// # Errors
///
/// There is no keyring.
pub(crate) fn read(profile: &str, _may_ask: bool) -> Result<String, Failure> {
    Err(unreadable(profile))
}

/// # Errors
///
/// There is no keyring.
pub(crate) fn remove(profile: &str, _may_ask: bool) -> Result<(), Failure> {
    Err(unreadable(profile))
}

fn unreadable(profile: &str) -> Failure {
    Failure::usage(format!(
        "the secret of the profile {profile:?} is in the keyring, which this program was built without"
    ))
    .hint("the feature `keyring` (on Linux), or the variables SINCH_KEY_ID and SINCH_KEY_SECRET")
}
