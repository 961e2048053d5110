//! Writes a set of files so that a failure leaves the tree as it was.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write},
    path::{Component, Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, ensure};
use tempfile::NamedTempFile;

/// Writes `files` below `root` and returns the paths whose content was not already the same.
///
/// Every file is first written next to its target and synced; only when all are complete are they renamed, one after the
/// other. Missing folders are created. A reader sees either the old or the new content of a file.
///
/// # Errors
/// Messages start with the path. The tree is unchanged, unless a rename fails: then the error names the files before
/// it.
pub fn write_all(root: &Path, files: Vec<(PathBuf, Vec<u8>)>) -> Result<Vec<PathBuf>> {
    let root = root
        .canonicalize()
        .with_context(|| format!("{}: cannot write", root.display()))?;
    check_paths(&files)?;
    // Dropped in reverse order on an early return: first the temporary files, then the new folders.
    let mut folders = NewFolders::default();
    let mut staged = Vec::new();
    for (path, bytes) in files {
        let target = root.join(&path);
        let file = is_different(&target, &bytes)
            .and_then(|differs| match differs {
                true => {
                    folders.make_parent(&root, &path)?;
                    stage(&target, &bytes).map(Some)
                }
                false => Ok(None),
            })
            .map_err(|error| {
                anyhow!(
                    "{}: cannot write, nothing was changed: {error}",
                    path.display()
                )
            })?;
        staged.extend(file.map(|file| (path, target, file)));
    }
    folders.0.clear();
    let mut replaced = Vec::new();
    for (path, target, file) in staged {
        file.persist(target).map_err(|failure| {
            anyhow!(
                "{}: cannot put the new file in place: {}; {} before it are new: {replaced:?}",
                path.display(),
                failure.error,
                replaced.len()
            )
        })?;
        replaced.push(path);
    }
    Ok(replaced)
}

/// Checks that paths are below the root and unique.
fn check_paths(files: &[(PathBuf, Vec<u8>)]) -> Result<()> {
    let mut seen = BTreeSet::new();
    for (path, _) in files {
        let is_plain = path
            .components()
            .all(|component| matches!(component, Component::Normal(_)));
        ensure!(
            is_plain && path.file_name().is_some(),
            "{}: leads out of the tree, nothing was written; use a path below its root",
            path.display()
        );
        ensure!(
            seen.insert(path),
            "{}: to be written twice, nothing was written; use every path once",
            path.display()
        );
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

/// Writes `bytes` to a temporary file in the folder of `target`, with the permissions of the target.
fn stage(target: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".xtask-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The default permissions of a new file; the umask narrows them.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(target.parent().unwrap_or(target))?;
    file.write_all(bytes)?;
    if let Ok(current) = fs::metadata(target) {
        file.as_file().set_permissions(current.permissions())?;
    }
    file.as_file().sync_all()?;
    Ok(file)
}

/// New folders; removed again unless they are kept.
#[derive(Default)]
struct NewFolders(Vec<PathBuf>);

impl NewFolders {
    /// Creates the folder of `path`. A link that leads out of the root is refused.
    fn make_parent(&mut self, root: &Path, path: &Path) -> io::Result<()> {
        let mut folder = root.to_owned();
        for part in path.parent().into_iter().flat_map(Path::components) {
            folder.push(part);
            match fs::create_dir(&folder) {
                Ok(()) => self.0.push(folder.clone()),
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                Err(_) if folder.canonicalize()?.starts_with(root) => {}
                Err(_) => return Err(io::Error::other("it leads out of the tree")),
            }
        }
        Ok(())
    }
}

impl Drop for NewFolders {
    fn drop(&mut self) {
        for folder in self.0.iter().rev() {
            // A folder that someone else has put files into stays.
            let _ = fs::remove_dir(folder);
        }
    }
}
