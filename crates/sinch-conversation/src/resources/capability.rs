//! Querying on which channels a recipient can be reached.

use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types::{self, QueryCapabilityResponse, RecipientRequest};

use super::awaitable::awaitable;
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::{AppId, IntoId};
use crate::message::rules;
use crate::recipient::Recipient;
use crate::transport::PendingCall;

/// A query of the channels of a recipient (`Capability_QueryCapability`). Await it to send it.
///
/// The response only confirms that the query was accepted. The results come as CAPABILITY callbacks, one for each
/// channel.
///
/// ```
/// # doctest::run(async |doctest::Setup { client, app, sandbox, .. }| {
/// use sinch_conversation::recipient::whatsapp;
///
/// let query = app.query_capability(whatsapp("+46700000001")).request_id("query-7");
/// let accepted = query.await?;
/// println!("the callbacks will carry {:?}", accepted.request_id);
/// # assert_eq!(accepted.request_id.as_deref(), Some("query-7"));
/// # doctest::callback(&sandbox, "CAPABILITY").await?;
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is requested until it is awaited"]
pub struct QueryCapability {
    client: Client,
    request: types::QueryCapability,
    refused: Violations,
}

impl QueryCapability {
    pub(crate) fn new(client: Client, app: impl IntoId<AppId>, recipient: Recipient) -> Self {
        let mut refused = Violations::default();
        let app = refused.id_text::<AppId>(app);
        let recipient = types::Recipient::new(RecipientRequest::from(recipient).kind);
        Self {
            client,
            request: types::QueryCapability::new(app, recipient),
            refused,
        }
    }

    /// Sets the id that the callbacks carry. Without it the API generates one.
    pub fn request_id(mut self, id: impl Into<String>) -> Self {
        self.request.request_id = Some(id.into());
        self
    }

    /// Checks the recipient, without a request.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) with every violation.
    pub fn validate(&self) -> Result<(), Error> {
        let mut violations = self.refused.clone();
        rules::recipient(&self.request.recipient.kind, "recipient", &mut violations);
        Ok(violations.finish()?)
    }

    fn ask(self) -> PendingCall<'static, QueryCapabilityResponse> {
        let request =
            conversation::capability_query_capability(self.client.project_id(), &self.request);
        self.client.start_checked(self.validate(), request, Ok)
    }
}

awaitable!(QueryCapability => QueryCapabilityResponse, ask);
