//! The recipients of a batch, with their parameters and metadata.

use std::collections::BTreeMap;

use sinch_conversation_raw::types::RecipientAndParam;

use crate::error::Violations;
use crate::message::rules;
use crate::recipient::Recipient;

/// The key under which the API stores the id of the batch; it replaces any other value.
const RESERVED: &str = "_batch_id";

/// A recipient of a batch, with the values for the message's parameters.
///
/// ```
/// # doctest::run(async |doctest::Setup { app, client, sandbox, .. }| {
/// use sinch_conversation::message::Text;
/// use sinch_conversation::recipient::{Recipient, sms, whatsapp};
/// use sinch_conversation::resources::BatchRecipient;
///
/// let ada = Recipient::identities([whatsapp("+46700000001"), sms("+46700000001")]);
/// let ada = BatchRecipient::new(ada).parameter("name", "Ada").message_metadata("table", "4");
/// let batch = app.send_batch(Text::new("Your table is ready, ${name}")).recipients([ada]).await?;
/// # client.batches().wait_for(&batch, doctest::SOON).await?;
/// # let sent = format!("{:?}", sandbox.sent().await?);
/// # assert!(sent.contains("Your table is ready, Ada"), "{sent}");
/// # Ok(()) });
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct BatchRecipient {
    pub(super) body: RecipientAndParam,
}

impl BatchRecipient {
    /// Creates a recipient without parameters. Anything that converts into a [`Recipient`] also converts into this.
    ///
    /// ```
    /// use sinch_conversation::recipient::sms;
    /// use sinch_conversation::resources::BatchRecipient;
    ///
    /// let guest = BatchRecipient::new(sms("+46700000001"));
    /// # assert_eq!(guest, BatchRecipient::from(sms("+46700000001")));
    /// ```
    pub fn new(recipient: impl Into<Recipient>) -> Self {
        Self {
            body: RecipientAndParam::new(recipient.into()),
        }
    }

    /// Sets the value of the placeholders `${name}` in the message.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        put(&mut self.body.parameters, name, value);
        self
    }

    /// Adds metadata to this recipient's message. It goes before that of the batch.
    #[must_use]
    pub fn message_metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        put(&mut self.body.message_metadata, key, value);
        self
    }

    /// Adds metadata to this recipient's conversation. It goes before that of the batch.
    #[must_use]
    pub fn conversation_metadata(
        mut self,
        key: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        put(&mut self.body.conversation_metadata, key, value);
        self
    }
}

impl<R: Into<Recipient>> From<R> for BatchRecipient {
    fn from(recipient: R) -> Self {
        Self::new(recipient)
    }
}

type Texts = BTreeMap<String, String>;

pub(super) fn put(map: &mut Option<Texts>, key: impl Into<String>, value: impl Into<String>) {
    map.get_or_insert_default().insert(key.into(), value.into());
}

pub(super) fn check_recipient(one: &RecipientAndParam, at: &str, violations: &mut Violations) {
    rules::recipient(&one.recipient.kind, &format!("{at}recipient"), violations);
    let (message, conversation) = (&one.message_metadata, &one.conversation_metadata);
    check_metadata(message.as_ref(), conversation.as_ref(), at, violations);
}

/// A value under the API's own key would be lost.
pub(super) fn check_metadata(
    message: Option<&Texts>,
    conversation: Option<&Texts>,
    at: &str,
    violations: &mut Violations,
) {
    let maps = [
        ("message_metadata", message),
        ("conversation_metadata", conversation),
    ];
    for (name, map) in maps {
        if map.is_some_and(|map| map.contains_key(RESERVED)) {
            let expected = "left out: the API writes the id of the batch there";
            violations.malformed(format!("{at}{name}.{RESERVED}"), expected);
        }
    }
}
