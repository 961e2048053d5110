//! What can go wrong in a store.

/// Why a store could not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The file is no database, or is damaged. Nothing was changed.
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// The file is a database of another program.
    #[error("the database belongs to another program")]
    Foreign,
    /// The tables were made by a later version of this crate.
    #[error(
        "the tables have version {found}, this program works with up to {known}; use a newer program"
    )]
    #[non_exhaustive]
    NewerSchema {
        /// The version of the tables.
        found: i64,
        /// The latest version that this program works with.
        known: i64,
    },
    /// The file or its folder cannot be opened, or not be written to. Nothing was changed.
    #[error("the database cannot be opened or written to: {0}")]
    Inaccessible(String),
    /// The file was deleted or replaced while it was open. What was asked for is not stored, at least not in the file that
    /// is there now. Open the store again.
    #[error("the file of the database is gone, or another one is in its place")]
    Replaced,
    /// There is no room left, on the disk or within the size that was set. Nothing was changed.
    #[error("the database is full, or the disk is")]
    Full,
    /// Other processes held the database for too long. Nothing was changed.
    #[error("the database is in use by other processes")]
    Busy,
    /// Another request failed, and with it the transaction that this one shared. Nothing was changed.
    #[error("another request of the same transaction failed")]
    RolledBack,
    /// The server cannot be reached, or was stopped. What was asked for is stored as a whole or not at all.
    #[error("the database cannot be reached: {0}")]
    Disconnected(String),
    /// The address of the database is wrong. It is not repeated, since it may have a password.
    #[error("the address of the database: {0}")]
    Address(String),
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The database refused something else.
    #[error("the database failed: {0}")]
    Database(String),
}

impl StoreError {
    /// Whether the same request may succeed a little later.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Busy | Self::RolledBack | Self::Disconnected(_))
    }

    /// Whether the same request can never succeed in this program. What is neither this nor
    /// [transient](Self::is_transient) succeeds once somebody has mended it, as when the disk is full.
    pub const fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Corrupt(_) | Self::Foreign | Self::NewerSchema { .. } | Self::Closed
        )
    }
}
