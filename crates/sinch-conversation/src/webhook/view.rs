//! What the views of callbacks have in common.

use std::sync::LazyLock;

use sinch_conversation_raw::wire::{Timestamp, UnknownObject};

/// The content of a callback that has none.
pub(super) static NOTHING: LazyLock<UnknownObject> = LazyLock::new(UnknownObject::default);

/// The fields at the top of a callback of any kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Envelope<'a> {
    pub(super) app_id: Option<&'a str>,
    pub(super) correlation_id: Option<&'a str>,
    pub(super) message_metadata: Option<&'a str>,
    pub(super) event_time: Option<&'a Timestamp>,
}

/// The text of a field. The API writes an empty one where it has nothing to say.
pub(super) fn text(field: &Option<String>) -> Option<&str> {
    field.as_deref().filter(|text| !text.is_empty())
}

/// The time of a field, unless it is empty.
pub(super) fn time(field: &Option<Timestamp>) -> Option<&Timestamp> {
    field.as_ref().filter(|time| !time.as_str().is_empty())
}

/// The envelope of a generated callback.
macro_rules! envelope {
    ($callback:expr) => {
        $crate::webhook::view::Envelope {
            app_id: $crate::webhook::view::text(&$callback.app_id),
            correlation_id: $crate::webhook::view::text(&$callback.correlation_id),
            message_metadata: $crate::webhook::view::text(&$callback.message_metadata),
            event_time: $crate::webhook::view::time(&$callback.event_time),
        }
    };
}
pub(super) use envelope;

/// What every view with an envelope and a body says.
macro_rules! accessors {
    ($view:ident: $body:ty) => {
        impl<'a> $view<'a> {
            /// Returns the app that the callback is for.
            pub fn app_id(&self) -> Option<&'a str> {
                self.envelope.app_id
            }

            /// Returns the id that was set on the send, when the callback belongs to one.
            pub fn correlation_id(&self) -> Option<&'a str> {
                self.envelope.correlation_id
            }

            /// Returns when it happened on the channel. Callbacks can arrive out of order: compare this.
            pub fn event_time(&self) -> Option<&'a Timestamp> {
                self.envelope.event_time
            }

            /// Returns the id of the contact; `None` in DISPATCH mode, which has no contacts.
            pub fn contact_id(&self) -> Option<&'a str> {
                $crate::webhook::view::text(&self.body.contact_id)
            }

            /// Returns the channel.
            pub fn channel(&self) -> Option<&'a $crate::Channel> {
                Some(&self.body.channel_identity.as_ref()?.channel)
            }

            /// Returns the address of the contact on the channel, such as a phone number.
            pub fn address(&self) -> Option<&'a str> {
                let identity = self.body.channel_identity.as_ref()?;
                Some(identity.identity.as_str()).filter(|address| !address.is_empty())
            }

            /// Returns whether the API keeps contacts and conversations for the app.
            pub fn processing_mode(&self) -> Option<&'a ProcessingMode> {
                self.body.processing_mode.as_ref()
            }

            /// Returns all of it, as the published type.
            pub fn body(&self) -> &'a $body {
                self.body
            }
        }
    };
}
pub(super) use accessors;

/// The id of the conversation, for the views that have one.
macro_rules! conversation_id {
    ($view:ident) => {
        impl<'a> $view<'a> {
            /// Returns the id of the conversation; `None` in DISPATCH mode, which has no conversations.
            pub fn conversation_id(&self) -> Option<&'a str> {
                $crate::webhook::view::text(&self.body.conversation_id)
            }
        }
    };
}
pub(super) use conversation_id;
