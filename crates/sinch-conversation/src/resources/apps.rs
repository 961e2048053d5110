//! Apps: their channels and their settings.

use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types::{
    AppCreateRequest, AppResponse, ChannelCredentialsTypes, ConversationChannelCredentials,
    ProcessingMode, StaticBearer, StaticToken,
};
use sinch_conversation_raw::wire::Secret;

use super::awaitable::awaitable;
use super::page::{Paging, listing};
use super::{Page, Stored};
use crate::channel::Channel;
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::{AppId, IntoId};
use crate::transport::PendingCall;

/// An app as the API stores it.
pub type App = Stored<AppId, AppResponse>;

/// The apps of a project. Made by [`Client::apps`].
#[derive(Clone, Debug)]
pub struct Apps {
    pub(crate) client: Client,
}

impl Apps {
    /// Creates an app (`App_CreateApp`). Await it to create it.
    ///
    /// After a lost response the call is not retried: the app may have been created, so look at the
    /// [list](Self::list) before creating it again.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// use sinch_conversation::resources::ChannelCredentials;
    /// use sinch_conversation::types::ProcessingMode;
    ///
    /// let app = client
    ///     .apps()
    ///     .create("Reservations")
    ///     .channel(ChannelCredentials::sms("a service plan id", "its token"))
    ///     .channel(ChannelCredentials::whatsapp("a sender's number", "its token"))
    ///     .processing_mode(ProcessingMode::Conversation)
    ///     .await?;
    /// println!("{}", app.id());
    /// # assert_eq!(client.apps().get(&app).await?.data().channel_credentials.as_ref().map(Vec::len), Some(2));
    /// # Ok(()) });
    /// ```
    pub fn create(&self, display_name: impl Into<String>) -> CreateApp {
        CreateApp {
            client: self.client.clone(),
            request: AppCreateRequest::new(Vec::new(), display_name),
        }
    }

    /// Lists the apps of the project in the region (`App_ListApps`). The API returns them in one answer.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// for app in client.apps().list().collect(1000).await? {
    ///     println!("{}: {:?}", app.id(), app.data().display_name);
    /// }
    /// # Ok(()) });
    /// ```
    pub fn list(&self) -> ListApps {
        ListApps {
            client: self.client.clone(),
            paging: Paging::default(),
        }
    }

    /// Gets an app (`App_GetApp`), with the state of its channels. Its credentials are returned in plain text; `Debug`
    /// hides them.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// # let app_id = client.default_app();
    /// let app = client.apps().get(app_id).await?;
    /// for credentials in app.data().channel_credentials.iter().flatten() {
    ///     println!("{:?}: {:?}", credentials.channel, credentials.state);
    /// }
    /// # assert_eq!(app.data().channel_credentials.as_ref().map(Vec::len), Some(3));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such app in the project and region.
    pub fn get(&self, id: impl IntoId<AppId>) -> PendingCall<'static, App> {
        self.client
            .start_about(id.into_id(), conversation::app_get_app, Stored::read)
    }

    /// Deletes an app (`App_DeleteApp`). The contacts stay: they belong to the project.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, .. }| {
    /// client.apps().delete(&app).await?;
    /// # assert!(client.apps().get(&app).await.is_err_and(|error| error.is_not_found()));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such app in the project and region. After a lost response the call is retried, and then
    /// 404 can mean that the first attempt did it.
    pub fn delete(&self, id: impl IntoId<AppId>) -> PendingCall<'static, ()> {
        self.client
            .start_about(id.into_id(), conversation::app_delete_app, Ok)
    }
}

/// The apps of a project, as a list. Made by [`Apps::list`].
///
/// ```
/// # doctest::run(async |doctest::Setup { client, .. }| {
/// let apps = client.apps().list().collect(1000).await?;
/// # assert_eq!(apps.len(), 1);
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is requested until the list is read"]
pub struct ListApps {
    client: Client,
    paging: Paging,
}

impl ListApps {
    fn fetch(&self, _: Option<&str>) -> PendingCall<'static, Page<App>> {
        let request = conversation::app_list_apps(self.client.project_id());
        self.client.start(request, |list| {
            Page::stored("apps", list.apps, None, list.extra)
        })
    }
}

listing!(ListApps => App);

/// An app that is about to be created. Await it to create it.
///
/// ```
/// # doctest::run(async |doctest::Setup { client, .. }| {
/// use sinch_conversation::resources::ChannelCredentials;
/// use sinch_conversation::types::{DispatchRetentionPolicy, ProcessingMode};
///
/// let mut seven_days = DispatchRetentionPolicy::default();
/// seven_days.ttl_days = Some(7);
/// let create = client
///     .apps()
///     .create("Reservations")
///     .channel(ChannelCredentials::sms("a service plan id", "its token"))
///     .processing_mode(ProcessingMode::Dispatch)
///     .with(|app| app.dispatch_retention_policy = Some(seven_days));
/// create.validate()?;
/// let app = create.await?;
/// # let stored = app.data().dispatch_retention_policy.as_ref();
/// # assert_eq!(stored.and_then(|policy| policy.ttl_days), Some(7));
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is created until it is awaited"]
pub struct CreateApp {
    client: Client,
    request: AppCreateRequest,
}

impl CreateApp {
    /// Adds a channel. The order of the channels is the app's own priority.
    pub fn channel(mut self, credentials: ChannelCredentials) -> Self {
        self.request.channel_credentials.push(credentials.body);
        self
    }

    /// Sets whether contacts and conversations are stored (CONVERSATION) or not (DISPATCH). The default is DISPATCH.
    pub fn processing_mode(mut self, mode: ProcessingMode) -> Self {
        self.request.processing_mode = Some(mode);
        self
    }

    /// Changes the request itself, for settings that have no method here.
    pub fn with(mut self, change: impl FnOnce(&mut AppCreateRequest)) -> Self {
        change(&mut self.request);
        self
    }

    /// Checks the limits that the API documents, without creating anything.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) with every violation.
    pub fn validate(&self) -> Result<(), Error> {
        let mut violations = Violations::default();
        violations.limits(&self.request, "");
        Ok(violations.finish()?)
    }

    fn create(self) -> PendingCall<'static, App> {
        let request = conversation::app_create_app(self.client.project_id(), &self.request);
        self.client
            .start_checked(self.validate(), request, Stored::read)
    }
}

awaitable!(CreateApp => App, create);

/// The credentials with which an app uses one channel. `Debug` hides their secrets.
///
/// ```
/// use sinch_conversation::Channel;
/// use sinch_conversation::resources::ChannelCredentials;
/// use sinch_conversation::types::TelegramCredentials;
///
/// let channels = [
///     ChannelCredentials::sms("a service plan id", "its token"),
///     ChannelCredentials::whatsapp("a sender's number", "its token").callback_secret("a long random text"),
///     ChannelCredentials::static_bearer(Channel::Rcs, "a sender's id", "its token"),
///     ChannelCredentials::static_token(Channel::Messenger, "a page's token"),
///     ChannelCredentials::new(Channel::Telegram, TelegramCredentials::new("a bot's token")),
/// ];
/// # assert!(!format!("{channels:?}").contains("token\""));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelCredentials {
    body: ConversationChannelCredentials,
}

impl ChannelCredentials {
    /// Makes credentials of any channel, in the form that the channel asks for.
    pub fn new(channel: Channel, credentials: impl Into<ChannelCredentialsTypes>) -> Self {
        let mut body = ConversationChannelCredentials::new(credentials);
        body.channel = Some(channel);
        Self { body }
    }

    /// Makes credentials of SMS: a service plan id and its token.
    pub fn sms(service_plan_id: impl Into<String>, token: impl Into<Secret>) -> Self {
        Self::static_bearer(Channel::Sms, service_plan_id, token)
    }

    /// Makes credentials of WhatsApp: a sender's number and its token.
    pub fn whatsapp(sender: impl Into<String>, token: impl Into<Secret>) -> Self {
        Self::static_bearer(Channel::WhatsApp, sender, token)
    }

    /// Makes credentials of a channel with an identity and a bearer token, such as SMS, WhatsApp and RCS.
    pub fn static_bearer(
        channel: Channel,
        identity: impl Into<String>,
        token: impl Into<Secret>,
    ) -> Self {
        Self::new(channel, StaticBearer::new(identity, token))
    }

    /// Makes credentials of a channel with a token alone, such as Messenger and Viber.
    pub fn static_token(channel: Channel, token: impl Into<Secret>) -> Self {
        Self::new(channel, StaticToken::new(token))
    }

    /// Sets the secret with which the channel's own callbacks are checked; at most 256 characters.
    #[must_use]
    pub fn callback_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.body.callback_secret = Some(secret.into());
        self
    }
}

impl From<ChannelCredentials> for ConversationChannelCredentials {
    fn from(credentials: ChannelCredentials) -> Self {
        credentials.body
    }
}
