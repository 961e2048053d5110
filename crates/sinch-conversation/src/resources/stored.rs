//! A resource as the API stores it.

use std::fmt;
use std::ops::{Deref, DerefMut};

use sinch_conversation_raw::types;
use sinch_conversation_raw::wire::Wire;

use crate::error::{DecodeFailure, Error, ErrorKind};

/// A resource with its id.
///
/// All other fields are those of the published type, which it derefs to. Fields that the document does not know
/// are in its `extra`.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Stored<I, T> {
    /// The id of the resource.
    pub id: I,
    /// The resource as it was sent.
    pub body: T,
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
    /// Takes the id out of an answer.
    pub(crate) fn read(body: T) -> Result<Self, Error> {
        Self::read_at(body, || T::PLACE.to_owned())
    }

    /// Takes every item of a list, as [`read`](Self::read) takes one. `list` is the list's place in an error.
    pub(crate) fn read_all(list: &str, items: Vec<T>) -> Result<Vec<Self>, Error> {
        let items = items.into_iter().enumerate();
        items
            .map(|(index, item)| Self::read_at(item, || format!("{list}[{index}].{}", T::PLACE)))
            .collect()
    }

    fn read_at(body: T, place: impl FnOnce() -> String) -> Result<Self, Error> {
        let id = id_of(body.id(), place, &body)?;
        Ok(Self { id, body })
    }
}

/// The id that an answer cannot be without; `place`, for an error, is where it should be.
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

impl<I, T> Deref for Stored<I, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.body
    }
}

impl<I, T> DerefMut for Stored<I, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.body
    }
}

impl<I: fmt::Debug, T: fmt::Debug> fmt::Debug for Stored<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.body.fmt(f)
    }
}
