//! On which channels somebody can be reached.

use sinch_conversation_raw::types::{self, QueryCapabilityResponse, RecipientRequest};
use sinch_conversation_raw::{OperationId, conversation};

use super::awaitable::awaitable;
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::AppId;
use crate::message::rules;
use crate::recipient::Recipient;
use crate::transport::{CallOptions, Response};

/// A question about the channels of a recipient that is about to be asked (`Capability_QueryCapability`). Await it
/// to ask.
///
/// The answer only says that the question was taken in. What was found comes as CAPABILITY callbacks, one for
/// each channel.
///
/// ```no_run
/// use sinch_conversation::recipient::whatsapp;
/// use sinch_conversation::{AppId, Client};
///
/// # async fn example(client: Client, app: AppId) -> Result<(), sinch_conversation::Error> {
/// let asked = client.query_capability(app, whatsapp("+46700000001")).await?;
/// println!("the callbacks will carry {:?}", asked.request_id);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is asked until it is awaited"]
pub struct QueryCapability {
    client: Client,
    request: types::QueryCapability,
}

impl QueryCapability {
    pub(crate) fn new(client: Client, app: AppId, recipient: Recipient) -> Self {
        let recipient = types::Recipient::new(RecipientRequest::from(recipient).kind);
        Self {
            client,
            request: types::QueryCapability::new(app, recipient),
        }
    }

    /// Sets the id that the callbacks carry. Without it the API makes one up.
    pub fn request_id(mut self, id: impl Into<String>) -> Self {
        self.request.request_id = Some(id.into());
        self
    }

    /// Checks the recipient, without asking.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) with every violation.
    pub fn validate(&self) -> Result<(), Error> {
        let mut violations = Violations::default();
        rules::recipient(&self.request.recipient.kind, "recipient", &mut violations);
        Ok(violations.finish()?)
    }

    async fn ask(self) -> Result<Response<QueryCapabilityResponse>, Error> {
        let call = self.client.call(
            OperationId::CapabilityQueryCapability,
            CallOptions::default(),
        );
        self.validate().map_err(|error| call.describe(error))?;
        let project = self.client.project().as_str();
        call.send(
            conversation::capability_query_capability(project, &self.request),
            Ok,
        )
        .await
    }
}

awaitable!(QueryCapability => QueryCapabilityResponse, ask);
