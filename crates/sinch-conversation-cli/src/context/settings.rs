//! Settings by the names of their variables, which are those of the client.

use std::collections::BTreeMap;

use sinch_conversation::Error;

use super::GlobalOptions;
use crate::error::{Exit, Failure};

/// Settings from options, then variables, then the profile.
pub(crate) struct Settings {
    given: BTreeMap<&'static str, String>,
    profile: BTreeMap<String, String>,
}

impl Settings {
    pub(super) fn resolve(options: &GlobalOptions) -> Result<Self, Failure> {
        let mut given = BTreeMap::new();
        let mut set = |name, value: &Option<String>| {
            if let Some(value) = value {
                given.insert(name, value.clone());
            }
        };
        set("SINCH_PROJECT_ID", &options.project);
        set("SINCH_CONVERSATION_REGION", &options.region);
        if let Some(endpoint) = &options.endpoint {
            let endpoint = endpoint.trim_end_matches('/');
            for name in [
                "SINCH_CONVERSATION_URL",
                "SINCH_TEMPLATE_URL",
                "SINCH_AUTH_URL",
            ] {
                given.insert(name, endpoint.to_owned());
            }
            given.insert("SINCH_BATCH_URL", format!("{endpoint}/batch"));
        }
        Ok(Self {
            given,
            profile: BTreeMap::new(),
        })
    }

    /// Returns a setting by the name of its variable; an empty one counts as missing.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let variable = || std::env::var(name).ok();
        let profile = || self.profile.get(name).cloned();
        let given = self.given.get(name).cloned();
        given
            .or_else(|| variable().filter(|value| !value.is_empty()))
            .or_else(profile)
            .filter(|value| !value.is_empty())
    }
}

/// Returns the failure for settings that make no client.
pub(super) fn invalid(error: Error) -> Failure {
    let hint = "set the variables, or `sinch-conversation auth login`";
    Failure::new(Exit::Usage, error.to_string()).hint(hint)
}
