//! Changing apps.

use sinch_conversation_raw::types::{
    AppResponse, AppUpdateRequest, ConversationChannelCredentials,
};
use sinch_conversation_raw::wire::Wire;
use sinch_conversation_raw::{OperationId, conversation};

use super::{Editable, edit, masked};
use crate::error::{Problem, Violations};
use crate::id::{AppId, IntoId};
use crate::resources::{App, AppHandle, Apps};
use crate::transport::PendingCall;

impl Editable for AppResponse {
    type Body = AppUpdateRequest;

    const UPDATE: OperationId = OperationId::AppUpdateApp;

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

/// Fields of credentials that the server sets may be missing, as in new ones, or unchanged.
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
    /// as they came, with their state, and so do those of kinds that this crate does not model.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app: app_id, .. }| {
    /// use sinch_conversation::Channel;
    /// use sinch_conversation::resources::ChannelCredentials;
    ///
    /// let app = client
    ///     .apps()
    ///     .edit(app_id, |app| {
    ///         let messenger = ChannelCredentials::static_token(Channel::Messenger, "a token");
    ///         app.channel_credentials.get_or_insert_default().push(messenger.into());
    ///     })
    ///     .await?;
    /// # assert_eq!(app.data().channel_credentials.as_ref().map(Vec::len), Some(4));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// 404 when there is no such app in the project and region.
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument), before anything is sent, when `change`
    /// touched a field that only the server sets, or broke a documented limit.
    pub fn edit<'a>(
        &self,
        id: impl IntoId<AppId>,
        change: impl FnOnce(&mut AppResponse) + Send + 'a,
    ) -> PendingCall<'a, App> {
        let update = masked(conversation::app_update_app);
        edit(&self.client, self.get(id), change, update)
    }
}

impl AppHandle {
    /// Changes the app, as [`Apps::edit`] does (`App_UpdateApp`).
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, client, .. }| {
    /// app.edit(|app| app.display_name = Some("Reservations".into())).await?;
    /// # assert_eq!(client.apps().get(&app).await?.data().display_name.as_deref(), Some("Reservations"));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Apps::edit`].
    pub fn edit<'a>(
        &self,
        change: impl FnOnce(&mut AppResponse) + Send + 'a,
    ) -> PendingCall<'a, App> {
        self.client.apps().edit(self, change)
    }
}
