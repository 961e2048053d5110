//! Converting messages to the form of a channel.

use std::collections::BTreeMap;
use std::ops::Deref;

use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types::{AppMessage, TranscodeMessageRequest};
use sinch_conversation_raw::wire::JsonObject;

use super::awaitable::awaitable;
use crate::channel::Channel;
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::{AppId, IntoId};
use crate::message::{Message, rules};
use crate::transport::PendingCall;

/// A message that is about to be converted to the form of channels, without being sent
/// (`Transcoding_TranscodeMessage`). Await it for the form of each channel, which is the channel's own JSON as text.
///
/// ```
/// # doctest::run(async |doctest::Setup { client, app, .. }| {
/// use sinch_conversation::Channel;
/// use sinch_conversation::message::Location;
///
/// let place = Location::new("Our shop", 59.33, 18.06);
/// let forms = app.transcode(place).on([Channel::WhatsApp, Channel::Sms]).recipient("46700000001").await?;
/// println!("{:?}", forms.get(&Channel::WhatsApp));
/// # assert!(forms.contains_key(&Channel::Sms));
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is requested until it is awaited"]
pub struct Transcode {
    client: Client,
    request: TranscodeMessageRequest,
    refused: Violations,
}

/// The form of a message on each channel. Derefs to the map of the forms.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Transcoded {
    /// For each channel its own JSON, as text.
    pub forms: BTreeMap<Channel, String>,
    /// Fields of the response that this crate does not model, and those that were `null`.
    pub extra: JsonObject,
}

impl Deref for Transcoded {
    type Target = BTreeMap<Channel, String>;

    fn deref(&self) -> &Self::Target {
        &self.forms
    }
}

impl Transcode {
    pub(crate) fn new(client: Client, app: impl IntoId<AppId>, message: Message) -> Self {
        let mut refused = Violations::default();
        let app = refused.id_text::<AppId>(app);
        let message = AppMessage::from(message);
        Self {
            client,
            request: TranscodeMessageRequest::new(app, message, Vec::new()),
            refused,
        }
    }

    /// Adds the channels to convert it for.
    pub fn on(mut self, channels: impl IntoIterator<Item = Channel>) -> Self {
        self.request.channels.extend(channels);
        self
    }

    /// Sets the sender in the result (`from`).
    pub fn sender(mut self, sender: impl Into<String>) -> Self {
        self.request.from = Some(sender.into());
        self
    }

    /// Sets the recipient in the result (`to`).
    pub fn recipient(mut self, recipient: impl Into<String>) -> Self {
        self.request.to = Some(recipient.into());
        self
    }

    /// Checks the limits that the API documents for the message, and that a channel is named.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) with every violation.
    pub fn validate(&self) -> Result<(), Error> {
        let mut violations = self.refused.clone();
        violations.limits(&self.request, "");
        rules::content(&self.request.app_message, "app_message.", &mut violations);
        if self.request.channels.is_empty() {
            violations.missing("channels", "say with `on` for which channels");
        }
        Ok(violations.finish()?)
    }

    fn transcode(self) -> PendingCall<'static, Transcoded> {
        let request =
            conversation::transcoding_transcode_message(self.client.project_id(), &self.request);
        self.client
            .start_checked(self.validate(), request, |answer| {
                let forms = answer.transcoded_message.unwrap_or_default().into_iter();
                Ok(Transcoded {
                    forms: forms
                        .map(|(channel, form)| (Channel::from(channel), form))
                        .collect(),
                    extra: answer.extra,
                })
            })
    }
}

awaitable!(Transcode => Transcoded, transcode);
