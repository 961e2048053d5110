//! Sending a text to a phone number.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use sinch_conversation::AppId;
use sinch_conversation::message::Text;
use sinch_conversation::recipient::sms;
use sinch_conversation::resources::AppHandle;

use super::{APP, PROJECT, at_the_same_time, bare, client, peak};
use crate::Failure;
use crate::machine::Machine;
use crate::measure::{MeasureOptions, alternate};
use crate::report::Report;
use crate::stub::Stub;

const OPERATIONS: u32 = 20_000;
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

pub(super) async fn run(options: &MeasureOptions, machine: &Machine) -> Result<Report, Failure> {
    let stub = Stub::start(machine)?;
    let operations = options.operations.unwrap_or(OPERATIONS);
    let [bare, project] = [Side::Bare, Side::Project].map(|side| Sender::new(side, &stub.url));
    let (bare, project) = (bare?, project?);
    same_requests(&stub, &bare, &project).await?;

    let mut rows = Vec::new();
    for (in_flight, goal) in [(1, 1.10), (32, 1.15)] {
        let rounds = alternate(
            options.rounds,
            async || bare.send(operations, in_flight).await,
            async || project.send(operations, in_flight).await,
        );
        let what = format!("{in_flight} in flight");
        rows.extend(rounds.await?.per_operation(&what, operations, goal));
    }
    rows.push(peak::compare(options.rounds, operations, &stub.url)?);
    Ok(Report {
        case: "send",
        round: format!(
            "{} rounds of {operations} texts, time of one",
            options.rounds
        ),
        base: "bare reqwest",
        rows,
    })
}

async fn same_requests(stub: &Stub, bare: &Sender, project: &Sender) -> Result<(), Failure> {
    let mut seen = Vec::new();
    for sender in [bare, project] {
        sender.send(1, 1).await?;
        let request = stub.last().await?;
        seen.push((
            request.line,
            serde_json::from_str::<serde_json::Value>(&request.body)?,
        ));
    }
    if seen.first() != seen.last() {
        return Err(format!("the sides do not send the same: {seen:#?}").into());
    }
    Ok(())
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
