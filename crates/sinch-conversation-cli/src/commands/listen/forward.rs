//! Where callbacks are forwarded to, and with which signature.

use std::str::FromStr;

use sinch_conversation::reqwest::Url;

use super::Arguments;
use crate::error::Failure;
use crate::received::ReceivedCallback;
use crate::target::{Poster, TargetAnswer, signed, target};
use crate::webhook_secret;

/// The variable with the secret of the receiver under test.
const SECRET: &str = "SINCH_FORWARD_SECRET";

/// The address for callbacks of a trigger.
#[derive(Clone)]
pub(super) struct Mapping {
    trigger: String,
    target: Url,
}

impl FromStr for Mapping {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = "expected TRIGGER=URL, as in MESSAGE_INBOUND=http://localhost:3000/inbound";
        let (trigger, address) = text.split_once('=').ok_or(expected)?;
        Ok(Self {
            trigger: trigger.trim().to_uppercase().replace('-', "_"),
            target: target(address)?,
        })
    }
}

/// Where callbacks are forwarded to.
pub(super) struct Forward {
    poster: Poster,
    default: Option<Url>,
    mappings: Vec<Mapping>,
    secret: Option<String>,
}

impl Forward {
    pub(super) fn new(arguments: &Arguments) -> Result<Self, Failure> {
        let file = arguments.forward_secret_file.as_deref();
        Ok(Self {
            poster: Poster::new()?,
            default: arguments.forward_to.clone(),
            mappings: arguments.map.clone(),
            secret: webhook_secret::from(file, "--forward-secret-file", SECRET)?,
        })
    }

    /// Returns the addresses for callbacks of a trigger: those that are mapped, or else the one for all.
    pub(super) fn targets(&self, trigger: &str) -> Vec<&Url> {
        let mapped = self.mappings.iter().filter(|it| it.trigger == trigger);
        let mapped: Vec<&Url> = mapped.map(|it| &it.target).collect();
        match mapped.is_empty() {
            true => self.default.iter().collect(),
            false => mapped,
        }
    }

    /// Posts a callback.
    ///
    /// # Errors
    ///
    /// There is no answer.
    pub(super) async fn post(
        &self,
        target: &Url,
        callback: &ReceivedCallback,
    ) -> Result<TargetAnswer, String> {
        let headers = match &self.secret {
            Some(secret) => signed(secret, &callback.body).map_err(|failure| failure.message())?,
            None => callback.headers.clone(),
        };
        self.poster.post(target, &headers, &callback.body).await
    }
}
