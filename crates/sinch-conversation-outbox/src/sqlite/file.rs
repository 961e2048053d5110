//! Notices that the file of the database was deleted or replaced while it was open.
//!
//! On Unix the file would go on to be written without its name: what is acknowledged then is gone with the process, and a
//! copy that was put in its place would have its rows sent by others too.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::store::StoreError;

/// What tells a file from another one of the same name.
type Identity = (u64, u64);

/// The files of a database, as they were when it was opened.
pub(super) struct OpenFiles(Vec<(PathBuf, Identity)>);

impl OpenFiles {
    /// Remembers the file of a database and its log, if there is one; nothing for a database in memory.
    pub(super) fn of(file: Option<&Path>) -> Self {
        let paths = file.map(|file| [file.to_owned(), log_of(file)]);
        let files = paths.into_iter().flatten();
        Self(
            files
                .filter_map(|path| identity(&path).map(|it| (path, it)))
                .collect(),
        )
    }

    /// Fails when one of them is not there any more.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let is_there = |(path, known): &(PathBuf, Identity)| identity(path) == Some(*known);
        if self.0.iter().all(is_there) {
            Ok(())
        } else {
            Err(StoreError::Replaced)
        }
    }
}

/// The write-ahead log, which is there as long as a connection is.
fn log_of(file: &Path) -> PathBuf {
    let mut name: OsString = file.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

#[cfg(unix)]
fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    let found = std::fs::metadata(path).ok()?;
    Some((found.dev(), found.ino()))
}

/// An open file cannot be deleted elsewhere.
#[cfg(not(unix))]
fn identity(_: &Path) -> Option<Identity> {
    Some((0, 0))
}
