//! The official SDKs, each in a process with a timing loop of its own.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::Failure;
use crate::command::workspace;
use crate::fixtures::PAGE_SIZE;
use crate::measure::Round;

/// An SDK and the program that decodes with it.
#[derive(Clone, Copy)]
pub(super) struct Sdk {
    name: &'static str,
    /// What names its version.
    versions: &'static str,
    command: &'static str,
    /// The variable that says where it is installed.
    variable: &'static str,
    program: &'static str,
}

pub(super) const SDKS: [Sdk; 2] = [
    Sdk {
        name: "Node SDK",
        versions: "tests/peers/node/package.json",
        command: "node",
        variable: "PEER_MODULES",
        program: "benches/peers/decode.mjs",
    },
    Sdk {
        name: "Python SDK",
        versions: "tests/peers/python/requirements.txt",
        command: "python3",
        variable: "PYTHONPATH",
        program: "benches/peers/decode.py",
    },
];

/// A running process of an SDK, which ends when this is dropped.
pub(super) struct Peer {
    sdk: Sdk,
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// Holds the page.
    _folder: tempfile::TempDir,
}

impl Peer {
    /// Starts it on the core of this process, with a page to decode. `None`, with a remark on stderr, when the SDK is not
    /// installed and cannot be.
    pub(super) fn start(
        sdk: Sdk,
        page: &str,
        installed_only: bool,
    ) -> Result<Option<Self>, Failure> {
        let Some(modules) = installed(sdk.versions, installed_only)? else {
            return Ok(None);
        };
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("page.json");
        std::fs::write(&file, page)?;
        let mut process = Command::new(sdk.command)
            .arg(workspace().join(sdk.program))
            .arg(file)
            .env(sdk.variable, modules)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        Ok(Some(Self {
            sdk,
            input: process.stdin.take().ok_or("an SDK has no input")?,
            output: BufReader::new(process.stdout.take().ok_or("an SDK has no output")?),
            process,
            _folder: folder,
        }))
    }

    pub(super) fn name(&self) -> &'static str {
        self.sdk.name
    }

    /// Decodes the page so many times, and returns the times that the process took.
    pub(super) fn decode(&mut self, pages: u32) -> Result<Round, Failure> {
        writeln!(self.input, "{pages}")?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        let mut words = line.split_whitespace();
        let mut word = || words.next().ok_or("an SDK ended");
        let (cpu, wall): (f64, f64) = (word()?.parse()?, word()?.parse()?);
        let messages: u32 = word()?.parse()?;
        if messages != pages * PAGE_SIZE {
            return Err(format!("the {} decoded {messages} messages", self.sdk.name).into());
        }
        Ok(Round {
            cpu: Duration::from_secs_f64(cpu / 1e6),
            wall: Duration::from_secs_f64(wall / 1e6),
        })
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns the folder with what a file names, which is installed if need be. `None`, with a remark on stderr, when it is
/// not installed and cannot be.
pub(super) fn installed(file: &str, installed_only: bool) -> Result<Option<PathBuf>, Failure> {
    let root = workspace();
    let output = Command::new(root.join("tests/peers/install"))
        .arg(root.join(file))
        .args(installed_only.then_some("--installed-only"))
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        eprintln!("left out: what {file} names is not installed");
        return Ok(None);
    }
    let folder = String::from_utf8(output.stdout)?;
    Ok(Some(PathBuf::from(folder.trim_end())))
}
