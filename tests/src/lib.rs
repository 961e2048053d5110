//! Helpers for the tests of the workspace: JSON documents for published schemas, and all types by name.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[rustfmt::skip]
mod generated;
pub mod json;
pub mod published;
pub mod samples;
pub mod server;

pub use generated::by_name;

use serde_json::Value;
use sinch_conversation_raw::wire::{DecodeError, Wire};

/// The result of decoding and encoding JSON as a type.
#[derive(Debug)]
pub struct RoundTrip {
    /// The encoded JSON.
    pub json: Value,
    /// The `Debug` output of the decoded value.
    pub debug: String,
}

/// Decodes and encodes, both with `serde` and with `Wire`.
pub fn round_trip<T: Wire + std::fmt::Debug + serde::Serialize + serde::de::DeserializeOwned>(
    value: Value,
) -> Result<RoundTrip, DecodeError> {
    let text = value.to_string();
    let decoded = T::from_value(value)?;
    let through_serde: T = serde_json::from_str(&text).expect("serde decodes what Wire decodes");
    let json = serde_json::to_value(&through_serde).expect("encodes");
    assert_eq!(json, decoded.to_value(), "serde and Wire agree");
    let from_text = T::from_json(text.as_bytes()).expect("text decodes as a value does");
    assert_eq!(from_text.to_value(), json, "text and value agree");
    assert_eq!(format!("{from_text:?}"), format!("{decoded:?}"));
    Ok(RoundTrip {
        json,
        debug: format!("{decoded:?}"),
    })
}

/// The code in the workspace's README, which is compiled.
#[doc = include_str!("../../README.md")]
#[cfg(doctest)]
pub struct Readme;

/// The example in the raw crate's README, which that crate's own tests do not run.
#[cfg(doctest)]
#[doc = include_str!("../../crates/sinch-conversation-raw/README.md")]
pub struct ReadmeOfTheRawCrate;
