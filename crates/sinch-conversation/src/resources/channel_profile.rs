//! What a channel tells about a person.

use sinch_conversation_raw::types::{
    GetChannelProfileConversationChannel, GetChannelProfileRequest, GetChannelProfileResponse,
    Recipient as Addressee, RecipientRequest,
};
use sinch_conversation_raw::{OperationId, conversation};

use super::AppHandle;
use crate::channel::Channel;
use crate::error::{InvalidArgument, Problem};
use crate::recipient::Recipient;
use crate::transport::{CallOptions, Request};

impl AppHandle {
    /// Asks a channel of the app for the name of a person (`Contact_GetChannelProfile`). Messenger, Instagram,
    /// Viber and LINE can tell it. A WhatsApp name is in the contact's `display_name`.
    ///
    /// ```no_run
    /// use sinch_conversation::Channel;
    /// use sinch_conversation::recipient::messenger;
    ///
    /// # async fn example(client: sinch_conversation::Client) -> Result<(), sinch_conversation::Error> {
    /// let app = client.default_app()?;
    /// let profile = app.channel_profile(Channel::Messenger, messenger("7746490198930851")).await?;
    /// println!("{:?}", profile.profile_name);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::error::ErrorKind::InvalidArgument) for a channel that cannot tell. An error answer
    /// when the person does not allow it, or has no profile.
    pub fn channel_profile(
        &self,
        channel: Channel,
        person: impl Into<Recipient>,
    ) -> Request<'static, GetChannelProfileResponse> {
        let (client, app) = (self.client.clone(), self.id.clone());
        let person = Addressee::new(RecipientRequest::from(person.into()).kind);
        Request::new(async move {
            let call = client.call(
                OperationId::ContactGetChannelProfile,
                CallOptions::default(),
            );
            let channel = match GetChannelProfileConversationChannel::from(channel.as_str()) {
                GetChannelProfileConversationChannel::Unknown(_) => {
                    let expected = "MESSENGER, INSTAGRAM, VIBER or LINE";
                    let problem = Problem::Malformed { expected };
                    return Err(call.describe(InvalidArgument::one("channel", problem).into()));
                }
                channel => channel,
            };
            let request = GetChannelProfileRequest::new(app, person, channel);
            let project = client.project();
            call.send(
                conversation::contact_get_channel_profile(project.as_str(), &request),
                Ok,
            )
            .await
        })
    }
}
