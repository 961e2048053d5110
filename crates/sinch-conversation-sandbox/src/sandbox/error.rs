//! Errors of the library.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use sinch_conversation_raw::wire::Timestamp;

use crate::server::faults::FaultError;
use crate::store::{OpenError, StoreError};

/// Why a sandbox could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address is taken, or does not belong to this machine.
    #[error("cannot listen on {address}: choose another address, or port 0 for any free one")]
    Listen {
        /// The requested address.
        address: SocketAddr,
        /// The error of the operating system.
        source: io::Error,
    },
    /// Another process, or another sandbox in this one, has the database open.
    #[error("the database {} is in use: stop the other sandbox, or use another file", path.display())]
    DatabaseInUse {
        /// The file.
        path: PathBuf,
    },
    /// The file is not a database of this version of the sandbox, or cannot be read or written.
    #[error("cannot open the database {}: {reason}: use another file, or remove this one", path.display())]
    Database {
        /// The file; `:memory:` for a database in memory.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The database holds the resources of another project.
    #[error(
        "the database belongs to project {stored:?}, not {wanted:?}: use that project, or another file"
    )]
    OtherProject {
        /// The project in the database.
        stored: String,
        /// The requested project.
        wanted: String,
    },
    /// A value that must not be empty is empty.
    #[error("{name} is empty: set a value, or omit it for the default")]
    Empty {
        /// The name of the value.
        name: &'static str,
    },
    /// An allowed host is not a host name.
    #[error(
        "{host:?} is not a host name: pass it without scheme, port and path, such as sandbox.example"
    )]
    Host {
        /// The name that was passed.
        host: String,
    },
    /// The public URL cannot be one of the sandbox.
    #[error(
        "the public URL {url:?} cannot be used: expected http or https with a host, such as http://sandbox:8080, without credentials, query and fragment"
    )]
    PublicUrl {
        /// The URL that was passed, without credentials.
        url: String,
    },
    /// The seed file cannot be read or applied; nothing of it was applied.
    #[error("the seed file {} cannot be used: {problem}", path.display())]
    Seed {
        /// The file.
        path: PathBuf,
        /// Each invalid place, what is wrong there, and how to correct it.
        problem: String,
    },
    /// The HTTP client for callbacks could not be created.
    #[error("cannot set up the delivery of callbacks: {reason}")]
    Callbacks {
        /// What went wrong.
        reason: String,
    },
}

impl StartError {
    pub(crate) fn database(path: Option<PathBuf>, error: &OpenError) -> Self {
        let path = path.unwrap_or_else(|| PathBuf::from(":memory:"));
        match error {
            OpenError::InUse => Self::DatabaseInUse { path },
            OpenError::NoName => Self::Empty {
                name: "the database",
            },
            other => Self::Database {
                path,
                reason: other.to_string(),
            },
        }
    }
}

/// Why the sandbox could not do what a test asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// The app does not exist.
    #[error("app {app_id:?} does not exist: create it through the API first")]
    UnknownApp {
        /// The id that was given.
        app_id: String,
    },
    /// The app has no credentials for the channel.
    #[error(
        "app {app_id:?} is not set up for {channel}: add the channel to its channel_credentials"
    )]
    ChannelNotConfigured {
        /// The app.
        app_id: String,
        /// The channel.
        channel: String,
    },
    /// No app has sent such a message.
    #[error("message {message_id:?} was not sent by any app")]
    UnknownMessage {
        /// The id that was given.
        message_id: String,
    },
    /// The callback does not exist.
    #[error("callback {id} does not exist")]
    UnknownCallback {
        /// The id that was given.
        id: i64,
    },
    /// The clock cannot go backwards.
    #[error(
        "the clock cannot be set to {wanted}: it is {now}, and it goes forward, at most to the year 9987"
    )]
    ClockBackwards {
        /// The requested time.
        wanted: Timestamp,
        /// The current time of the sandbox.
        now: Timestamp,
    },
    /// A seed document is invalid; nothing of it was applied.
    #[error("the seed cannot be applied: {problem}")]
    Seed {
        /// Each invalid place, what is wrong there, and how to correct it.
        problem: String,
    },
    /// A contact cannot read a message that was not delivered.
    #[error("message {message_id:?} was not delivered, its status is {status}")]
    NotDelivered {
        /// The message.
        message_id: String,
        /// The message's status.
        status: String,
    },
    /// The channel has no read reports.
    #[error("{channel} has no read reports: use a channel that has them, such as WHATSAPP")]
    NoReadReports {
        /// The channel.
        channel: String,
    },
    /// The JSON is not a documented contact message.
    #[error("{}: expected {expected}, found {found}", place(path))]
    NotAContactMessage {
        /// The path in the JSON; empty for all of it.
        path: String,
        /// What was expected there.
        expected: String,
        /// What was found there.
        found: String,
    },
    /// The fault names an operation that is not documented.
    #[error("operation {operation:?} does not exist{}", meant(similar))]
    UnknownOperation {
        /// The name that was given.
        operation: String,
        /// Operations with similar names, the most similar first.
        similar: Vec<&'static str>,
    },
    /// The fault cannot be injected.
    #[error("{field}: {reason}")]
    InvalidFault {
        /// The field of the fault's JSON form.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The JSON is not a documented contact event.
    #[error("{path}: expected {expected}, found {found}")]
    NotAContactEvent {
        /// The path in the JSON.
        path: String,
        /// What was expected there.
        expected: String,
        /// What was found there.
        found: String,
    },
    /// The channel does not support such an event.
    #[error("{channel} does not support {event}: use one of {}", channels.join(", "))]
    NoSuchEvent {
        /// The kind of event.
        event: String,
        /// The channel.
        channel: String,
        /// The channels that support it.
        channels: Vec<String>,
    },
    /// No app has sent such an event.
    #[error("event {event_id:?} was not sent by any app")]
    UnknownEvent {
        /// The id that was given.
        event_id: String,
    },
    /// The message does not offer this choice.
    #[error("message {message_id:?} has no choice {wanted}, its choices are {choices:?}")]
    NoSuchChoice {
        /// The message.
        message_id: String,
        /// The index or the text that was passed.
        wanted: String,
        /// The texts of its choices, in order.
        choices: Vec<String>,
    },
    /// The opt-out list does not exist.
    #[error(
        "list {list:?} does not exist: use OPT_OUT_ALL, OPT_OUT_MARKETING or OPT_OUT_NOTIFICATION"
    )]
    UnknownList {
        /// The name that was passed.
        list: String,
    },
    /// The awaited condition was not met in time.
    #[error("waited {} ms for {awaited}; {seen}", waited.as_millis())]
    TimedOut {
        /// What was waited for.
        awaited: String,
        /// The state when the time was up.
        seen: String,
        /// How long it waited.
        waited: Duration,
    },
    /// The store failed, or the sandbox has been stopped.
    #[error("the sandbox cannot answer: {reason}")]
    Unavailable {
        /// What went wrong.
        reason: String,
    },
}

fn place(path: &str) -> &str {
    if path.is_empty() { "the message" } else { path }
}

impl From<StoreError> for ControlError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable {
            reason: error.to_string(),
        }
    }
}

impl From<FaultError> for ControlError {
    fn from(error: FaultError) -> Self {
        match error {
            FaultError::UnknownOperation { operation, similar } => {
                Self::UnknownOperation { operation, similar }
            }
            FaultError::Invalid { field, reason } => Self::InvalidFault { field, reason },
        }
    }
}

fn meant(similar: &[&str]) -> String {
    if similar.is_empty() {
        ": use an operationId of the documents, OAuth_Token, or * for all".to_owned()
    } else {
        format!("; did you mean one of {}?", similar.join(", "))
    }
}
