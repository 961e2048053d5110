//! All that this crate uses of the client.

mod callback;
mod lookup;

use std::time::Duration;

use sinch_conversation::error::ErrorKind;
use sinch_conversation::raw::conversation;
use sinch_conversation::raw::wire::Wire;
use sinch_conversation::reqwest::StatusCode;
use sinch_conversation::resources::SendMessage;
use sinch_conversation::types::{
    ConversationWebhookEvent, DeliveryStatus, MessageDeliveryReport, Reason, SendMessageRequest,
};
use sinch_conversation::webhook::Event;
use sinch_conversation::{CallOptions, Client, Error, RetryPolicy, bulk};

pub use callback::CallbackError;
pub use lookup::MessageLookup;

use crate::row::{NewRow, RowId};
use crate::sender::{Reply, Sender};
use crate::state::Evidence;
use crate::store::Receipt;

/// How long a request may take, the wait for the client's own rate limit included. Well below the lease of a row.
const TIMEOUT: Duration = Duration::from_secs(45);

/// Why a message cannot be a row.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidMessage {
    /// The message breaks a limit that the API documents.
    #[error(transparent)]
    Invalid(#[from] Error),
    /// The message has a correlation id. That of a row is the row's own, by which receipts are found.
    #[error(
        "correlation_id: a row has one of its own; use the dedup key, or the metadata of the message"
    )]
    HasCorrelationId,
    /// The message has metadata. That of a [searchable](NewRow::searchable) row is the row's own.
    #[error(
        "message_metadata: a searchable row has one of its own; make the row with `from_message`, and say \
         `metadata_is_unique` to the lookup if that is so"
    )]
    HasMetadata,
}

impl NewRow {
    /// Makes a row of a message, with nothing else asked for. Nothing is sent.
    ///
    /// ```
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    /// use sinch_conversation::{AppId, Client};
    /// use sinch_conversation_outbox::NewRow;
    ///
    /// # fn example(client: &Client, app: AppId) -> Result<NewRow, Box<dyn std::error::Error>> {
    /// let message = client.app(app).send(Text::new("On its way")).to(sms("+46700000001"));
    /// let row = NewRow::from_message(&message)?.dedup_key("order-4711-shipped");
    /// # Ok(row)
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The message breaks a limit, or has a correlation id.
    pub fn from_message(message: &SendMessage) -> Result<Self, InvalidMessage> {
        row_of(&message.request()?)
    }
}

fn row_of(request: &SendMessageRequest) -> Result<NewRow, InvalidMessage> {
    if request.correlation_id.is_some() {
        return Err(InvalidMessage::HasCorrelationId);
    }
    let json = String::from_utf8_lossy(&request.to_json()).into_owned();
    Ok(NewRow::new(json))
}

/// Sends rows through a client.
///
/// The client makes one request for a row and no more, whatever its own settings for retries are. Its rate limit
/// counts in addition to the one that workers share.
///
/// ```
/// use sinch_conversation::Client;
/// use sinch_conversation_outbox::ClientSender;
///
/// # fn example(client: Client) {
/// let sender = ClientSender::new(&client);
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ClientSender {
    client: Client,
}

impl ClientSender {
    /// Makes a sender of a client. Both share connections and token.
    pub fn new(client: &Client) -> Self {
        let once = CallOptions::default()
            .retry(RetryPolicy::never())
            .timeout(TIMEOUT);
        Self {
            client: client.with_options(once),
        }
    }

    /// What an error means for the row, and for others.
    async fn failed(&self, app: &str, error: &Error) -> Reply {
        let reason = error.to_string();
        let retry_after = error.retry_after();
        if error.may_have_been_processed() {
            return Reply::Unknown { reason };
        }
        if bulk::is_fatal(error) {
            return fatal(error);
        }
        if matches!(error.kind(), ErrorKind::RateLimited { .. }) {
            return Reply::Throttled {
                retry_after,
                reason,
            };
        }
        if error.is_retryable() {
            return Reply::NotProcessed {
                retry_after,
                reason,
            };
        }
        if error.status() == Some(StatusCode::NOT_FOUND) {
            return self.not_found(app, reason).await;
        }
        Reply::Refused { reason }
    }

    /// Tells a missing app, which every send through it meets, from a missing contact.
    async fn not_found(&self, app: &str, reason: String) -> Reply {
        let look = conversation::app_get_app(self.client.project().as_str(), app);
        match self.client.execute(look).await {
            Ok(_) => Reply::Refused { reason },
            Err(error) if error.status() == Some(StatusCode::NOT_FOUND) => fatal(&error),
            Err(error) => Reply::NotProcessed {
                retry_after: error.retry_after(),
                reason,
            },
        }
    }
}

/// A fault that every request meets. Logs what it is, without the API's words: they may quote the request.
fn fatal(error: &Error) -> Reply {
    let (kind, status, code) = match error.kind() {
        ErrorKind::Auth(auth) => ("auth", auth.status, auth.code.as_deref()),
        _ => {
            let code = error.api().and_then(|api| api.code.as_deref());
            ("api", error.status(), code)
        }
    };
    let status = status.map(|status| status.as_u16());
    let code = code.filter(|code| is_code(code));
    tracing::error!(kind, status, code, "a fault that every request meets");
    Reply::Fatal {
        reason: error.to_string(),
    }
}

/// Whether a text is the name of an error, such as `NOT_FOUND` or `invalid_client`, and no sentence.
fn is_code(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
}

impl Sender for ClientSender {
    async fn send(&self, id: RowId, request: String) -> Reply {
        let mut request = match SendMessageRequest::from_json(request.as_bytes()) {
            Ok(request) => request,
            Err(error) => {
                let reason = format!("the row holds no request: {error}");
                return Reply::Refused { reason };
            }
        };
        request.correlation_id = Some(id.to_string());
        let project = self.client.project().as_str();
        let call = conversation::messages_send_message(project, &request);
        match self.client.execute(call).await {
            Ok(answer) => Reply::Accepted {
                message_id: answer.message_id.filter(|id| !id.is_empty()),
            },
            Err(error) => self.failed(&request.app_id, &error).await,
        }
    }
}

impl Receipt {
    /// Takes from a callback what it says about a row; `None` when it says nothing about any. Check where the callback
    /// comes from before.
    ///
    /// Every callback with the correlation id of a row says that the API accepted it.
    ///
    /// ```
    /// use sinch_conversation::webhook::Event;
    /// use sinch_conversation_outbox::{Evidence, store::Receipt};
    ///
    /// let event = Event::from_slice(br#"{"app_id": "01A", "project_id": "p",
    ///     "message_delivery_report": {"message_id": "01M", "status": "DELIVERED"}}"#)?;
    /// let receipt = Receipt::from_event(&event).expect("a receipt");
    /// assert_eq!(receipt.evidence, Evidence::Delivered);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn from_event(event: &Event) -> Option<Self> {
        let row = event.correlation_id().and_then(|id| id.parse().ok());
        match event.typed() {
            ConversationWebhookEvent::MessageDeliveryReceiptEvent(receipt) => {
                Some(Self::from_report(row, &receipt.message_delivery_report))
            }
            ConversationWebhookEvent::MessageSubmitEvent(submit) => Some(Self {
                row,
                message_id: submit.message_submit_notification.message_id.clone(),
                evidence: Evidence::Accepted,
                reason: None,
            }),
            // The message that it has is another one.
            _ => row.map(|row| Self {
                row: Some(row),
                message_id: None,
                evidence: Evidence::Accepted,
                reason: None,
            }),
        }
    }

    fn from_report(row: Option<RowId>, report: &MessageDeliveryReport) -> Self {
        let evidence = match report.status {
            Some(DeliveryStatus::Delivered) => Evidence::Delivered,
            Some(DeliveryStatus::Read) => Evidence::Read,
            Some(DeliveryStatus::Failed) => Evidence::Failed,
            _ => Evidence::Accepted,
        };
        let reason = report
            .reason
            .as_ref()
            .filter(|_| evidence == Evidence::Failed);
        Self {
            row,
            message_id: report.message_id.clone(),
            evidence,
            reason: reason.map(in_words),
        }
    }
}

fn in_words(reason: &Reason) -> String {
    let code = reason.code.as_ref().map(ToString::to_string);
    let words = [code, reason.description.clone()];
    let words: Vec<_> = words
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .collect();
    words.join(": ")
}
