#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod callback;
// The generator gives the code its form; what it contains follows the documents.
#[rustfmt::skip]
#[allow(clippy::large_enum_variant, clippy::module_inception)]
mod generated;
mod transport;
pub mod wire;

pub use callback::CallbackKind;
pub use generated::{OPERATIONS, batch, conversation, template, types};
pub use progenitor_client::{Error, ResponseValue};
pub use transport::{
    Direct, Operation, Pipeline, Transport, TransportError, TransportFuture, take_transport_error,
};
