//! From published OpenAPI documents to the raw crate.
pub mod document;
