//! Ids as types of their own, so that an app id cannot be passed where a contact id belongs.
//!
//! An id becomes part of a path. One that is empty, `.` or `..`, or that holds a slash of either kind, would
//! reach another route; such an id cannot be made.

use std::fmt;

use crate::error::{Error, InvalidArgument, Problem};

/// The longest id, in bytes as sent. Sinch's are 26 to 36 long; one beyond this is a mistake.
const LONGEST: usize = 256;

const EXPECTED: &str = "an id: at most 256 bytes, not empty, not `.` or `..`, without slashes, spaces around it \
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
