//! The sources of the documents: the snapshots in `spec/`, a download, or a file.
//!
//! A [`Candidate`] holds the documents in memory as they would be stored. Nothing is written before the rest of the
//! pipeline has accepted it; then [`write_all`] writes it together with the generated files.

mod address;
mod candidate;
mod commit;
mod fetch;
mod openapi;
mod snapshot;
mod sources;

pub use address::Location;
pub use candidate::{Arrival, Candidate, CandidateDocument};
pub use commit::write_all;
pub use fetch::FetchLimits;
pub use openapi::{Facts, check_openapi};
pub use snapshot::{Snapshot, read_file};
pub use sources::{Source, SourcesFile};

/// The folder of the snapshots, from the root of the repository.
pub const SPEC: &str = "spec";

/// The list of documents, from the root of the repository.
pub const SOURCES: &str = "spec/sources.toml";
