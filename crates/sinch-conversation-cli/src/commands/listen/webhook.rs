//! The webhook that is there as long as the command runs.

use std::any::Any;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use futures_util::FutureExt;
use sinch_conversation::resources::AppHandle;
use sinch_conversation::types::WebhookTrigger;
use sinch_conversation::{Client, WebhookId};

use super::leftover::{Note, Noted};
use crate::context::warn;
use crate::error::{Exit, Failure};
use crate::stop::StopSignals;

/// How long the deletion may take at the end.
const DELETION: Duration = Duration::from_secs(30);

/// What became of work that may have panicked.
type Caught<T> = Result<T, Box<dyn Any + Send>>;

/// A webhook that has to be deleted.
pub(super) struct TemporaryWebhook {
    id: WebhookId,
    note: Option<Note>,
}

/// Returns 256 random bits as text.
pub(super) fn random_secret() -> Result<String, Failure> {
    let mut bytes = [0; 32];
    let failed = |error| Failure::new(Exit::Failed, format!("no random numbers: {error}"));
    getrandom::fill(&mut bytes).map_err(failed)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// Runs work to its end, or until it panics.
pub(super) async fn caught<T>(work: impl Future<Output = T>) -> Caught<T> {
    // What the work has changed is not used after a panic.
    AssertUnwindSafe(work).catch_unwind().await
}

impl TemporaryWebhook {
    /// # Errors
    ///
    /// Those of the client. If the webhook may have been made all the same, the hint says how to find it.
    pub(super) async fn create(
        client: &Client,
        app: &AppHandle,
        address: &str,
        triggers: Vec<WebhookTrigger>,
        secret: &str,
    ) -> Result<Self, Failure> {
        let create = client.webhooks().create(app, address);
        let created = create.triggers(triggers).secret(secret).await;
        let webhook = created.map_err(|error| {
            let failure = Failure::from(error.clone());
            match error.may_have_been_processed() {
                true => failure.hint(format!(
                    "the webhook for {address} may be there: sinch-conversation webhooks list, then webhooks delete"
                )),
                false => failure,
            }
        })?;
        Ok(Self {
            id: webhook.id().clone(),
            note: None,
        })
    }

    /// Notes the webhook in a file of the user until it is deleted.
    pub(super) fn noted(mut self, app: &str, address: &str) -> Self {
        self.note = Note::write(&Noted {
            app: app.to_owned(),
            webhook: self.id.to_string(),
            address: address.to_owned(),
        });
        self
    }

    pub(super) fn id(&self) -> &WebhookId {
        &self.id
    }

    /// Deletes the webhook, and returns what became of the work before it, or panics as the work did.
    ///
    /// # Errors
    ///
    /// That of the work, or else that of the deletion, which is shown in either case.
    pub(super) async fn delete_after<T>(
        self,
        client: &Client,
        result: Caught<Result<T, Failure>>,
        mut stop: StopSignals,
    ) -> Result<T, Failure> {
        let deleted = tokio::select! {
            deleted = self.delete(client) => deleted,
            () = stop.next() => Err("interrupted".to_owned()),
        };
        let remedy = format!("sinch-conversation webhooks delete {} --yes", self.id);
        if let (Ok(()), Some(note)) = (&deleted, self.note) {
            note.remove();
        }
        let left = deleted.map_err(|reason| {
            let message = format!("the webhook {} could not be deleted: {reason}", self.id);
            Failure::new(Exit::Failed, message).hint(remedy.as_str())
        });
        match (result, left) {
            (Ok(Ok(value)), left) => left.map(|()| value),
            (failed, left) => {
                if let Err(left) = left {
                    warn(&format!("{}; delete it with: {remedy}", left.message()));
                }
                match failed {
                    Ok(result) => result,
                    Err(panic) => resume_unwind(panic),
                }
            }
        }
    }

    async fn delete(&self, client: &Client) -> Result<(), String> {
        let deletion = tokio::time::timeout(DELETION, client.webhooks().delete(&self.id));
        match deletion.await {
            Ok(Ok(())) => Ok(()),
            // Somebody else was faster.
            Ok(Err(error)) if error.is_not_found() => Ok(()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("no answer within {} s", DELETION.as_secs())),
        }
    }
}

#[cfg(test)]
mod tests {
    use doctest::Setup;

    use super::*;

    #[tokio::test]
    async fn a_panic_deletes_the_webhook_and_goes_on() {
        let Setup {
            client,
            app,
            sandbox: _sandbox,
            ..
        } = Setup::start().await.unwrap();
        let triggers = vec![WebhookTrigger::MessageInbound];
        let target = "http://127.0.0.1:9/listen";
        let webhook = TemporaryWebhook::create(&client, &app, target, triggers, "secret");
        let webhook = webhook.await.unwrap();
        let id = webhook.id().clone();
        let work = async { panic!("the work") };
        let result: Caught<Result<(), Failure>> = caught(work).await;
        let stop = StopSignals::new().unwrap();
        let ended = caught(webhook.delete_after(&client, result, stop)).await;
        assert_eq!(ended.unwrap_err().downcast_ref(), Some(&"the work"));
        let gone = client.webhooks().get(id).await;
        assert!(gone.is_err_and(|error| error.is_not_found()));
    }
}
