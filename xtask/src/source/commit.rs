//! Writes a set of files so that a failure leaves the tree as it was.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write},
    path::{Component, Path, PathBuf},
};

use tempfile::NamedTempFile;

/// Why files were not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError {
    /// The path leads out of the root. Nothing was written.
    #[error("{}: leads out of the tree, nothing was written; give a path below its root", path.display())]
    Outside {
        /// The path as it was given.
        path: PathBuf,
    },
    /// The path was given twice. Nothing was written.
    #[error("{}: to be written twice, nothing was written; give every path once", path.display())]
    Twice {
        /// The path as it was given.
        path: PathBuf,
    },
    /// A file could not be prepared. Nothing was written.
    #[error("{}: cannot write, nothing was changed: {error}", path.display())]
    Stage {
        /// The path as it was given.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A prepared file could not be put in its place.
    #[error("{}: cannot put the new file in place: {error}; {} before it are new: {replaced:?}", path.display(), replaced.len())]
    Replace {
        /// The path as it was given.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
        /// The files that are already new.
        replaced: Vec<PathBuf>,
    },
}

/// Writes `files` below `root` and returns the paths whose content was not already the same.
///
/// Every file is first written in full beside its target and flushed; only when all of them are there does the first
/// one take its place. Missing folders are made. A reader sees each file whole, old or new.
///
/// # Errors
/// [`CommitError`]; the tree is unchanged in all cases but [`CommitError::Replace`], which names what is new.
pub fn write_all(root: &Path, files: Vec<(PathBuf, Vec<u8>)>) -> Result<Vec<PathBuf>, CommitError> {
    let root = root.canonicalize().map_err(stage_error(root))?;
    check_paths(&files)?;
    let mut changed = Vec::new();
    for (path, bytes) in files {
        if is_different(&root.join(&path), &bytes).map_err(stage_error(&path))? {
            changed.push((path, bytes));
        }
    }
    // Dropped in reverse order on an early return: first the temporary files, then the folders made for them.
    let mut folders = NewFolders::default();
    let mut staged = Vec::new();
    for (path, bytes) in changed {
        let target = folders.make_parent(&root, &path)?;
        let file = stage(&target, &bytes).map_err(stage_error(&path))?;
        staged.push((path, target, file));
    }
    folders.keep();
    replace_all(staged)
}

fn stage_error(path: &Path) -> impl FnOnce(io::Error) -> CommitError {
    let path = path.to_owned();
    |error| CommitError::Stage { path, error }
}

/// Only names below the root, and each once.
fn check_paths(files: &[(PathBuf, Vec<u8>)]) -> Result<(), CommitError> {
    let mut seen = BTreeSet::new();
    for (path, _) in files {
        let plain = path
            .components()
            .all(|component| matches!(component, Component::Normal(_)));
        if !plain || path.file_name().is_none() {
            return Err(CommitError::Outside { path: path.clone() });
        }
        if !seen.insert(path) {
            return Err(CommitError::Twice { path: path.clone() });
        }
    }
    Ok(())
}

fn is_different(target: &Path, bytes: &[u8]) -> io::Result<bool> {
    match fs::read(target) {
        Ok(current) => Ok(current != bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// Writes `bytes` to a temporary file in the folder of `target`, with the permissions of the file it replaces.
fn stage(target: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let folder = target.parent().unwrap_or(target);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".xtask-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // What a new file usually gets; the umask narrows it.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    if let Ok(current) = fs::metadata(target) {
        file.as_file().set_permissions(current.permissions())?;
    }
    file.as_file().sync_all()?;
    Ok(file)
}

fn replace_all(
    staged: Vec<(PathBuf, PathBuf, NamedTempFile)>,
) -> Result<Vec<PathBuf>, CommitError> {
    let mut replaced = Vec::new();
    for (path, target, file) in staged {
        match file.persist(target) {
            Ok(_) => replaced.push(path),
            Err(failure) => {
                return Err(CommitError::Replace {
                    path,
                    error: failure.error,
                    replaced,
                });
            }
        }
    }
    Ok(replaced)
}

/// Folders made on the way; removed again unless they are kept.
#[derive(Default)]
struct NewFolders(Vec<PathBuf>);

impl NewFolders {
    /// Makes the folder of `path` and returns the target. A link that leads out of the root is not followed.
    fn make_parent(&mut self, root: &Path, path: &Path) -> Result<PathBuf, CommitError> {
        let mut folder = root.to_owned();
        for part in path.parent().into_iter().flat_map(Path::components) {
            folder.push(part);
            match fs::create_dir(&folder) {
                Ok(()) => self.0.push(folder.clone()),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    let real = folder.canonicalize().map_err(stage_error(path))?;
                    if !real.starts_with(root) {
                        return Err(CommitError::Outside {
                            path: path.to_owned(),
                        });
                    }
                }
                Err(error) => return Err(stage_error(path)(error)),
            }
        }
        Ok(root.join(path))
    }

    fn keep(&mut self) {
        self.0.clear();
    }
}

impl Drop for NewFolders {
    fn drop(&mut self) {
        for folder in self.0.iter().rev() {
            // A folder that someone else has begun to use is not empty, and stays.
            let _ = fs::remove_dir(folder);
        }
    }
}
