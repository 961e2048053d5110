//! The store of a run, chosen by a flag.

use clap::ValueEnum;

/// A store, as a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StoreKind {
    /// A file, named by its path.
    Sqlite,
}

impl StoreKind {
    /// The name, as on the command line.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
        }
    }
}

/// Opens the store at an address, and does something with it.
macro_rules! with_store {
    ($kind:expr, $address:expr, |$store:ident| $work:expr) => {
        match $kind {
            $crate::chaos::StoreKind::Sqlite => {
                let $store = sinch_conversation_outbox::SqliteStore::open($address)?;
                $work
            }
        }
    };
}

pub(super) use with_store;
