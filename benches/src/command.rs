//! Cargo, for what else of the workspace is measured.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;

/// The `cargo` that started this program, or the one on the path.
fn cargo() -> Command {
    let cargo = std::env::var_os("CARGO");
    Command::new(cargo.as_deref().unwrap_or(OsStr::new("cargo")))
}

/// Returns a program of the workspace in the profile of this one. It is built, so that no old one is measured; one without
/// optimisation only if there is none.
pub(crate) fn program(name: &str, packages: &[&str]) -> Result<PathBuf, Failure> {
    let me = std::env::current_exe()?;
    let program = me.with_file_name(name);
    if cfg!(debug_assertions) && program.exists() {
        return Ok(program);
    }
    let profile = if cfg!(debug_assertions) {
        "dev"
    } else {
        "release"
    };
    let mut build = cargo();
    build
        .args(["build", "--quiet", "--bins", "--profile", profile])
        .args(packages.iter().flat_map(|package| ["-p", package]))
        .current_dir(workspace());
    let status = build.status()?;
    if status.success() {
        Ok(program)
    } else {
        Err(format!("{build:?}: {status}").into())
    }
}

/// The folder of the workspace that this program was built in.
pub(crate) fn workspace() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}
