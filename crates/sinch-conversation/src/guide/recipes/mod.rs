//! Tasks that many programs have, each with the code for it, what can go wrong, and what the client does about it.
//!
//! The code of every page runs against the sandbox in the tests of this crate.
//!
//! | page | task |
//! | --- | --- |
//! | [`one_time_code`] | a code by WhatsApp, and by SMS when WhatsApp fails |
//! | [`import_contacts`] | contacts from a CSV file, created or updated |
//! | [`merge_contacts`] | contacts with the same number, made one |
//! | [`broadcast`] | one message to many people, in a program that may be stopped and started again |
//! | [`batch`] | one message to a thousand people in one request, at a given time |
//! | [`templates`] | words that live in the project, in several languages |
//! | [`consents`] | people who do not want messages, or not of this kind |
//! | [`capability`] | whether a person can be reached on a channel |
//! | [`transcode`] | what a message becomes on each channel, without sending it |
//! | [`export`] | all messages of an app, written to a file as they arrive |
//! | [`credentials`] | a new token for one channel of an app |
//! | [`observability`] | metrics, traces, a proxy, and headers of your own |
//!
//! Elsewhere:
//!
//! - A bot that receives, answers texts and taps, and handles each event once: the page on
//!   [receiving](crate::guide::receiving), and `cargo run --example bot -p sinch-conversation`.
//! - Tests of your own code, with failures: the page on [testing](crate::guide::testing).
//! - A program without asynchronous code: the module `blocking`, and
//!   `cargo run --example command_line -p sinch-conversation`.

#[doc = include_str!("one_time_code.md")]
pub mod one_time_code {}

#[doc = include_str!("import_contacts.md")]
pub mod import_contacts {}

#[doc = include_str!("merge_contacts.md")]
pub mod merge_contacts {}

#[doc = include_str!("broadcast.md")]
pub mod broadcast {}

#[doc = include_str!("batch.md")]
pub mod batch {}

#[doc = include_str!("templates.md")]
pub mod templates {}

#[doc = include_str!("consents.md")]
pub mod consents {}

#[doc = include_str!("capability.md")]
pub mod capability {}

#[doc = include_str!("transcode.md")]
pub mod transcode {}

#[doc = include_str!("export.md")]
pub mod export {}

#[doc = include_str!("credentials.md")]
pub mod credentials {}

#[doc = include_str!("observability.md")]
pub mod observability {}
