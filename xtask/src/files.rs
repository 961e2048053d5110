//! Folders of the checkout.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// Returns all files below a folder, ordered by name; none if the folder does not exist.
pub(crate) fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries
            .and_then(|entries| {
                entries
                    .map(|entry| entry.map(|it| it.path()))
                    .collect::<io::Result<Vec<_>>>()
            })
            .with_context(|| {
                format!(
                    "{}: cannot read; check the permissions of the checkout",
                    folder.display()
                )
            })?,
    };
    entries.sort();
    let mut found = Vec::new();
    for path in entries {
        match path.is_dir() {
            true => found.extend(list(&path)?),
            false => found.push(path),
        }
    }
    Ok(found)
}
