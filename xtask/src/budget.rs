//! What the raw crate costs whoever builds it.

use std::{
    io,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// The crate that is measured.
const CRATE: &str = "sinch-conversation-raw";

/// Seconds of `cargo check`, measured one after the other in an empty target folder.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// The crate alone.
    pub own: Duration,
    /// Everything it depends on.
    pub dependencies: Duration,
}

/// Measures on this machine; takes as long as building all dependencies.
pub fn measure(root: &Path) -> io::Result<Budget> {
    let target = tempfile::tempdir()?;
    let all = check(root, target.path())?;
    cargo(root, target.path(), &["clean", "--package", CRATE])?;
    let own = check(root, target.path())?;
    Ok(Budget {
        own,
        dependencies: all.saturating_sub(own),
    })
}

fn check(root: &Path, target: &Path) -> io::Result<Duration> {
    let start = Instant::now();
    cargo(root, target, &["check", "--package", CRATE])?;
    Ok(start.elapsed())
}

fn cargo(root: &Path, target: &Path, arguments: &[&str]) -> io::Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root)
        .env("CARGO_TARGET_DIR", target)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!(
            "cargo {} failed; run it to see why",
            arguments.join(" ")
        )))
    }
}
