//! Which queue of the API a row goes to.

use std::borrow::Cow;

use serde::Deserialize;

/// Where a message waits at the API: the queue of its app, and the channel that it leaves it for.
///
/// A row gets it from its request when it is made: the app, and the first channel of `channel_priority_order`, or else that of
/// the first identity of the recipient. The API may take another channel in the end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct PaceKey {
    /// The id of the app.
    pub app: String,
    /// The channel, as in requests; `None` when it is not known.
    pub channel: Option<String>,
}

/// What is read of a request.
#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    app_id: Cow<'a, str>,
    #[serde(borrow, default)]
    channel_priority_order: Vec<Cow<'a, str>>,
    #[serde(borrow, default)]
    recipient: Recipient<'a>,
}

#[derive(Default, Deserialize)]
struct Recipient<'a> {
    #[serde(borrow, default)]
    identified_by: Identified<'a>,
}

#[derive(Default, Deserialize)]
struct Identified<'a> {
    #[serde(borrow, default)]
    channel_identities: Vec<Identity<'a>>,
}

#[derive(Deserialize)]
struct Identity<'a> {
    #[serde(borrow)]
    channel: Cow<'a, str>,
}

impl PaceKey {
    /// Names the queue of an app.
    pub fn new(app: impl Into<String>) -> Self {
        Self {
            app: app.into(),
            channel: None,
        }
    }

    /// Sets the channel, as in requests, such as `SMS`.
    #[must_use]
    pub fn channel(mut self, channel: impl Into<String>) -> Self {
        self.channel = Some(channel.into());
        self
    }

    /// Takes it from the JSON body of a request; `None` when that names no app.
    ///
    /// ```
    /// use sinch_conversation_outbox::PaceKey;
    ///
    /// let request = r#"{"app_id": "01A", "channel_priority_order": ["WHATSAPP", "SMS"]}"#;
    /// assert_eq!(PaceKey::of_request(request), Some(PaceKey::new("01A").channel("WHATSAPP")));
    /// assert_eq!(PaceKey::of_request("{}"), None);
    /// ```
    pub fn of_request(request: &str) -> Option<Self> {
        let request: Request<'_> = serde_json::from_str(request).ok()?;
        let identities = request.recipient.identified_by.channel_identities;
        let of_recipient = identities.into_iter().map(|identity| identity.channel);
        let mut channels = request
            .channel_priority_order
            .into_iter()
            .chain(of_recipient);
        Some(Self {
            app: request.app_id.into_owned(),
            channel: channels.next().map(Cow::into_owned),
        })
    }

    /// The queue of the app as a whole.
    pub(super) fn of_app(&self) -> Self {
        Self::new(self.app.clone())
    }
}
