//! Consent management, and the profiles and capabilities of recipients.

use std::sync::Arc;

use serde::Deserialize;

use super::Sandbox;
use super::input::{Input, channel};
use crate::api::error::ApiError;
use crate::model::capability::Capability;
use crate::model::consents::ConsentManagement;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsentModeRequest {
    app_id: String,
    mode: ConsentManagement,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileRequest {
    channel: String,
    identity: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CapabilityRequest {
    channel: String,
    #[serde(default = "every_recipient")]
    identity: String,
    status: CapabilityStatus,
    capabilities: Option<Vec<String>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum CapabilityStatus {
    Full,
    None,
    Unknown,
    Partial,
}

fn every_recipient() -> String {
    "*".to_owned()
}

pub(super) async fn manage_consents(sandbox: Arc<Sandbox>, input: Input) -> Result<(), ApiError> {
    let ConsentModeRequest { app_id, mode } = input.body()?;
    sandbox.consent_management(&app_id, mode).await?;
    Ok(())
}

pub(super) async fn name(sandbox: Arc<Sandbox>, input: Input) -> Result<(), ApiError> {
    let profile: ProfileRequest = input.body()?;
    let channel = channel("channel", &profile.channel)?;
    given(&profile.identity)?;
    sandbox
        .set_profile(channel, profile.identity, profile.name)
        .await?;
    Ok(())
}

pub(super) async fn enable(sandbox: Arc<Sandbox>, input: Input) -> Result<(), ApiError> {
    let able: CapabilityRequest = input.body()?;
    let channel = channel("channel", &able.channel)?;
    given(&able.identity)?;
    let capability = match (able.status, able.capabilities) {
        (CapabilityStatus::Partial, Some(features)) => Capability::partial(features),
        (CapabilityStatus::Partial, None) => {
            return Err(ApiError::invalid(
                "capabilities",
                "is required with PARTIAL",
            ));
        }
        (_, Some(_)) => {
            let description = "is allowed with PARTIAL only";
            return Err(ApiError::invalid("capabilities", description));
        }
        (CapabilityStatus::Full, None) => Capability::full(),
        (CapabilityStatus::None, None) => Capability::none(),
        (CapabilityStatus::Unknown, None) => Capability::unknown(),
    };
    sandbox
        .set_capability(channel, &able.identity, capability)
        .await?;
    Ok(())
}

fn given(identity: &str) -> Result<(), ApiError> {
    if identity.is_empty() {
        return Err(ApiError::invalid("identity", "is empty"));
    }
    Ok(())
}
