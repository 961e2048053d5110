//! Other programs, and what they cost.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Failure;
use crate::machine::{cpu_time_of_children, peak_memory_of};

/// How often the peak of a running program is read.
const LOOK: Duration = Duration::from_millis(5);

/// What a program took from its start to its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// With the programs that it started and waited for.
    pub(crate) cpu: Duration,
    pub(crate) wall: Duration,
    /// Of the program itself, a few milliseconds before its end.
    pub(crate) peak_kib: u64,
}

/// Runs a program to its end. Its output is an error if it fails.
pub(crate) fn measure(command: &mut Command) -> Result<Cost, Failure> {
    let log = tempfile::NamedTempFile::new()?;
    let (before, begun) = (cpu_time_of_children()?, Instant::now());
    let mut process = command
        .stdin(Stdio::null())
        .stdout(log.reopen()?)
        .stderr(log.reopen()?)
        .spawn()?;
    let id = process.id().to_string();
    let mut peak_kib = 0;
    let status = loop {
        // One that has ended has no memory, and is waited for next.
        peak_kib = peak_memory_of(&id).map_or(peak_kib, |peak| peak.max(peak_kib));
        if let Some(status) = process.try_wait()? {
            break status;
        }
        std::thread::sleep(LOOK);
    };
    let wall = begun.elapsed();
    if !status.success() {
        let text = std::fs::read_to_string(log.path())?;
        return Err(format!("{command:?}: {status}\n{text}").into());
    }
    Ok(Cost {
        cpu: cpu_time_of_children()?.saturating_sub(before),
        wall,
        peak_kib,
    })
}

/// The `cargo` that started this program, or the one on the path.
pub(crate) fn cargo() -> Command {
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
