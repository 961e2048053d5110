//! Files that only their owner can read, which processes change one after the other.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use etcetera::{BaseStrategy, choose_base_strategy};
use tempfile::NamedTempFile;

/// Returns the program's folder in the user's folder for data; `None` without a home folder.
pub(crate) fn data_folder() -> Option<PathBuf> {
    let folder = choose_base_strategy().ok()?.data_dir();
    // Relative to the current folder it would be another one in each.
    folder
        .is_absolute()
        .then(|| folder.join("sinch-conversation"))
}

/// Waits until no other process has the lock of a file, which ends with the process at the latest. The lock is a file of
/// its own, because the other one may be replaced.
pub(crate) fn lock(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    let file = private(&mut options).open(path.with_extension("lock"))?;
    fs4::FileExt::lock(&file)?;
    Ok(file)
}

/// Makes a folder that only its owner can enter, and those around it.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes another file and puts it in the place of the old one, as a whole or not at all.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut file = NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Opens a file to add to its end; makes it if there is none.
pub(crate) fn append(path: &Path) -> io::Result<File> {
    private(File::options().append(true).create(true)).open(path)
}

/// Only the owner can read what these options make.
fn private(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}
