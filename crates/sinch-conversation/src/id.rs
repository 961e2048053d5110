//! Ids as types of their own, so that an app id cannot be passed where a contact id belongs.
//!
//! An id becomes part of a path. One that is empty, `.` or `..`, or that holds a slash of either kind, would
//! reach another route; such an id cannot be made.

use std::convert::Infallible;
use std::fmt;

use crate::error::{Error, InvalidArgument, Problem, Violations};

/// The longest id, in bytes as sent. Sinch's are 26 to 36 long; one beyond this is a mistake.
const LONGEST: usize = 256;

pub(crate) const EXPECTED: &str = "an id: at most 256 bytes, not empty, not `.` or `..`, without slashes, spaces around it \
                        or control characters";

/// Refuses text that would reach another route when it becomes part of a path.
pub(crate) fn check(field: &'static str, id: &str) -> Result<(), InvalidArgument> {
    let routed = matches!(id, "" | "." | "..") || id.contains(['/', '\\']);
    // The API's own ids need no more than this.
    let is_plain = || id.bytes().all(|byte| byte.is_ascii_graphic());
    let is_odd = || id.trim() != id || id.contains(char::is_control);
    if id.len() > LONGEST || routed || (!is_plain() && is_odd()) {
        return Err(InvalidArgument::one(
            field,
            Problem::Malformed { expected: EXPECTED },
        ));
    }
    Ok(())
}

/// What names a resource in a call: the id as text, the id itself, or a value that has it.
///
/// Accepted are `&str`, `String`, the id, a reference to it and what its `new` returned, a [stored resource](crate::resources::Stored), an
/// [`AppHandle`](crate::resources::AppHandle), and what a send returned. Everything else that converts with `TryInto`
/// or `Into` is accepted too. Text that cannot be an id is an
/// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) when the call is awaited.
///
/// ```no_run
/// # use sinch_conversation::message::Text;
/// # use sinch_conversation::recipient::sms;
/// # async fn example(client: sinch_conversation::Client) -> Result<(), sinch_conversation::Error> {
/// let sent = client.app("an app id").send(Text::new("Hello")).to(sms("+46700000001")).await?;
/// let message = client.messages().get(&sent).await?;
/// client.messages().delete(&message).await?;
/// # Ok(())
/// # }
/// ```
pub trait IntoId<I> {
    /// Converts the value.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) for text that cannot be an id.
    fn into_id(self) -> Result<I, Error>;
}

impl<I, T> IntoId<I> for T
where
    T: TryInto<I>,
    T::Error: Into<Error>,
{
    fn into_id(self) -> Result<I, Error> {
        self.try_into().map_err(Into::into)
    }
}

impl From<Infallible> for Error {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// Ids among the arguments of a builder.
impl Violations {
    /// The id; of one that is refused, nothing and why.
    pub(crate) fn id<I>(&mut self, id: impl IntoId<I>) -> Option<I> {
        let id = id.into_id().map_err(|error| {
            // Without a violation the request would be sent without the id.
            if error.violations().is_empty() {
                let expected = EXPECTED;
                InvalidArgument::one("id", Problem::Malformed { expected }).into()
            } else {
                error
            }
        });
        self.absorb(id)
    }

    /// The id as text, for a request; empty when it is refused, since nothing is sent then.
    pub(crate) fn id_text<I: Into<String>>(&mut self, id: impl IntoId<I>) -> String {
        self.id(id).map(Into::into).unwrap_or_default()
    }

    /// The ids of a list. Each that is refused is named by its place in `field`.
    pub(crate) fn id_texts<I: Into<String>>(
        &mut self,
        field: &str,
        ids: impl IntoIterator<Item = impl IntoId<I>>,
    ) -> Vec<String> {
        let ids = ids.into_iter().enumerate();
        ids.map(|(index, id)| self.id_named::<I>(format!("{field}[{index}]"), id.into_id()))
            .collect()
    }

    /// The id as text, as [`id_text`](Self::id_text) returns it, under another name than that of its kind.
    pub(crate) fn id_named<I: Into<String>>(
        &mut self,
        field: impl Into<String>,
        id: Result<I, Error>,
    ) -> String {
        match id {
            Ok(id) => id.into(),
            Err(_) => {
                self.malformed(field, EXPECTED);
                String::new()
            }
        }
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $field:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// Made with `new`, `parse` or `try_from`; all refuse text that cannot be an id.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Takes the id as the API gave it.
            ///
            /// # Errors
            ///
            /// [`InvalidArgument`] for text that is empty, `.` or `..`, longer than 256 bytes, or that holds
            /// slashes, surrounding spaces or control characters.
            pub fn new(id: impl Into<String>) -> Result<Self, Error> {
                let id = id.into();
                check($field, &id)?;
                Ok(Self(id))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = Error;

            fn from_str(id: &str) -> Result<Self, Error> {
                Self::new(id)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = Error;

            fn try_from(id: &str) -> Result<Self, Error> {
                Self::new(id)
            }
        }

        impl TryFrom<String> for $name {
            type Error = Error;

            fn try_from(id: String) -> Result<Self, Error> {
                Self::new(id)
            }
        }

        impl TryFrom<&String> for $name {
            type Error = Error;

            fn try_from(id: &String) -> Result<Self, Error> {
                Self::new(id)
            }
        }

        impl TryFrom<Result<$name, Error>> for $name {
            type Error = Error;

            fn try_from(id: Result<$name, Error>) -> Result<Self, Error> {
                id
            }
        }

        impl TryFrom<Result<&$name, Error>> for $name {
            type Error = Error;

            fn try_from(id: Result<&$name, Error>) -> Result<Self, Error> {
                id.cloned()
            }
        }

        impl From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl From<&$name> for String {
            fn from(id: &$name) -> Self {
                id.0.clone()
            }
        }
    )*};
}

ids! {
    /// A project: the account's unit of keys, apps and contacts.
    ProjectId = "project_id";
    /// An app: a set of channels in one region, through which messages go.
    AppId = "app_id";
    /// A contact: a person, with the identities on the channels.
    ContactId = "contact_id";
    /// A conversation: the thread between one contact and one app.
    ConversationId = "conversation_id";
    /// A message, sent or received.
    MessageId = "message_id";
    /// A webhook: an address to which callbacks are posted.
    WebhookId = "webhook_id";
    /// An event of a conversation, such as somebody typing.
    EventId = "event_id";
    /// A message template of the project.
    TemplateId = "template_id";
    /// A batch: one message to many recipients, or many consent records.
    BatchId = "batch_id";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_reach_another_route_cannot_be_made() {
        for id in [
            "", ".", "..", "../apps", "a/b", "..\\apps", "a\\b", " a", "a\n", "\t", "a\0b",
        ] {
            let error = AppId::new(id).unwrap_err();
            assert_eq!(
                error.violations().first().unwrap().field,
                "app_id",
                "{id:?}"
            );
        }
    }

    #[test]
    fn other_text_is_kept_as_it_is() {
        for id in [
            "01EB37HMH1M6SV18BSNS3G135H",
            "...",
            "a:b",
            "+4670",
            "%2e%2e",
            "ä ö",
        ] {
            assert_eq!(ContactId::new(id).unwrap().as_str(), id);
        }
    }
}
