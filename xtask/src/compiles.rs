//! Whether the raw crate compiles with new generated files, tried in a folder of its own.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use toml_edit::{Array, DocumentMut};

use crate::emit::{CRATE_FOLDER, Files};

/// The folder of the crate that is tried.
const CRATE: &str = "crates/sinch-conversation-raw";

/// The folder in the target folder where that is done. It is kept, so that later runs take seconds.
const SCRATCH: &str = "check-compiles";

/// Lines of the compiler's output that an error shows.
const SHOWN: usize = 40;

/// Why the code was not found to compile. Nothing was written outside of the target folder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    /// The compiler refuses it.
    #[error(
        "the generated code does not compile, nothing was written; give what it names another name, or leave it out, with an overlay:\n{0}"
    )]
    Refused(String),
    /// It could not be tried.
    #[error("{path}: cannot try whether the generated code compiles: {error}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

/// Runs `cargo check` on the raw crate with these generated files; crates that it needs and that are not here are
/// downloaded.
pub fn check(root: &Path, files: &Files) -> Result<(), CompileError> {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let scratch = target.join(SCRATCH);
    lay_out(root, &scratch, files)?;
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--lib", "--manifest-path"])
        .arg(scratch.join(CRATE).join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", &target)
        .current_dir(&scratch)
        .output()
        .map_err(failed(&scratch))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let first: Vec<&str> = said.lines().take(SHOWN).collect();
    Err(CompileError::Refused(first.join("\n")))
}

fn failed(path: &Path) -> impl Fn(io::Error) -> CompileError {
    let path = path.to_owned();
    move |error| CompileError::Io {
        path: path.clone(),
        error,
    }
}

/// A workspace with the raw crate alone: what is written by hand is copied, what is generated is new.
fn lay_out(root: &Path, scratch: &Path, files: &Files) -> Result<(), CompileError> {
    if scratch.exists() {
        fs::remove_dir_all(scratch).map_err(failed(scratch))?;
    }
    copy(root, scratch, Path::new(CRATE))?;
    for (path, text) in files
        .iter()
        .filter(|(path, _)| path.starts_with(CRATE_FOLDER))
    {
        write(&scratch.join(path), text)?;
    }
    for name in ["Cargo.lock", "clippy.toml"] {
        if root.join(name).exists() {
            write(&scratch.join(name), &read(&root.join(name))?)?;
        }
    }
    let manifest = read(&root.join("Cargo.toml"))?;
    let alone = alone(&manifest)
        .map_err(|error| failed(&root.join("Cargo.toml"))(io::Error::other(error)))?;
    write(&scratch.join("Cargo.toml"), &alone)
}

/// The manifest of the workspace with one member.
fn alone(manifest: &str) -> Result<String, toml_edit::TomlError> {
    let mut manifest: DocumentMut = manifest.parse()?;
    if let Some(workspace) = manifest
        .get_mut("workspace")
        .and_then(toml_edit::Item::as_table_mut)
    {
        workspace.remove("default-members");
        workspace.insert("members", toml_edit::value(Array::from_iter([CRATE])));
    }
    Ok(manifest.to_string())
}

fn copy(root: &Path, scratch: &Path, folder: &Path) -> Result<(), CompileError> {
    let from = root.join(folder);
    for entry in fs::read_dir(&from).map_err(failed(&from))? {
        let entry = entry.map_err(failed(&from))?;
        let path = folder.join(entry.file_name());
        if path == Path::new(CRATE_FOLDER) {
            continue;
        }
        if entry.path().is_dir() {
            copy(root, scratch, &path)?;
        } else {
            write(&scratch.join(&path), &read(&entry.path())?)?;
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, CompileError> {
    fs::read_to_string(path).map_err(failed(path))
}

fn write(path: &Path, text: &str) -> Result<(), CompileError> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .map_err(failed(path))
}
