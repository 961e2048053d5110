//! A resource as the API stores it.

use std::fmt;

use serde::{Serialize, Serializer};
use sinch_conversation_raw::types;
use sinch_conversation_raw::wire::Wire;

use super::Contact;
use crate::error::{DecodeFailure, Error, ErrorKind};
use crate::id::{
    AppId, BatchId, ContactId, ConversationId, EventId, MessageId, TemplateId, WebhookId,
};
use crate::recipient::Recipient;

/// A resource with its id, as the API sent it.
///
/// [`id`](Self::id) is always there. All other fields are those of the published type behind [`data`](Self::data),
/// where a field that the API left out is `None`, and fields that no document names are in `extra`.
///
/// It is accepted wherever its id is. Serialized, it is the JSON that the API sent, secrets such as those of
/// [`App`](super::App) and [`Webhook`](super::Webhook) included; `Debug` hides them.
///
/// ```
/// # doctest::run(async |doctest::Setup { client, contact: contact_id, .. }| {
/// let contact = client.contacts().get(contact_id).await?;
/// println!("{}: {:?}", contact.id(), contact.data().display_name);
/// client.contacts().delete(&contact).await?;
/// // For a store of your own.
/// let (id, fields) = contact.into_parts();
/// # assert_eq!(fields.id.as_deref(), Some(id.as_str()));
/// # Ok(()) });
/// ```
#[derive(Clone, PartialEq)]
pub struct Stored<I, T> {
    id: I,
    data: T,
}

impl<I, T> Stored<I, T> {
    /// Returns the id.
    pub fn id(&self) -> &I {
        &self.id
    }

    /// Returns the fields.
    pub fn data(&self) -> &T {
        &self.data
    }

    /// Returns the fields by value.
    pub fn into_inner(self) -> T {
        self.data
    }

    /// Returns the id and the fields by value.
    pub fn into_parts(self) -> (I, T) {
        (self.id, self.data)
    }
}

/// A resource that holds its id.
pub trait Identified: Wire {
    /// Where the id is.
    const PLACE: &'static str = "id";

    /// The id, as it was sent.
    fn id(&self) -> Option<&String>;
}

macro_rules! identified {
    ($($resource:ty: $place:literal, |$this:ident| $id:expr;)*) => {$(
        impl Identified for $resource {
            const PLACE: &'static str = $place;

            fn id(&self) -> Option<&String> {
                let $this = self;
                $id
            }
        }
    )*};
}

identified! {
    types::AppResponse: "id", |app| app.id.as_ref();
    types::BatchStatusResponse: "batch_id", |batch| batch.batch_id.as_ref();
    types::Contact: "id", |contact| contact.id.as_ref();
    types::Conversation: "id", |conversation| conversation.id.as_ref();
    types::ConversationEvent: "id", |event| Some(&event.id);
    types::ConversationMessage: "id", |message| message.id.as_ref();
    types::ConversationRecentMessage: "conversation.id", |recent| recent.conversation.as_ref()?.id.as_ref();
    types::V2Template: "id", |template| template.id.as_ref();
    types::Webhook: "id", |webhook| webhook.id.as_ref();
}

impl<I, T> Stored<I, T>
where
    I: TryFrom<String>,
    T: Identified,
{
    /// Reads the id of a response.
    pub(crate) fn read(data: T) -> Result<Self, Error> {
        Self::read_at(data, || T::PLACE.to_owned())
    }

    /// Reads every item of a list, as [`read`](Self::read) does one. `list` is the list's place in an error.
    pub(crate) fn read_all(list: &str, items: Vec<T>) -> Result<Vec<Self>, Error> {
        let items = items.into_iter().enumerate();
        items
            .map(|(index, item)| Self::read_at(item, || format!("{list}[{index}].{}", T::PLACE)))
            .collect()
    }

    fn read_at(data: T, place: impl FnOnce() -> String) -> Result<Self, Error> {
        let id = id_of(data.id(), place, &data)?;
        Ok(Self { id, data })
    }
}

/// The id that a response must have; `place`, for an error, is where it should be.
pub(crate) fn id_of<I: TryFrom<String>>(
    id: Option<&String>,
    place: impl FnOnce() -> String,
    answer: &impl Wire,
) -> Result<I, Error> {
    let id = id.cloned().and_then(|id| I::try_from(id).ok());
    id.ok_or_else(|| {
        Error::new(ErrorKind::Decode(DecodeFailure::missing_id(
            place(),
            answer,
        )))
    })
}

impl<I, T> AsRef<T> for Stored<I, T> {
    fn as_ref(&self) -> &T {
        &self.data
    }
}

impl<I, T: Serialize> Serialize for Stored<I, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.data.serialize(serializer)
    }
}

impl<I: fmt::Debug, T: fmt::Debug> fmt::Debug for Stored<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.data.fmt(f)
    }
}

/// Where the id is wanted, what has it is accepted.
macro_rules! into_id {
    ($($id:ident)*) => {$(
        impl<T> From<Stored<$id, T>> for $id {
            fn from(stored: Stored<$id, T>) -> Self {
                stored.id
            }
        }

        impl<T> From<&Stored<$id, T>> for $id {
            fn from(stored: &Stored<$id, T>) -> Self {
                stored.id.clone()
            }
        }
    )*};
}

into_id! { AppId BatchId ContactId ConversationId EventId MessageId TemplateId WebhookId }

impl From<&Contact> for Recipient {
    fn from(contact: &Contact) -> Self {
        Self::contact(contact)
    }
}

impl From<Contact> for Recipient {
    fn from(contact: Contact) -> Self {
        Self::contact(contact)
    }
}
