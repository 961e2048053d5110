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
    /// The address is taken, or not of this machine.
    #[error("cannot listen on {address}: choose another address, or port 0 for any free one")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// Another process, or another sandbox of this one, has the database open.
    #[error("the database {} is in use: stop the other sandbox, or give this one another file", path.display())]
    DatabaseInUse {
        /// The file.
        path: PathBuf,
    },
    /// The file is no database of this version of the sandbox, or cannot be read or written.
    #[error("cannot open the database {}: {reason}: give another file, or remove this one", path.display())]
    Database {
        /// The file; `:memory:` for a database in memory.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The database holds the resources of another project.
    #[error(
        "the database belongs to project {stored:?}, not {wanted:?}: give that project, or another file"
    )]
    OtherProject {
        /// The project in the database.
        stored: String,
        /// The project that was asked for.
        wanted: String,
    },
    /// A value that cannot be empty is empty.
    #[error("{name} is empty: give a value, or leave it out for the default")]
    Empty {
        /// What is empty.
        name: &'static str,
    },
    /// A host that is to be allowed is none.
    #[error(
        "{host:?} is not a host name: give it without scheme, port and path, such as sandbox.example"
    )]
    Host {
        /// What was given.
        host: String,
    },
    /// The public URL is none under which the sandbox can be reached.
    #[error(
        "the public URL {url:?} cannot be used: expected http or https with a host, such as http://sandbox:8080, without credentials, query and fragment"
    )]
    PublicUrl {
        /// What was given, without credentials.
        url: String,
    },
    /// The seed file cannot be read or applied; nothing of it was.
    #[error("the seed file {} cannot be used: {problem}", path.display())]
    Seed {
        /// The file.
        path: PathBuf,
        /// Each place that is wrong, what is wrong there, and the remedy.
        problem: String,
    },
    /// The HTTP client for callbacks could not be made.
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

/// Why the sandbox did not do what a test asked of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// There is no such app.
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
    /// The app sent no such message.
    #[error("no message {message_id:?} was sent")]
    UnknownMessage {
        /// The id that was given.
        message_id: String,
    },
    /// There is no such callback.
    #[error("there is no callback {id}")]
    UnknownCallback {
        /// The id that was given.
        id: i64,
    },
    /// The clock only goes forward.
    #[error(
        "the clock cannot be set to {wanted}: it is {now}, and it goes forward, at most to the year 9987"
    )]
    ClockBackwards {
        /// What it was to be set to.
        wanted: Timestamp,
        /// What it shows.
        now: Timestamp,
    },
    /// A seed document cannot be applied; nothing of it was.
    #[error("the seed cannot be applied: {problem}")]
    Seed {
        /// Each place that is wrong, what is wrong there, and the remedy.
        problem: String,
    },
    /// A contact cannot read what has not reached it.
    #[error("message {message_id:?} was not delivered, its status is {status}")]
    NotDelivered {
        /// The message.
        message_id: String,
        /// How far it is.
        status: String,
    },
    /// The channel never tells that a message was read.
    #[error("{channel} has no read reports: use a channel that has, such as WHATSAPP")]
    NoReadReports {
        /// The channel.
        channel: String,
    },
    /// The JSON is not the contact message that the API documents.
    #[error("{}: expected {expected}, found {found}", place(path))]
    NotAContactMessage {
        /// Where in the JSON; empty for all of it.
        path: String,
        /// What belongs there.
        expected: String,
        /// What is there.
        found: String,
    },
    /// A fault for an operation that the documents do not have.
    #[error("no operation is called {operation:?}{}", meant(similar))]
    UnknownOperation {
        /// The name that was given.
        operation: String,
        /// Operations with similar names, the most similar first.
        similar: Vec<&'static str>,
    },
    /// A fault that cannot be injected.
    #[error("{field}: {reason}")]
    InvalidFault {
        /// The field of its JSON form.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The JSON is not the contact event that the API documents.
    #[error("{path}: expected {expected}, found {found}")]
    NotAContactEvent {
        /// Where in the JSON.
        path: String,
        /// What belongs there.
        expected: String,
        /// What is there.
        found: String,
    },
    /// The channel never brings such an event.
    #[error("{channel} has no {event}: use one of {}", channels.join(", "))]
    NoSuchEvent {
        /// The kind of event.
        event: String,
        /// The channel.
        channel: String,
        /// The channels that have it.
        channels: Vec<String>,
    },
    /// The app sent no such event.
    #[error("no event {event_id:?} was sent")]
    UnknownEvent {
        /// The id that was given.
        event_id: String,
    },
    /// The message does not offer this choice.
    #[error("message {message_id:?} has no choice {wanted}, its choices are {choices:?}")]
    NoSuchChoice {
        /// The message.
        message_id: String,
        /// The place or the text that was given.
        wanted: String,
        /// What stands on the choices there are, in order.
        choices: Vec<String>,
    },
    /// There is no such opt-out list.
    #[error(
        "there is no list {list:?}: use OPT_OUT_ALL, OPT_OUT_MARKETING or OPT_OUT_NOTIFICATION"
    )]
    UnknownList {
        /// The name that was given.
        list: String,
    },
    /// It did not happen in time.
    #[error("waited {} ms for {awaited}; {seen}", waited.as_millis())]
    TimedOut {
        /// What was waited for.
        awaited: String,
        /// What there was instead when the time was up.
        seen: String,
        /// How long.
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
        ": take an operationId of the documents, OAuth_Token, or * for all".to_owned()
    } else {
        format!(", was one of these meant: {}?", similar.join(", "))
    }
}
