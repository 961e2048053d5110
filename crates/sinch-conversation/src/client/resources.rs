//! What a client reaches: the resources of its project.

use super::Client;
use crate::id::{AppId, IntoId};
use crate::message::Message;
use crate::recipient::Recipient;
use crate::resources::{
    Apps, Batches, Consents, Contacts, Conversations, Events, Messages, QueryCapability, Settings,
    Templates, Transcode, Webhooks,
};

impl Client {
    /// Returns the apps of the project.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// let apps = client.apps().list().collect(1000).await?;
    /// # assert_eq!(apps.len(), 1);
    /// # Ok(()) });
    /// ```
    pub fn apps(&self) -> Apps {
        Apps {
            client: self.clone(),
        }
    }

    /// Returns the messages of the project.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, message, .. }| {
    /// let stored = client.messages().get(&message).await?;
    /// # assert_eq!(stored.id(), &message);
    /// # Ok(()) });
    /// ```
    pub fn messages(&self) -> Messages {
        Messages {
            client: self.clone(),
        }
    }

    /// Returns the conversations of the project.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, conversation, .. }| {
    /// let stored = client.conversations().get(&conversation).await?;
    /// # assert_eq!(stored.id(), &conversation);
    /// # Ok(()) });
    /// ```
    pub fn conversations(&self) -> Conversations {
        Conversations {
            client: self.clone(),
        }
    }

    /// Returns the webhooks of the project.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, .. }| {
    /// let webhooks = client.webhooks().list(&app).collect(100).await?;
    /// # assert_eq!(webhooks.len(), 1);
    /// # Ok(()) });
    /// ```
    pub fn webhooks(&self) -> Webhooks {
        Webhooks {
            client: self.clone(),
        }
    }

    /// Returns the events of the project.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, contact, .. }| {
    /// let events = client.events().list().contact(&contact).collect(1000).await?;
    /// # assert!(events.is_empty());
    /// # Ok(()) });
    /// ```
    pub fn events(&self) -> Events {
        Events {
            client: self.clone(),
        }
    }

    /// Returns the consent lists of the project's apps.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, .. }| {
    /// use sinch_conversation::types::ConsentsListType;
    ///
    /// let opted_out = client.consents().list(&app, ConsentsListType::OptOutMarketing).collect(10_000).await?;
    /// # assert!(opted_out.is_empty());
    /// # Ok(()) });
    /// ```
    pub fn consents(&self) -> Consents {
        Consents {
            client: self.clone(),
        }
    }

    /// Returns the message templates of the project.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// let templates = client.templates().list().collect(1000).await?;
    /// # assert!(templates.is_empty());
    /// # Ok(()) });
    /// ```
    pub fn templates(&self) -> Templates {
        Templates {
            client: self.clone(),
        }
    }

    /// Returns the Batch API: one call for many messages, contacts or consent records. It takes no Basic
    /// authentication.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, .. }| {
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// let batch = client.batches().send(&app, Text::new("We open at eight")).recipients([sms("+46700000001")]).await?;
    /// println!("batch {}", batch.batch_id);
    /// # assert!(client.batches().status(&batch).await.is_ok());
    /// # Ok(()) });
    /// ```
    pub fn batches(&self) -> Batches {
        Batches {
            client: self.clone(),
        }
    }

    /// Converts a message to the form of a channel, without sending it; see [`Transcode`].
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, .. }| {
    /// use sinch_conversation::Channel;
    /// use sinch_conversation::message::Location;
    ///
    /// let shop = Location::new("Our shop", 59.33, 18.06);
    /// let forms = client.transcode(&app, shop).on([Channel::WhatsApp, Channel::Sms]).await?;
    /// # assert_eq!(forms.len(), 2);
    /// # Ok(()) });
    /// ```
    pub fn transcode(&self, app: impl IntoId<AppId>, message: impl Into<Message>) -> Transcode {
        Transcode::new(self.clone(), app, message.into())
    }

    /// Queries on which channels a recipient can be reached; see [`QueryCapability`].
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, .. }| {
    /// use sinch_conversation::recipient::rcs;
    ///
    /// let request = client.query_capability(&app, rcs("+46700000001")).await?;
    /// println!("the callback will have the request id {:?}", request.request_id);
    /// # assert!(request.request_id.is_some());
    /// # Ok(()) });
    /// ```
    pub fn query_capability(
        &self,
        app: impl IntoId<AppId>,
        recipient: impl Into<Recipient>,
    ) -> QueryCapability {
        QueryCapability::new(self.clone(), app, recipient.into())
    }

    /// Returns the contacts of the project.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// use sinch_conversation::recipient::sms;
    ///
    /// let found = client.contacts().list().identity(sms("+46700000001")).collect(20).await?;
    /// # assert_eq!(found.len(), 1);
    /// # Ok(()) });
    /// ```
    pub fn contacts(&self) -> Contacts {
        Contacts {
            client: self.clone(),
        }
    }

    /// Returns the settings of the project itself.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// let settings = client.settings().create().unified_contact_id(true).await?;
    /// # assert!(settings.settings.is_some());
    /// # Ok(()) });
    /// ```
    pub fn settings(&self) -> Settings {
        Settings {
            client: self.clone(),
        }
    }
}
