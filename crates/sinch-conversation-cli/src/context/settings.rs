//! Settings by the names of their variables, which are those of the client.

use std::collections::BTreeMap;

use sinch_conversation::Error;

use super::GlobalOptions;
use crate::error::{Exit, Failure};
use crate::profiles::{ENDPOINT, KEYS, Profiles};

/// The key and its secret belong together: if one is a variable, the other is not taken from a profile.
const KEY: [&str; 2] = ["SINCH_KEY_ID", "SINCH_KEY_SECRET"];

/// Settings from options, then variables, then the profile.
#[derive(Default)]
pub(crate) struct Settings {
    options: BTreeMap<&'static str, String>,
    profile: BTreeMap<&'static str, String>,
    /// Whether the secret of the profile is in the keyring.
    uses_keyring: bool,
    /// The name of the profile; `None` if there is no such profile, and none was asked for.
    pub(crate) profile_name: Option<String>,
}

/// Where a setting comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Option,
    Variable,
    Profile,
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
            given.extend(addresses(endpoint));
        }
        let mut settings = profile(options)?;
        settings.options = given;
        Ok(settings)
    }

    /// The settings of a login, which come before those of the environment.
    pub(crate) fn of_login(
        project: &str,
        key_id: &str,
        secret: &str,
        place: &str,
        value: &str,
    ) -> Self {
        let mut options = BTreeMap::from([
            ("SINCH_PROJECT_ID", project.to_owned()),
            (KEY[0], key_id.to_owned()),
            (KEY[1], secret.to_owned()),
        ]);
        match place == ENDPOINT {
            true => options.extend(addresses(value)),
            false => {
                options.insert("SINCH_CONVERSATION_REGION", value.to_owned());
            }
        }
        Self {
            options,
            ..Self::default()
        }
    }

    /// Returns a setting by the name of its variable; an empty one counts as missing.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        Some(self.find(name)?.0)
    }

    /// Returns a setting and where it comes from.
    pub(crate) fn find(&self, name: &str) -> Option<(String, Origin)> {
        if let Some(value) = self.options.get(name) {
            return Some((value.clone(), Origin::Option));
        }
        if let Some(value) = variable(name) {
            return Some((value, Origin::Variable));
        }
        // A region and addresses are one choice, and so are the parts of the key.
        let of_variables = match name {
            name if KEY.contains(&name) => is_key_of_variables(),
            "SINCH_CONVERSATION_REGION" => variable("SINCH_REGION").is_some(),
            _ => false,
        };
        let value = self.profile.get(name).filter(|_| !of_variables)?;
        Some((value.clone(), Origin::Profile))
    }

    /// Returns the profile whose secret in the keyring belongs to the key that is used.
    pub(crate) fn profile_in_keyring(&self) -> Option<&str> {
        let is_given = self.options.contains_key(KEY[1]) || is_key_of_variables();
        let profile = self.profile_name.as_deref();
        profile.filter(|_| self.uses_keyring && !is_given)
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn is_key_of_variables() -> bool {
    KEY.iter().any(|name| variable(name).is_some())
}

/// Returns the settings of the profile that was asked for or chosen; none if there is none.
fn profile(options: &GlobalOptions) -> Result<Settings, Failure> {
    let profiles = match (Profiles::load(), &options.profile) {
        (Ok(profiles), _) => profiles,
        (Err(failure), Some(_)) => return Err(failure),
        // The variables may be enough.
        (Err(failure), None) => {
            super::warn(&failure.message());
            return Ok(Settings::default());
        }
    };
    let name = options.profile.as_deref().unwrap_or(profiles.chosen());
    if !profiles.has(name) {
        return match options.profile {
            Some(_) => Err(Failure::usage(format!("there is no profile {name:?}"))
                .hint("sinch-conversation profile list")),
            None => Ok(Settings::default()),
        };
    }
    let mut settings = BTreeMap::new();
    for (key, variable) in KEYS {
        match profiles.get(name, key) {
            Some(url) if key == ENDPOINT => settings.extend(addresses(url)),
            Some(text) => {
                settings.insert(variable, text.to_owned());
            }
            None => {}
        }
    }
    Ok(Settings {
        options: BTreeMap::new(),
        profile: settings,
        uses_keyring: profiles.uses_keyring(name),
        profile_name: Some(name.to_owned()),
    })
}

/// Returns the addresses of all services of a sandbox.
fn addresses(endpoint: &str) -> [(&'static str, String); 4] {
    let endpoint = endpoint.trim_end_matches('/');
    [
        ("SINCH_CONVERSATION_URL", endpoint.to_owned()),
        ("SINCH_TEMPLATE_URL", endpoint.to_owned()),
        ("SINCH_AUTH_URL", endpoint.to_owned()),
        ("SINCH_BATCH_URL", format!("{endpoint}/batch")),
    ]
}

/// Returns the failure for settings that make no client.
pub(super) fn invalid(error: Error) -> Failure {
    let hint = "set the variables, or `sinch-conversation auth login`";
    Failure::new(Exit::Usage, error.to_string()).hint(hint)
}
