//! A resource as the API stores it.

use std::fmt;
use std::ops::{Deref, DerefMut};

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

impl<I, T> Stored<I, T>
where
    I: TryFrom<String>,
    T: Wire,
{
    /// Takes the id out of an answer. `at` is put in front of the field's name in an error.
    pub(crate) fn read(
        body: T,
        id: impl FnOnce(&T) -> Option<&String>,
        at: &str,
    ) -> Result<Self, Error> {
        Self::read_at(body, id, || format!("{at}id"))
    }

    fn read_at(
        body: T,
        id: impl FnOnce(&T) -> Option<&String>,
        place: impl FnOnce() -> String,
    ) -> Result<Self, Error> {
        match id(&body).cloned().map(I::try_from) {
            Some(Ok(id)) => Ok(Self { id, body }),
            _ => Err(Error::new(ErrorKind::Decode(DecodeFailure::missing_id(
                place(),
                &body,
            )))),
        }
    }

    /// Takes every item of a list, as [`read`](Self::read) takes one.
    pub(crate) fn read_all(
        items: Option<Vec<T>>,
        id: impl Fn(&T) -> Option<&String>,
        list: &str,
    ) -> Result<Vec<Self>, Error> {
        let items = items.unwrap_or_default().into_iter().enumerate();
        items
            .map(|(index, item)| Self::read_at(item, &id, || format!("{list}[{index}].id")))
            .collect()
    }
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
