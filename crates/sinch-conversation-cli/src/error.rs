//! How a command fails: exit codes, and errors as text or JSON on stderr.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::process::ExitCode;

use serde_json::{Value, json};
use sinch_conversation::error::ErrorKind;

/// Why a command ended, and its exit code.
///
/// | Code | Name | Meaning |
/// | --- | --- | --- |
/// | 0 | | it did what was asked; `send` was accepted, or delivered with `--wait delivered` |
/// | 1 | `failed` | anything else |
/// | 2 | `usage` | wrong arguments, or missing settings; nothing was sent |
/// | 3 | `auth` | the credentials were refused, or may not do that |
/// | 4 | `not_found` | there is no such thing, or not in this project and region |
/// | 5 | `refused` | the API refused the request |
/// | 6 | `not_delivered` | the message was accepted, and its delivery failed |
/// | 7 | `maybe_sent` | the outcome is unknown: the message may have been sent |
/// | 8 | `unavailable` | no connection, too many requests, or a server error; the same command may succeed later |
/// | 9 | `waited_too_long` | `send --wait` ended before there was an outcome |
/// | 130 | `interrupted` | Ctrl-C |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Failed,
    Usage,
    Auth,
    NotFound,
    Refused,
    NotDelivered,
    MaybeSent,
    Unavailable,
    WaitedTooLong,
    Interrupted,
    /// The reader of the output has closed it: nothing to report, and no failure.
    OutputClosed,
}

impl Exit {
    const fn code(self) -> u8 {
        match self {
            Self::OutputClosed => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Auth => 3,
            Self::NotFound => 4,
            Self::Refused => 5,
            Self::NotDelivered => 6,
            Self::MaybeSent => 7,
            Self::Unavailable => 8,
            Self::WaitedTooLong => 9,
            Self::Interrupted => 130,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::OutputClosed => "output_closed",
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::Auth => "auth",
            Self::NotFound => "not_found",
            Self::Refused => "refused",
            Self::NotDelivered => "not_delivered",
            Self::MaybeSent => "maybe_sent",
            Self::Unavailable => "unavailable",
            Self::WaitedTooLong => "waited_too_long",
            Self::Interrupted => "interrupted",
        }
    }
}

/// The error of every command.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
    hint: Option<String>,
    /// More members of the error as JSON.
    details: Vec<(String, Value)>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            hint: None,
            details: Vec::new(),
        }
    }

    /// Wrong arguments, or missing settings.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Adds what to do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds a member to the error as JSON.
    pub(crate) fn detail(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.push((name.to_owned(), value.into()));
        self
    }

    /// Says in which step of a script it happened.
    pub(crate) fn in_step(mut self, label: &str) -> Self {
        self.message = format!("step {label}: {}", self.message);
        self.detail("step", label)
    }

    /// A failure of a call that no document has, which was sent as if it were another one.
    pub(crate) fn of_undocumented(error: &sinch_conversation::Error) -> Self {
        let mut failure = Self::from(error.clone());
        failure.message = error.kind().to_string();
        failure.details.retain(|(name, _)| name != "operation");
        failure
    }

    /// Returns what happened.
    pub(crate) fn message(&self) -> String {
        self.message.clone()
    }

    fn json(&self) -> Value {
        let mut error = json!({
            "kind": self.exit.name(),
            "exit_code": self.exit.code(),
            "message": self.message,
        });
        if let Some(fields) = error.as_object_mut() {
            if let Some(hint) = &self.hint {
                fields.insert("hint".to_owned(), json!(hint));
            }
            fields.extend(self.details.clone());
        }
        json!({ "error": error })
    }
}

impl From<sinch_conversation::Error> for Failure {
    fn from(error: sinch_conversation::Error) -> Self {
        let failure = Self::new(exit_of(&error), error.to_string());
        let api = error.api();
        let code = api.and_then(|api| api.code.clone());
        [
            ("operation", error.operation().map(Value::from)),
            (
                "status",
                error.status().map(|status| status.as_u16().into()),
            ),
            ("code", code.map(Value::from)),
            ("retryable", Some(error.is_retryable().into())),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .fold(failure, |failure, (name, value)| {
            failure.detail(name, value)
        })
    }
}

fn exit_of(error: &sinch_conversation::Error) -> Exit {
    let status = error.status().map(|status| status.as_u16());
    match (error.kind(), status) {
        _ if error.is_not_found() => Exit::NotFound,
        (ErrorKind::InvalidArgument(_), _) => Exit::Usage,
        (_, Some(401 | 403)) => Exit::Auth,
        _ if error.is_retryable() => Exit::Unavailable,
        (ErrorKind::Auth(_), _) => Exit::Auth,
        (_, Some(400..500)) => Exit::Refused,
        _ => Exit::Failed,
    }
}

/// Returns the failure of writing the data.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::new(Exit::OutputClosed, "the output was closed"),
            _ => Self::new(
                Exit::Failed,
                format!("the output cannot be written: {error}"),
            ),
        }
    }
}

/// Writes a failure to stderr, and returns its exit code.
pub(crate) fn report(failure: &Failure, as_json: bool) -> ExitCode {
    if failure.exit != Exit::OutputClosed {
        let text = match as_json {
            true => failure.json().to_string(),
            false => text(failure),
        };
        // Nothing is to be done when stderr is closed.
        let _ = writeln!(anstream::stderr(), "{text}");
    }
    failure.exit.code().into()
}

fn text(failure: &Failure) -> String {
    let mut text = format!("\u{1b}[1;31merror:\u{1b}[0m {}", failure.message);
    if let Some(hint) = &failure.hint {
        let _ = write!(text, "\n\u{1b}[1mhint:\u{1b}[0m {hint}");
    }
    text
}

/// Writes what clap found wrong, or the help that was asked for.
pub(crate) fn usage(error: &clap::Error, as_json: bool) -> ExitCode {
    if as_json && error.use_stderr() {
        let text = error.render().to_string();
        let text = text.trim().trim_start_matches("error: ");
        return report(&Failure::usage(text), true);
    }
    match error.print() {
        Ok(()) => u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from),
        Err(error) => report(&error.into(), as_json),
    }
}

/// Whether arguments that could not be parsed ask for JSON.
pub(crate) fn asks_for_json(arguments: &[OsString]) -> bool {
    let mut words = arguments.iter().filter_map(|word| word.to_str());
    words.any(|word| matches!(word, "--json" | "--output=json" | "-ojson"))
        || arguments.windows(2).any(|pair| {
            matches!(pair, [flag, value] if (flag == "--output" || flag == "-o") && value == "json")
        })
}
