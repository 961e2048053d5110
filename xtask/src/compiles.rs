//! Checks whether the raw crate compiles with new generated files, in a separate folder.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use toml_edit::{Array, DocumentMut};

use crate::{
    emit::{CRATE_FOLDER, Files},
    files::list,
};

/// The folder of the raw crate.
const CRATE: &str = "crates/sinch-conversation-raw";

/// The name of the folder for the check, below the target folder. It is kept, so that later runs take seconds.
const SCRATCH: &str = "check-compiles";

/// The most lines of the compiler's output that an error shows.
const SHOWN: usize = 40;

/// Runs `cargo check` on the raw crate with these generated files; missing dependencies are downloaded.
///
/// # Errors
/// When the code does not compile, or the check could not run. Nothing is written outside of the target folder.
pub fn check(root: &Path, files: &Files) -> Result<()> {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let scratch = target.join(SCRATCH);
    let output = lay_out(root, &scratch, files)
        .and_then(|()| {
            Ok(Command::new(env!("CARGO"))
                .args(["check", "--quiet", "--lib", "--manifest-path"])
                .arg(scratch.join(CRATE).join("Cargo.toml"))
                .env("CARGO_TARGET_DIR", &target)
                .current_dir(&scratch)
                .output()?)
        })
        .with_context(|| {
            format!(
                "{}: cannot check whether the generated code compiles",
                scratch.display()
            )
        })?;
    let said = String::from_utf8_lossy(&output.stderr);
    let first: Vec<&str> = said.lines().take(SHOWN).collect();
    ensure!(
        output.status.success(),
        "the generated code does not compile, nothing was written; rename what it names, or remove it, with an overlay:\n{}",
        first.join("\n")
    );
    Ok(())
}

/// Creates a workspace with the raw crate alone: a copy of the hand-written files, and the new generated ones.
fn lay_out(root: &Path, scratch: &Path, files: &Files) -> Result<()> {
    if scratch.exists() {
        fs::remove_dir_all(scratch)?;
    }
    for path in list(&root.join(CRATE))? {
        let path = path.strip_prefix(root)?;
        // The licences and the changelog are links to files of the repository, and no code.
        if !path.starts_with(CRATE_FOLDER) && !root.join(path).is_symlink() {
            write(&scratch.join(path), &fs::read(root.join(path))?)?;
        }
    }
    let generated = files
        .iter()
        .filter(|(path, _)| path.starts_with(CRATE_FOLDER));
    for (path, text) in generated {
        write(&scratch.join(path), text.as_bytes())?;
    }
    for name in ["Cargo.lock", "clippy.toml"] {
        if root.join(name).exists() {
            write(&scratch.join(name), &fs::read(root.join(name))?)?;
        }
    }
    let manifest = alone(&fs::read_to_string(root.join("Cargo.toml"))?)?;
    write(&scratch.join("Cargo.toml"), manifest.as_bytes())
}

/// Returns the manifest of the workspace with one member.
fn alone(manifest: &str) -> Result<String> {
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

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    fs::write(path, bytes).with_context(|| path.display().to_string())
}
