//! Creating a contact.

use sinch_conversation_raw::types::{ChannelIdentity, ContactCreateRequest, ContactLanguage};
use sinch_conversation_raw::{OperationId, conversation};

use super::awaitable::awaitable;
use super::rules;
use super::{Contact, Stored};
use crate::channel::is_app_scoped;
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::{AppId, IntoId};
use crate::transport::PendingCall;

/// A contact as it is described before it is stored.
#[derive(Clone, Debug)]
pub(super) struct ContactDraft {
    pub(super) app: Option<AppId>,
    pub(super) request: ContactCreateRequest,
    pub(super) refused: Violations,
}

impl ContactDraft {
    pub(super) fn new(identity: ChannelIdentity, language: ContactLanguage) -> Self {
        Self {
            app: None,
            request: ContactCreateRequest::new(vec![identity], language),
            refused: Violations::default(),
        }
    }

    /// The request of the draft, with every violation as an error.
    pub(super) fn request(&self) -> Result<ContactCreateRequest, Error> {
        let mut request = self.request.clone();
        for identity in &mut request.channel_identities {
            if identity.app_id.is_none() && is_app_scoped(&identity.channel) {
                identity.app_id = self.app.clone().map(String::from);
            }
        }
        let mut violations = self.refused.clone();
        rules::identities(&request.channel_identities, &mut violations);
        violations.limits(&request, "");
        violations.finish()?;
        Ok(request)
    }
}

/// Adds the fields of a contact to a builder that has a `draft`.
macro_rules! describes_contact {
    ($builder:ident) => {
        impl $builder {
            /// Adds an address on another channel.
            pub fn identity(mut self, identity: impl Into<ChannelIdentity>) -> Self {
                self.draft.request.channel_identities.push(identity.into());
                self
            }

            /// Names the app of those identities on Messenger, Instagram, LINE, WeChat and Viber's bots that do not
            /// name one. On these channels a person has another identity for each app, so that they need one; those of
            /// the module [`identity`](crate::identity) have it.
            pub fn app(mut self, id: impl IntoId<AppId>) -> Self {
                self.draft.app = self.draft.refused.id(id);
                self
            }

            /// Sets the name; the API takes `Unknown` when there is none.
            pub fn display_name(mut self, name: impl Into<String>) -> Self {
                self.draft.request.display_name = Some(name.into());
                self
            }

            /// Sets the e-mail address.
            pub fn email(mut self, address: impl Into<String>) -> Self {
                self.draft.request.email = Some(address.into());
                self
            }

            /// Sets the id that the person has in a system of your own.
            pub fn external_id(mut self, id: impl Into<String>) -> Self {
                self.draft.request.external_id = Some(id.into());
                self
            }

            /// Sets the order in which the person's channels are tried.
            pub fn channel_priority(
                mut self,
                channels: impl IntoIterator<Item = $crate::Channel>,
            ) -> Self {
                self.draft.request.channel_priority = Some(channels.into_iter().collect());
                self
            }

            /// Sets text that is stored with the contact; at most 1024 characters.
            pub fn metadata(mut self, text: impl Into<String>) -> Self {
                self.draft.request.metadata = Some(text.into());
                self
            }

            /// Changes the request itself, for what has no method here.
            pub fn with(mut self, change: impl FnOnce(&mut ContactCreateRequest)) -> Self {
                change(&mut self.draft.request);
                self
            }

            /// Checks the limits that the API documents, without a request.
            ///
            /// # Errors
            ///
            /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) with every violation, an identity that
            /// lacks its app included.
            pub fn validate(&self) -> Result<(), Error> {
                self.draft.request().map(|_| ())
            }
        }
    };
}
pub(super) use describes_contact;

/// A contact that is about to be created. Await it to create it. Made by
/// [`Contacts::create`](super::Contacts::create).
///
/// ```
/// # doctest::run(async |doctest::Setup { client, app, .. }| {
/// use sinch_conversation::Channel;
/// use sinch_conversation::recipient::{messenger, sms};
///
/// let create = client
///     .contacts()
///     .create(sms("+46700000002"), "SV")
///     .identity(messenger("7746490198930851"))
///     .app(&app)
///     .channel_priority([Channel::Messenger, Channel::Sms])
///     .display_name("Grace Hopper")
///     .email("grace@example.com")
///     .external_id("customer 4711")
///     .metadata("likes the window");
/// create.validate()?;
/// let contact = create.await?;
/// # let identities = contact.data().channel_identities.as_deref().unwrap_or_default();
/// # assert_eq!(identities.last().and_then(|last| last.app_id.as_deref()), Some(app.id()?.as_str()));
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is created until it is awaited"]
pub struct CreateContact {
    client: Client,
    draft: ContactDraft,
}

impl CreateContact {
    pub(super) fn new(client: Client, draft: ContactDraft) -> Self {
        Self { client, draft }
    }

    /// Returns the request as it would be sent.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// use sinch_conversation::recipient::sms;
    ///
    /// let create = client.contacts().create(sms("+46700000002"), "SV").with(|contact| contact.email = None);
    /// println!("{:?}", create.request()?);
    /// # assert_eq!(create.request()?.channel_identities.len(), 1);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// As [`validate`](Self::validate).
    pub fn request(&self) -> Result<ContactCreateRequest, Error> {
        self.draft.request()
    }

    fn create(self) -> PendingCall<'static, Contact> {
        let request = self.request().map(|request| {
            conversation::contact_create_contact(self.client.project_id(), &request)
        });
        self.client
            .try_start(OperationId::ContactCreateContact, request, Stored::read)
    }
}

describes_contact!(CreateContact);

awaitable!(CreateContact => Contact, create);
