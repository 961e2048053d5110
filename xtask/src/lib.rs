//! From published OpenAPI documents to the raw crate.
pub mod areas;
pub mod budget;
pub mod contract;
pub mod diff;
pub mod document;
pub mod downlevel;
pub mod emit;
pub mod generate;
pub mod lint;
pub mod markdown;
pub mod normalise;
pub mod outline;
pub mod overlay;
pub mod pipeline;
pub mod regen;
pub mod rewrite;
pub mod source;
