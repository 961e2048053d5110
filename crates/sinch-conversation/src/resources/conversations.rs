//! Conversations: the threads between contacts and apps.

use sinch_conversation_raw::OperationId;
use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types;

use super::page::{Paging, listing};
use super::{
    CreateConversation, InjectEvent, InjectMessage, ListRecentConversations, Page, Stored,
};
use crate::channel::Channel;
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::event::AppEvent;
use crate::id::{AppId, ContactId, ConversationId, IntoId};
use crate::transport::PendingCall;

/// A conversation as the API stores it.
pub type Conversation = Stored<ConversationId, types::Conversation>;

/// Creates, reads, changes and stops the conversations of a project. Made by [`Client::conversations`].
///
/// ```
/// # doctest::run(async |doctest::Setup { client, conversation, .. }| {
/// let stored = client.conversations().get(conversation).await?;
/// if stored.data().active == Some(true) {
///     client.conversations().stop(&stored).await?;
/// }
/// # assert_eq!(client.conversations().get(&stored).await?.data().active, Some(false));
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
pub struct Conversations {
    pub(crate) client: Client,
}

impl Conversations {
    /// Creates a conversation that has no messages yet (`Conversation_CreateConversation`). Await it to create it.
    ///
    /// A first message creates one as well. This is for metadata that has to be there before it.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, .. }| {
    /// # use sinch_conversation::{recipient::sms, types::ContactLanguage};
    /// # let contact = client.contacts().create(sms("+46700000002"), ContactLanguage::EnGb).await?;
    /// use serde_json::json;
    ///
    /// let create = client.conversations().create(app, &contact).active(true);
    /// let conversation = create.metadata(json!({"table": 4})).await?;
    /// # assert_eq!(conversation.data().contact_id.as_deref(), Some(contact.id().as_str()));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) for what breaks a documented limit; 400 for a second active
    /// conversation of the contact with the app, and for an app in DISPATCH mode.
    pub fn create(
        &self,
        app: impl IntoId<AppId>,
        contact: impl IntoId<ContactId>,
    ) -> CreateConversation {
        CreateConversation::new(self.client.clone(), app, contact)
    }

    /// Gets a conversation (`Conversation_GetConversation`).
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, conversation, .. }| {
    /// let stored = client.conversations().get(&conversation).await?;
    /// println!("on {:?}", stored.data().active_channel);
    /// # assert_eq!(stored.id(), &conversation);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such conversation in the project and region.
    pub fn get(&self, id: impl IntoId<ConversationId>) -> PendingCall<'static, Conversation> {
        self.client.start_about(
            id.into_id(),
            conversation::conversation_get_conversation,
            Stored::read,
        )
    }

    /// Deletes a conversation with its messages (`Conversation_DeleteConversation`). The next message opens a new
    /// one.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, conversation, .. }| {
    /// client.conversations().delete(&conversation).await?;
    /// # assert!(client.conversations().get(conversation).await.is_err_and(|error| error.is_not_found()));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such conversation in the project and region.
    pub fn delete(&self, id: impl IntoId<ConversationId>) -> PendingCall<'static, ()> {
        self.client.start_about(
            id.into_id(),
            conversation::conversation_delete_conversation,
            Ok,
        )
    }

    /// Makes a conversation inactive (`Conversation_StopActiveConversation`). The next message opens a new one.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, conversation, .. }| {
    /// client.conversations().stop(&conversation).await?;
    /// # assert_eq!(client.conversations().get(conversation).await?.data().active, Some(false));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such conversation in the project and region.
    pub fn stop(&self, id: impl IntoId<ConversationId>) -> PendingCall<'static, ()> {
        self.client.start_about(
            id.into_id(),
            conversation::conversation_stop_active_conversation,
            Ok,
        )
    }

    /// Lists the conversations of an app by their last message, which comes with each
    /// (`Conversation_ListRecentConversations`).
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, conversation, .. }| {
    /// let newest = client.conversations().recent(app).page().await?;
    /// for recent in &newest.items {
    ///     println!("{}: {:?}", recent.id(), recent.data().last_message);
    /// }
    /// # assert_eq!(newest.items[0].id(), &conversation);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument), from the list, for text that cannot be the id of an app.
    pub fn recent(&self, app: impl IntoId<AppId>) -> ListRecentConversations {
        ListRecentConversations::new(self.client.clone(), app.into_id())
    }

    /// Injects a message that was sent by other means into a conversation, without sending it
    /// (`Conversation_InjectMessage`). Await it to inject it. CONVERSATION mode only.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, contact, conversation, .. }| {
    /// use std::time::{Duration, SystemTime};
    ///
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::whatsapp;
    ///
    /// let yesterday = SystemTime::now() - Duration::from_secs(24 * 3600);
    /// let inject = client.conversations().inject_message(&conversation, contact);
    /// let inject = inject.sent(Text::new("As we said on the telephone: table 4"));
    /// inject.on(whatsapp("+46700000001")).accepted(yesterday).await?;
    /// # let stored = client.messages().list().conversation(conversation).collect(10).await?;
    /// # assert_eq!(stored.len(), 2);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`InjectMessage::validate`]; 404 when there is no such conversation in the project and region.
    pub fn inject_message(
        &self,
        conversation: impl IntoId<ConversationId>,
        contact: impl IntoId<ContactId>,
    ) -> InjectMessage {
        InjectMessage::new(self.client.clone(), conversation, contact)
    }

    /// Injects an event into a conversation, without sending it (`Events_InjectEvent`). Await it to inject it.
    /// CONVERSATION mode only.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, conversation, .. }| {
    /// use std::time::SystemTime;
    ///
    /// use sinch_conversation::event::AppEvent;
    /// use sinch_conversation::types::AgentType;
    ///
    /// let joined = AppEvent::agent_joined(AgentType::Human, "Ada");
    /// let inject = client.conversations().inject_event(&conversation, joined);
    /// let injected = inject.accepted(SystemTime::now()).await?;
    /// # assert_eq!(client.events().get(&injected).await?.id(), &injected.event_id);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`InjectEvent::validate`]; 404 when there is no such conversation in the project and region.
    pub fn inject_event(
        &self,
        conversation: impl IntoId<ConversationId>,
        event: impl Into<AppEvent>,
    ) -> InjectEvent {
        InjectEvent::new(self.client.clone(), conversation, event.into())
    }

    /// Lists conversations of an app, of a contact or of both (`Conversation_ListConversations`).
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, conversation, .. }| {
    /// let mut conversations = client.conversations().list().app(app).paginate();
    /// while let Some(stored) = conversations.next().await? {
    ///     println!("{}", stored.id());
    /// #     assert_eq!(stored.id(), &conversation);
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument), from the list, when neither is set.
    pub fn list(&self) -> ListConversations {
        ListConversations {
            client: self.client.clone(),
            filter: Filter::default(),
            refused: Violations::default(),
            paging: Paging::default(),
        }
    }
}

/// Conversations, as a list. Made by [`Conversations::list`].
///
/// ```
/// # doctest::run(async |doctest::Setup { client, app, contact, conversation, .. }| {
/// use sinch_conversation::Channel;
///
/// let list = client.conversations().list().app(app).contact(contact);
/// let list = list.only_active(true).active_channel(Channel::WhatsApp);
/// let active = list.collect(10).await?;
/// # assert_eq!(active[0].id(), &conversation);
/// # assert_eq!(active.len(), 1);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is requested until the list is read"]
pub struct ListConversations {
    client: Client,
    filter: Filter,
    refused: Violations,
    paging: Paging,
}

#[derive(Clone, Debug, Default)]
struct Filter {
    active_channel: Option<Channel>,
    app: Option<AppId>,
    contact: Option<ContactId>,
    only_active: Option<bool>,
}

impl ListConversations {
    /// Lists only conversations of an app.
    pub fn app(mut self, id: impl IntoId<AppId>) -> Self {
        self.filter.app = self.refused.id(id);
        self
    }

    /// Lists only conversations with a contact.
    pub fn contact(mut self, id: impl IntoId<ContactId>) -> Self {
        self.filter.contact = self.refused.id(id);
        self
    }

    /// Lists only conversations that are active (`true`) or that are not (`false`).
    pub fn only_active(mut self, active: bool) -> Self {
        self.filter.only_active = Some(active);
        self
    }

    /// Lists only conversations whose active channel is this one.
    pub fn active_channel(mut self, channel: Channel) -> Self {
        self.filter.active_channel = Some(channel);
        self
    }

    fn validate(&self) -> Result<(), Error> {
        let (filter, mut violations) = (&self.filter, self.refused.clone());
        if violations.is_empty() && filter.app.is_none() && filter.contact.is_none() {
            let remedy = "say with `app` or `contact` whose conversations to list";
            violations.missing("app_id", remedy);
        }
        self.paging
            .check(OperationId::ConversationListConversations, &mut violations);
        Ok(violations.finish()?)
    }

    fn fetch(&self, token: Option<&str>) -> PendingCall<'static, Page<Conversation>> {
        let filter = &self.filter;
        let request = conversation::conversation_list_conversations(
            self.client.project_id(),
            filter.active_channel.as_ref(),
            filter.app.as_ref().map(AppId::as_str),
            filter.contact.as_ref().map(ContactId::as_str),
            filter.only_active,
            self.paging.size,
            token,
        );
        self.client.start_checked(self.validate(), request, |list| {
            Page::stored(
                "conversations",
                list.conversations,
                list.next_page_token,
                list.extra,
            )
        })
    }
}

listing!(ListConversations => Conversation, "10 by default, 20 at most");
