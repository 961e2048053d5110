//! Changing conversations.

use std::fmt;

use sinch_conversation_raw::types::{self, MetadataUpdateStrategy};
use sinch_conversation_raw::{OperationId, conversation};

use super::{Editable, edit, merge_patch};
use crate::client::Client;
use crate::error::{Error, InvalidArgument, Problem, Violations};
use crate::id::{ConversationId, IntoId};
use crate::resources::awaitable::awaitable;
use crate::resources::{Conversation, Conversations};
use crate::transport::PendingCall;

const METADATA: &str = "metadata_json";

impl Editable for types::Conversation {
    type Body = Self;

    const UPDATE: OperationId = OperationId::ConversationUpdateConversation;

    const SERVER_SET: &'static [&'static str] = &["id", "last_received"];

    fn check(_: &Self, after: &Self, violations: &mut Violations) {
        violations.limits(after, "");
    }
}

impl Conversations {
    /// Changes a conversation: reads it, lets `change` work on a copy, and sends the fields that came out different
    /// (`Conversation_GetConversation`, then `Conversation_UpdateConversation`). Await it to do so. See
    /// [Changing](crate::resources#changing) for what is kept, what is cleared, and what happens when two change
    /// the same conversation.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, conversation: conversation_id, .. }| {
    /// let conversation = client
    ///     .conversations()
    ///     .edit(conversation_id, |conversation| {
    ///         let metadata = conversation.metadata_json.get_or_insert_default();
    ///         metadata.insert("table".into(), 4.into());
    ///     })
    ///     .merge_metadata()
    ///     .await?;
    /// # assert!(conversation.data().metadata_json.as_ref().is_some_and(|all| all["table"] == 4));
    /// # Ok(()) });
    /// ```
    pub fn edit<'a>(
        &self,
        id: impl IntoId<ConversationId>,
        change: impl FnOnce(&mut types::Conversation) + Send + 'a,
    ) -> EditConversation<'a> {
        EditConversation {
            client: self.client.clone(),
            id: id.into_id(),
            change: Box::new(change),
            merge: false,
        }
    }
}

/// A conversation that is about to be changed. Await it to change it.
///
/// ```
/// # doctest::run(async |doctest::Setup { client, conversation, .. }| {
/// let edited = client
///     .conversations()
///     .edit(&conversation, |conversation| conversation.metadata = Some("table 4".into()))
///     .await?;
/// # assert_eq!(edited.data().metadata.as_deref(), Some("table 4"));
/// # Ok(()) });
/// ```
///
/// # Errors
///
/// 404 when there is no such conversation in the project and region.
/// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument), before anything is sent, when the change touched
/// the id or the time of the last message, or broke a documented limit.
#[must_use = "nothing is changed until it is awaited"]
pub struct EditConversation<'a> {
    client: Client,
    id: Result<ConversationId, Error>,
    change: Box<dyn FnOnce(&mut types::Conversation) + Send + 'a>,
    merge: bool,
}

impl<'a> EditConversation<'a> {
    /// Sends only the difference in `metadata_json`, as an RFC 7386 patch, in place of the whole object. What
    /// another caller does to other members of the metadata in between is then kept. A member cannot be set to
    /// `null` this way.
    pub fn merge_metadata(mut self) -> Self {
        self.merge = true;
        self
    }

    fn edit(self) -> PendingCall<'a, Conversation> {
        let Self {
            client,
            id,
            change,
            merge,
        } = self;
        let before = client.conversations().get(id);
        edit(
            &client,
            before,
            change,
            move |project, id, before, mut patch| {
                let merge = merge && patch.fields.contains(METADATA);
                if merge {
                    difference(before, &mut patch.body)?;
                }
                let strategy = merge.then_some(MetadataUpdateStrategy::MergePatch);
                Ok(conversation::conversation_update_conversation(
                    project,
                    id,
                    strategy.as_ref(),
                    Some(&patch.mask()),
                    &patch.body,
                ))
            },
        )
    }
}

/// Replaces the metadata by the difference.
fn difference(before: &types::Conversation, body: &mut types::Conversation) -> Result<(), Error> {
    let old = before.metadata_json.clone().unwrap_or_default();
    let new = body.metadata_json.take().unwrap_or_default();
    let patch = merge_patch::difference(&old, &new).ok_or_else(|| {
        let expected = "free of new members that are `null`, which a merge takes away";
        InvalidArgument::one(METADATA, Problem::Malformed { expected })
    })?;
    body.metadata_json = Some(patch);
    Ok(())
}

impl fmt::Debug for EditConversation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EditConversation")
            .field("id", &self.id)
            .field("merge", &self.merge)
            .finish_non_exhaustive()
    }
}

awaitable!(['a] EditConversation<'a> => Conversation, edit);
