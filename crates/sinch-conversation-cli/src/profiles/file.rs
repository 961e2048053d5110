//! The file of the profiles: readable by its owner alone, and changed as a whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use toml_edit::DocumentMut;

use super::Profiles;
use crate::error::{Exit, Failure};
use crate::private_files;

/// Reads the file; `None` if there is none.
pub(super) fn read(path: &Path) -> Result<Option<Profiles>, Failure> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unusable(path, &error)),
    };
    keep_private(path);
    let document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        // The whole error shows the line, which may be a secret.
        let message = error
            .message()
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned();
        Failure::new(
            Exit::Usage,
            format!("{}: no TOML: {message}", path.display()),
        )
    })?;
    Ok(Some(Profiles { document }))
}

/// Reads, changes and writes the file while no other process does.
pub(super) fn edit<T>(
    path: &Path,
    change: impl FnOnce(&mut Profiles) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let failed = |error: &io::Error| unusable(path, error);
    // Of a link the file behind it is replaced, not the link.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().unwrap_or(Path::new("."));
    private_files::make_folder(folder).map_err(|error| failed(&error))?;
    let _lock = private_files::lock(&path).map_err(|error| failed(&error))?;
    let mut profiles = read(&path)?.unwrap_or_default();
    let result = change(&mut profiles)?;
    private_files::replace(&path, &profiles.document.to_string())
        .map_err(|error| failed(&error))?;
    Ok(result)
}

/// Takes the rights of others to read the file, and says so.
#[cfg(unix)]
fn keep_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;

    let mode = fs::metadata(path).map_or(0, |it| it.permissions().mode());
    if mode & 0o077 == 0 {
        return;
    }
    let mended = fs::set_permissions(path, fs::Permissions::from_mode(0o600));
    let (path, mode) = (path.display(), mode & 0o777);
    let remark = match mended {
        Ok(()) => {
            "only its owner can read it now; if others had access, replace the key".to_owned()
        }
        Err(error) => format!("that cannot be changed: {error}"),
    };
    let text = format!("warning: {path} could be read by others (mode {mode:o}): {remark}");
    // Nothing is to be done when stderr is closed.
    let _ = writeln!(anstream::stderr(), "{text}");
}

#[cfg(not(unix))]
fn keep_private(_path: &Path) {}

fn unusable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(Exit::Failed, format!("{}: {error}", path.display()))
}
