//! Changing apps.

use sinch_conversation_raw::types::{
    AppResponse, AppUpdateRequest, ConversationChannelCredentials,
};
use sinch_conversation_raw::wire::Wire;
use sinch_conversation_raw::{OperationId, conversation};

use super::{Editable, patch};
use crate::error::{Problem, Violations};
use crate::id::AppId;
use crate::resources::{App, AppHandle, Apps, Stored};
use crate::transport::{CallOptions, Request};

impl Editable for AppResponse {
    type Body = AppUpdateRequest;

    const SERVER_SET: &'static [&'static str] = &["id", "queue_stats", "rate_limits"];

    fn check(before: &Self, after: &Self, violations: &mut Violations) {
        // What is not of the form of a request is refused when the request is made.
        if let Ok(request) = AppUpdateRequest::from_value(after.to_value()) {
            violations.limits(&request, "");
        }
        let credentials = after.channel_credentials.as_deref().unwrap_or_default();
        let known = before.channel_credentials.as_deref().unwrap_or_default();
        for (index, credentials) in credentials.iter().enumerate() {
            let at = format!("channel_credentials[{index}]");
            check_credentials(known, credentials, &at, violations);
        }
    }
}

/// What the server sets inside of credentials may be missing, as in new ones, or as it was.
fn check_credentials(
    known: &[ConversationChannelCredentials],
    credentials: &ConversationChannelCredentials,
    at: &str,
    violations: &mut Violations,
) {
    let same = || {
        known.iter().filter(|known| {
            known.channel == credentials.channel
                && known.credential_ordinal_number == credentials.credential_ordinal_number
        })
    };
    if credentials.state.is_some() && !same().any(|known| known.state == credentials.state) {
        violations.add(format!("{at}.state"), Problem::ServerSet);
    }
    let id = &credentials.channel_known_id;
    if id.is_some() && !same().any(|known| known.channel_known_id == *id) {
        violations.add(format!("{at}.channel_known_id"), Problem::ServerSet);
    }
}

impl Apps {
    /// Changes an app: reads it, lets `change` work on a copy, and sends the fields that came out different
    /// (`App_GetApp`, then `App_UpdateApp`). See [Changing](crate::resources#changing) for what is kept, what is
    /// cleared, and what happens when two change the same app.
    ///
    /// The credentials of all channels are one field, which is sent whole: those that `change` leaves alone go back
    /// as they came, with their state, and also those of kinds that this crate does not know.
    ///
    /// ```no_run
    /// use sinch_conversation::resources::ChannelCredentials;
    /// use sinch_conversation::{AppId, Channel, Client};
    ///
    /// # async fn example(client: Client, id: AppId) -> Result<(), sinch_conversation::Error> {
    /// let app = client
    ///     .apps()
    ///     .edit(id, |app| {
    ///         let messenger = ChannelCredentials::static_token(Channel::Messenger, "a token");
    ///         app.channel_credentials.get_or_insert_default().push(messenger.into());
    ///     })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such app in the project and region.
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument), before anything is sent, when `change`
    /// touched a field that only the server sets, or broke a documented limit.
    pub fn edit<'a>(
        &self,
        id: impl Into<AppId>,
        change: impl FnOnce(&mut AppResponse) + Send + 'a,
    ) -> Request<'a, App> {
        let client = self.client.clone();
        let id = id.into();
        Request::new(async move {
            let before = client.apps().get(&id).with_response().await?;
            let call = client.call(OperationId::AppUpdateApp, CallOptions::default());
            let patch = patch(&before.body, change).map_err(|error| call.describe(error))?;
            let Some(patch) = patch else {
                return Ok(before);
            };
            let project = client.project();
            let request = conversation::app_update_app(
                project.as_str(),
                id.as_str(),
                Some(&patch.mask()),
                &patch.body,
            );
            call.send(request, |app| Stored::read(app, |app| app.id.as_ref(), ""))
                .await
        })
    }
}

impl AppHandle {
    /// Changes the app, as [`Apps::edit`] does (`App_UpdateApp`).
    ///
    /// ```no_run
    /// # async fn example(client: sinch_conversation::Client) -> Result<(), sinch_conversation::Error> {
    /// let app = client.default_app()?;
    /// app.edit(|app| app.display_name = Some("Reservations".into())).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Apps::edit`].
    pub fn edit<'a>(&self, change: impl FnOnce(&mut AppResponse) + Send + 'a) -> Request<'a, App> {
        self.client.apps().edit(&self.id, change)
    }
}
