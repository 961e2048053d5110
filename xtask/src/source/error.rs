//! What can go wrong when a document is taken in.

use std::{fmt, io, path::PathBuf, time::Duration};

use super::snapshot::Content;
use crate::document::DocumentError;

/// Why a document was not taken in. Nothing has been written when one of these is returned.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The address is not one that is fetched.
    #[error("{url}: not fetched: {refusal}; give an https address (http only for this machine)")]
    Address {
        /// The address, without its query.
        url: String,
        /// What is wrong with it.
        refusal: Refusal,
    },
    /// The server sent the client on to a place where it does not go.
    #[error(
        "{url}: its redirect is not followed: {refusal}; put the document's final address in spec/sources.toml"
    )]
    Redirect {
        /// The address that answered with the redirect, without its query.
        url: String,
        /// What is wrong with the redirect.
        refusal: Refusal,
    },
    /// No connection, or something other than an HTTP answer.
    #[error("{url}: no answer: {reason}; check the address and the network, then try again")]
    NoAnswer {
        /// The address, without its query.
        url: String,
        /// What the HTTP client says.
        reason: String,
    },
    /// The server stopped sending.
    #[error("{url}: {phase} took more than {limit:?}; try again later, or use --from with a file")]
    Stalled {
        /// The address, without its query.
        url: String,
        /// What was being waited for.
        phase: Phase,
        /// The limit that was passed.
        limit: Duration,
    },
    /// The connection ended before the document did.
    #[error("{url}: the document was cut short after {received} bytes: {reason}; try again")]
    CutShort {
        /// The address, without its query.
        url: String,
        /// Bytes that arrived.
        received: usize,
        /// What the HTTP client says.
        reason: String,
    },
    /// The answer names no length and is not chunked: a cut document could not be told from a whole one.
    #[error(
        "{url}: the answer does not say where it ends, so it may be cut short; download it and use --from with the file"
    )]
    Unframed {
        /// The address, without its query.
        url: String,
    },
    /// A status other than 200, or than 304 to a conditional request.
    #[error("{url}: the server answered {status}; {}", remedy_of_status(*.status))]
    Status {
        /// The address, without its query.
        url: String,
        /// The HTTP status code.
        status: u16,
    },
    /// The server compressed the document, which was not asked for.
    #[error(
        "{url}: the answer is encoded as {encoding}, which was not asked for; download it and use --from with the file"
    )]
    Encoded {
        /// The address, without its query.
        url: String,
        /// The value of `Content-Encoding`.
        encoding: String,
    },
    /// The document is over the limit.
    #[error(
        "{origin}: larger than the limit of {limit} bytes; check that this is the document that was meant"
    )]
    TooLarge {
        /// File or URL.
        origin: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// The bytes are plainly something other than YAML or JSON.
    #[error(
        "{origin}: expected YAML or JSON, found {found}; give the address or the file of the document itself"
    )]
    NotText {
        /// File or URL.
        origin: String,
        /// What the bytes look like.
        found: Content,
    },
    /// The text is neither YAML nor JSON.
    #[error("{0}")]
    Syntax(DocumentError),
    /// YAML or JSON, but no OpenAPI 3.0 or 3.1.
    #[error("{0}")]
    NotOpenApi(DocumentError),
    /// OpenAPI without an operation.
    #[error("{0}")]
    NoOperations(DocumentError),
    /// The name is not in `spec/sources.toml`.
    #[error("no document `{name}` in spec/sources.toml; the documents are: {}", known.join(", "))]
    UnknownDocument {
        /// The name that was asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A fault in the list of documents.
    #[error("{origin}: {message}")]
    Sources {
        /// The file, with a line where it is known.
        origin: String,
        /// What was expected and what to do.
        message: String,
    },
    /// A file or the HTTP client could not be used.
    #[error("{origin}: cannot {action}: {error}")]
    Io {
        /// The file or the part of the machine.
        origin: String,
        /// What was tried.
        action: &'static str,
        /// What the system says.
        error: io::Error,
    },
}

impl SourceError {
    pub(super) fn io(path: impl Into<PathBuf>, action: &'static str, error: io::Error) -> Self {
        let origin = path.into().display().to_string();
        Self::Io {
            origin,
            action,
            error,
        }
    }
}

fn remedy_of_status(status: u16) -> &'static str {
    match status {
        404 | 410 => {
            "the document may have moved: correct the address (`url` in spec/sources.toml)"
        }
        401 | 403 => "the document is not public at this address: use --from with a file",
        429 | 500..=599 => "try again later",
        _ => "expected 200: check the address (`url` in spec/sources.toml)",
    }
}

/// Why an address or a redirect is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Neither https nor http.
    #[error("its scheme is not https")]
    Scheme,
    /// Plain http to another machine.
    #[error("plain http to another machine can be altered on the way")]
    PlainHttp,
    /// A user name or a password in the address.
    #[error("it holds a user name or a password")]
    Credentials,
    /// From https to http.
    #[error("it leads from https to http")]
    Downgrade,
    /// A redirect with no `Location`, or one that is no URL.
    #[error("it names no usable address")]
    NoLocation,
    /// More redirects than the limit, or a loop.
    #[error("too many redirects in a row")]
    TooMany,
}

/// What was being waited for when a server stalled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// Looking the host up and connecting, TLS included.
    Connect,
    /// The status line and headers.
    Answer,
    /// The next bytes of the body.
    Body,
    /// Everything together, redirects included.
    Whole,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connecting",
            Self::Answer => "waiting for the answer",
            Self::Body => "waiting for more of the document",
            Self::Whole => "the download as a whole",
        })
    }
}
