//! Apps: their channels and their settings.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use sinch_conversation_raw::types::{
    AppCreateRequest, AppResponse, ChannelCredentialsTypes, ConversationChannelCredentials,
    ProcessingMode, StaticBearer, StaticToken,
};
use sinch_conversation_raw::wire::Secret;

use super::Stored;
use crate::channel::Channel;
use crate::client::Client;
use crate::error::{Error, Violations};
use crate::id::AppId;
use crate::transport::CallOptions;

const CALLBACK_SECRET: usize = 256;

/// An app as the API stores it.
pub type App = Stored<AppId, AppResponse>;

/// The apps of a project. Made by [`Client::apps`].
#[derive(Clone, Debug)]
pub struct Apps {
    client: Client,
}

impl Apps {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Creates an app (`App_CreateApp`). Await it to create it.
    ///
    /// ```no_run
    /// use sinch_conversation::Client;
    /// use sinch_conversation::resources::ChannelCredentials;
    /// use sinch_conversation::types::ProcessingMode;
    ///
    /// # async fn example(client: Client) -> Result<(), sinch_conversation::Error> {
    /// let app = client
    ///     .apps()
    ///     .create("Reservations")
    ///     .channel(ChannelCredentials::sms("a service plan id", "its token"))
    ///     .channel(ChannelCredentials::whatsapp("a sender's number", "its token"))
    ///     .processing_mode(ProcessingMode::Conversation)
    ///     .await?;
    /// println!("{}", app.id);
    /// # Ok(())
    /// # }
    /// ```
    pub fn create(&self, display_name: impl Into<String>) -> CreateApp {
        CreateApp {
            client: self.client.clone(),
            request: AppCreateRequest::new(Vec::new(), display_name),
        }
    }
}

/// An app that is about to be created. Await it to create it.
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

    /// Says whether contacts and conversations are stored (CONVERSATION) or not (DISPATCH). The API takes
    /// DISPATCH when nothing is said.
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
        for (index, credentials) in self.request.channel_credentials.iter().enumerate() {
            if let Some(secret) = &credentials.callback_secret {
                let field = format!("channel_credentials[{index}].callback_secret");
                violations.text(field, secret.expose(), CALLBACK_SECRET);
            }
        }
        Ok(violations.finish()?)
    }

    async fn create(self) -> Result<App, Error> {
        let call = self.client.call("App_CreateApp", CallOptions::default());
        self.validate().map_err(|error| call.describe(error))?;
        let (api, project) = (
            self.client.conversation(&call),
            self.client.project().as_str(),
        );
        let app = call.finish(api.app_create_app(project, &self.request).await)?;
        Stored::read(app, |app| app.id.as_ref(), "").map_err(|error| call.describe(error))
    }
}

impl IntoFuture for CreateApp {
    type Output = Result<App, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.create())
    }
}

/// What gives an app access to one channel.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelCredentials {
    body: ConversationChannelCredentials,
}

impl ChannelCredentials {
    /// Credentials of any channel, in the form that the channel asks for.
    pub fn new(channel: Channel, credentials: impl Into<ChannelCredentialsTypes>) -> Self {
        let mut body = ConversationChannelCredentials::new(credentials);
        body.channel = Some(channel);
        Self { body }
    }

    /// SMS: a service plan id and its token.
    pub fn sms(service_plan_id: impl Into<String>, token: impl Into<Secret>) -> Self {
        Self::static_bearer(Channel::Sms, service_plan_id, token)
    }

    /// WhatsApp: a sender's number and its token.
    pub fn whatsapp(sender: impl Into<String>, token: impl Into<Secret>) -> Self {
        Self::static_bearer(Channel::Whatsapp, sender, token)
    }

    /// A channel that is given an identity and a bearer token, as SMS, WhatsApp and RCS are.
    pub fn static_bearer(
        channel: Channel,
        identity: impl Into<String>,
        token: impl Into<Secret>,
    ) -> Self {
        Self::new(channel, StaticBearer::new(identity, token))
    }

    /// A channel that is given a token alone, as Messenger and Viber are.
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
