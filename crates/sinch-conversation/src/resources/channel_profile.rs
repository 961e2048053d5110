//! Profiles of people on a channel.

use sinch_conversation_raw::conversation;
use sinch_conversation_raw::types::{
    GetChannelProfileConversationChannel, GetChannelProfileRequest, GetChannelProfileResponse,
    Recipient as Addressee, RecipientRequest,
};

use super::AppHandle;
use crate::channel::Channel;
use crate::error::Violations;
use crate::id::AppId;
use crate::recipient::Recipient;
use crate::transport::PendingCall;

impl AppHandle {
    /// Gets the name of a person from a channel of the app (`Contact_GetChannelProfile`). Messenger, Instagram,
    /// Viber and LINE have it. A WhatsApp name is in the contact's `display_name`.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
    /// # use sinch_conversation::resources::ChannelCredentials;
    /// # let page = ChannelCredentials::static_token(Channel::Messenger, "a token");
    /// # app.edit(|app| app.channel_credentials.get_or_insert_default().push(page.into())).await?;
    /// # sandbox.set_profile("MESSENGER", "7746490198930851", "Ada Lovelace").await?;
    /// use sinch_conversation::Channel;
    /// use sinch_conversation::recipient::messenger;
    ///
    /// let profile = app.channel_profile(Channel::Messenger, messenger("7746490198930851")).await?;
    /// println!("{:?}", profile.profile_name);
    /// # assert_eq!(profile.profile_name.as_deref(), Some("Ada Lovelace"));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) for another channel. An error response
    /// when the person does not allow it, or has no profile.
    pub fn channel_profile(
        &self,
        channel: Channel,
        person: impl Into<Recipient>,
    ) -> PendingCall<'static, GetChannelProfileResponse> {
        let person = Addressee::new(RecipientRequest::from(person.into()).kind);
        let channel = GetChannelProfileConversationChannel::from(channel.as_str());
        let mut violations = Violations::default();
        let app = violations.id_text::<AppId>(self);
        if matches!(channel, GetChannelProfileConversationChannel::Unknown(_)) {
            violations.malformed("channel", "MESSENGER, INSTAGRAM, VIBER or LINE");
        }
        let body = GetChannelProfileRequest::new(app, person, channel);
        let request = conversation::contact_get_channel_profile(self.client.project_id(), &body);
        self.client.start_checked(violations.finish(), request, Ok)
    }
}
