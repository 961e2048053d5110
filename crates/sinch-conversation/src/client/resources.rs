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
    /// The apps of the project.
    pub fn apps(&self) -> Apps {
        Apps {
            client: self.clone(),
        }
    }

    /// The messages of the project.
    pub fn messages(&self) -> Messages {
        Messages {
            client: self.clone(),
        }
    }

    /// The conversations of the project.
    pub fn conversations(&self) -> Conversations {
        Conversations {
            client: self.clone(),
        }
    }

    /// The webhooks of the project.
    pub fn webhooks(&self) -> Webhooks {
        Webhooks {
            client: self.clone(),
        }
    }

    /// The events of the project.
    pub fn events(&self) -> Events {
        Events {
            client: self.clone(),
        }
    }

    /// The consent lists of the project's apps.
    pub fn consents(&self) -> Consents {
        Consents {
            client: self.clone(),
        }
    }

    /// The message templates of the project.
    pub fn templates(&self) -> Templates {
        Templates {
            client: self.clone(),
        }
    }

    /// The Batch API: one call for many messages, contacts or consent records. It takes no Basic authentication.
    pub fn batches(&self) -> Batches {
        Batches {
            client: self.clone(),
        }
    }

    /// Converts a message to the form of a channel, without sending it; see [`Transcode`].
    pub fn transcode(&self, app: impl IntoId<AppId>, message: impl Into<Message>) -> Transcode {
        Transcode::new(self.clone(), app, message.into())
    }

    /// Queries on which channels a recipient can be reached; see [`QueryCapability`].
    pub fn query_capability(
        &self,
        app: impl IntoId<AppId>,
        recipient: impl Into<Recipient>,
    ) -> QueryCapability {
        QueryCapability::new(self.clone(), app, recipient.into())
    }

    /// The contacts of the project.
    pub fn contacts(&self) -> Contacts {
        Contacts {
            client: self.clone(),
        }
    }

    /// The settings of the project itself.
    pub fn settings(&self) -> Settings {
        Settings {
            client: self.clone(),
        }
    }
}
