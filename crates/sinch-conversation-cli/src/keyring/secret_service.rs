//! The keyring of a desktop session, through D-Bus (Secret Service).

use std::collections::HashMap;
use std::time::Duration;

use secret_service::{Collection, EncryptionType, Error, Item, SecretService};

use crate::error::{Exit, Failure};
use crate::profiles;

/// How long the keyring may take to answer at all. Nothing limits how long a person takes to unlock it.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Stores the secret of a profile. Returns `false` if there is no keyring, or it is locked and nobody can be asked.
///
/// # Errors
///
/// The keyring refuses it, or is not unlocked.
pub(crate) fn store(profile: &str, secret: &str, may_ask: bool) -> Result<bool, Failure> {
    block_on(async {
        let Some(service) = connect().await else {
            return Ok(false);
        };
        let Ok(collection) = service.get_default_collection().await else {
            return Ok(false);
        };
        if collection.is_locked().await.map_err(failed)? {
            if !may_ask {
                return Ok(false);
            }
            unlock(&collection).await?;
        }
        let label = format!("sinch-conversation, profile {profile}");
        let file = file();
        let attributes = attributes(profile, &file);
        let secret = secret.as_bytes();
        let stored = collection.create_item(&label, attributes, secret, true, "text/plain");
        stored.await.map_err(failed)?;
        Ok(true)
    })
}

/// Returns the secret of a profile.
///
/// # Errors
///
/// There is no keyring, it is locked and nobody can be asked, or it has no such secret.
pub(crate) fn read(profile: &str, may_ask: bool) -> Result<String, Failure> {
    block_on(async {
        let service = connect().await.ok_or_else(unreachable)?;
        let file = file();
        let items = found(&service, attributes(profile, &file), may_ask).await?;
        let item = items.first().ok_or_else(|| missing(profile))?;
        let secret = item.get_secret().await.map_err(failed)?;
        String::from_utf8(secret).map_err(|_| missing(profile))
    })
}

/// Removes the secret of a profile.
///
/// # Errors
///
/// There is no keyring, or it is locked and nobody can be asked.
pub(crate) fn remove(profile: &str, may_ask: bool) -> Result<(), Failure> {
    block_on(async {
        let service = connect().await.ok_or_else(unreachable)?;
        let file = file();
        for item in found(&service, attributes(profile, &file), may_ask).await? {
            item.delete().await.map_err(failed)?;
        }
        Ok(())
    })
}

async fn connect() -> Option<SecretService<'static>> {
    let connected = SecretService::connect(EncryptionType::Dh);
    let connected = tokio::time::timeout(TIMEOUT, connected).await;
    connected.ok()?.ok()
}

/// Returns the items with these attributes, unlocked.
async fn found<'a>(
    service: &'a SecretService<'static>,
    attributes: HashMap<&str, &str>,
    may_ask: bool,
) -> Result<Vec<Item<'a>>, Failure> {
    let found = service.search_items(attributes).await.map_err(failed)?;
    if !found.locked.is_empty() {
        if !may_ask {
            return Err(locked());
        }
        let items: Vec<&Item<'_>> = found.locked.iter().collect();
        service.unlock_all(&items).await.map_err(failed)?;
    }
    Ok(found.unlocked.into_iter().chain(found.locked).collect())
}

async fn unlock(collection: &Collection<'_>) -> Result<(), Failure> {
    collection.unlock().await.map_err(failed)?;
    match collection.is_locked().await.map_err(failed)? {
        true => Err(locked()),
        false => Ok(()),
    }
}

/// Profiles of other files have secrets of their own.
fn attributes<'a>(profile: &'a str, file: &'a str) -> HashMap<&'a str, &'a str> {
    HashMap::from([
        ("application", "sinch-conversation"),
        ("profile", profile),
        ("file", file),
    ])
}

fn file() -> String {
    let path = profiles::path().unwrap_or_default();
    path.to_string_lossy().into_owned()
}

fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build();
    let failed = |error| Failure::new(Exit::Failed, format!("no runtime: {error}"));
    runtime.map_err(failed)?.block_on(work)
}

fn failed(error: Error) -> Failure {
    Failure::new(Exit::Failed, format!("the keyring: {error}"))
}

fn locked() -> Failure {
    let hint = "unlock it, or set the variables SINCH_KEY_ID and SINCH_KEY_SECRET";
    Failure::usage("the keyring is locked").hint(hint)
}

fn unreachable() -> Failure {
    let hint = "it needs the session of a desktop; elsewhere set SINCH_KEY_ID and SINCH_KEY_SECRET";
    Failure::usage("the secret is in the keyring, which cannot be reached").hint(hint)
}

fn missing(profile: &str) -> Failure {
    Failure::usage(format!(
        "the keyring has no secret of the profile {profile:?}"
    ))
    .hint("sinch-conversation auth login")
}
