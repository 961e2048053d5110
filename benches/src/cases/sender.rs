//! Both sides of sending a text to a phone number.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use sinch_conversation::AppId;
use sinch_conversation::message::Text;
use sinch_conversation::recipient::sms;
use sinch_conversation::resources::AppHandle;

use crate::Failure;
use crate::client::{APP, PROJECT, at_the_same_time, bare, client};

const TEXT: &str = "Your table is ready. We keep it for a quarter of an hour.";
const NUMBER: &str = "46701234567";

/// A side of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Side {
    /// Hand-written structs on bare reqwest.
    Bare,
    /// This project.
    Project,
}

/// A side that is ready to send.
pub(super) enum Sender {
    Bare { http: reqwest::Client, url: String },
    Project(AppHandle),
}

impl Sender {
    pub(super) fn new(side: Side, url: &str) -> Result<Self, Failure> {
        Ok(match side {
            Side::Bare => Self::Bare {
                http: bare()?,
                url: url.to_owned(),
            },
            Side::Project => Self::Project(client(url)?.app(AppId::new(APP)?)),
        })
    }

    /// Sends `operations` messages, `in_flight` of them at the same time.
    pub(super) async fn send(&self, operations: u32, in_flight: u32) -> Result<(), Failure> {
        at_the_same_time(operations, in_flight, async || {
            std::hint::black_box(self.send_one().await?);
            Ok(())
        })
        .await
    }

    async fn send_one(&self) -> Result<String, Failure> {
        match self {
            Self::Bare { http, url } => send_bare(http, url).await,
            Self::Project(app) => {
                let sent = app.send(Text::new(TEXT)).to(sms(NUMBER)).await?;
                Ok(sent.message_id.to_string())
            }
        }
    }
}

async fn send_bare(http: &reqwest::Client, url: &str) -> Result<String, Failure> {
    let request = Send {
        app_id: APP,
        message: Message {
            text_message: TextMessage { text: TEXT },
        },
        recipient: Recipient {
            identified_by: IdentifiedBy {
                channel_identities: [ChannelIdentity {
                    channel: "SMS",
                    identity: NUMBER,
                }],
            },
        },
    };
    let response = http
        .post(format!("{url}/v1/projects/{PROJECT}/messages:send"))
        .bearer_auth("t")
        .json(&request)
        .send()
        .await?
        .error_for_status()?;
    Ok(response.json::<Sent>().await?.message_id)
}

#[derive(Serialize)]
struct Send<'a> {
    app_id: &'a str,
    message: Message<'a>,
    recipient: Recipient<'a>,
}

#[derive(Serialize)]
struct Message<'a> {
    text_message: TextMessage<'a>,
}

#[derive(Serialize)]
struct TextMessage<'a> {
    text: &'a str,
}

#[derive(Serialize)]
struct Recipient<'a> {
    identified_by: IdentifiedBy<'a>,
}

#[derive(Serialize)]
struct IdentifiedBy<'a> {
    channel_identities: [ChannelIdentity<'a>; 1],
}

#[derive(Serialize)]
struct ChannelIdentity<'a> {
    channel: &'a str,
    identity: &'a str,
}

#[derive(Deserialize)]
struct Sent {
    message_id: String,
}
