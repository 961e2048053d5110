//! The measured cases.

mod build;
pub(crate) mod burst;
mod decode;
mod list;
mod outbox;
pub(crate) mod peak;
mod peers;
mod regen;
mod sandbox;
mod send;
mod sender;
mod webhook;

use clap::ValueEnum;

use crate::Failure;
use crate::client::runtime;
use crate::machine::Machine;
use crate::measure::MeasureOptions;
use crate::report::Report;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Case {
    /// Sending a text: CPU time and memory, against hand-written structs on bare reqwest.
    Send,
    /// Listing messages, against untyped JSON over bare reqwest.
    List,
    /// Verifying and decoding a callback, against HMAC and untyped JSON.
    Webhook,
    /// Decoding and encoding a page of 1000 messages, against untyped JSON and the official SDKs.
    Decode,
    /// The outbox in SQLite: a send against the client alone, a shared limit against what is sent, storing rows.
    Outbox,
    /// The sandbox: its start, a send against a mock server, memory with 100,000 messages.
    Sandbox,
    /// A broadcast to 100,000 recipients at an enforced limit: time against what the limit allows, refusals, memory.
    Burst,
    /// Generating all files from the documents, against the generator alone.
    Regen,
    /// Building an application with one send, against bare reqwest: from nothing, after a change, in release, its size.
    Build,
}

impl Case {
    /// Returns the named cases, or all.
    pub(crate) fn chosen(named: &[Self]) -> &[Self] {
        if named.is_empty() {
            Self::value_variants()
        } else {
            named
        }
    }

    pub(crate) fn run(
        self,
        options: &MeasureOptions,
        machine: &Machine,
    ) -> Result<Report, Failure> {
        machine.pin_client()?;
        let runtime = runtime()?;
        match self {
            Self::Send => runtime.block_on(send::run(options, machine)),
            Self::List => runtime.block_on(list::run(options, machine)),
            Self::Webhook => runtime.block_on(webhook::run(options)),
            Self::Decode => runtime.block_on(decode::run(options)),
            Self::Outbox => runtime.block_on(outbox::run(options, machine)),
            Self::Sandbox => runtime.block_on(sandbox::run(options, machine)),
            Self::Burst => runtime.block_on(burst::run(options, machine)),
            Self::Regen => runtime.block_on(regen::run(options)),
            Self::Build => runtime.block_on(build::run(options, machine)),
        }
    }
}
