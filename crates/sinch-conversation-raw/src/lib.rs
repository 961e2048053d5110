#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod callback;
// The form of the code is the generator's; its content follows the documents.
#[rustfmt::skip]
#[allow(
    clippy::large_enum_variant,
    clippy::module_inception,
    clippy::too_many_arguments,
// Deprecated items are decoded and encoded too.
    deprecated
)]
mod generated;
mod direct;
mod dynamic;
pub mod limits;
mod operation;
mod request;
pub mod wire;

pub use callback::CallbackKind;
pub use direct::{Direct, Error, Response};
pub use dynamic::AnyBody;
pub use generated::{OPERATIONS, OperationId, SECRET_FIELDS, batch, conversation, template, types};
pub use operation::{Document, Operation, UnknownOperation};
pub use request::Request;
