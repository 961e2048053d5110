//! Starting, killing and replacing processes.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Failure;
use crate::machine::peak_memory_of;

/// How long a server may take to listen again, also while connections to its last process go away.
const START: Duration = Duration::from_secs(60);

/// A running process, which is killed when this is dropped.
pub(super) struct Process {
    child: Child,
}

impl Process {
    /// Starts this program in a role. What it logs goes to the end of a file.
    pub(super) fn start(role: &[String], log: &Path) -> Result<Self, Failure> {
        let log: File = OpenOptions::new().create(true).append(true).open(log)?;
        let child = Command::new(std::env::current_exe()?)
            .arg("chaos-role")
            .args(role)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()?;
        Ok(Self { child })
    }

    pub(super) fn is_running(&mut self) -> Result<bool, Failure> {
        Ok(self.child.try_wait()?.is_none())
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its peak memory so far, in KiB.
    pub(super) fn peak(&self) -> Result<u64, Failure> {
        peak_memory_of(&self.child.id().to_string())
    }

    /// Lets it come to its end by itself.
    pub(super) fn stop(mut self) -> Result<(), Failure> {
        drop(self.child.stdin.take());
        let status = self.child.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("a process ended with {status}").into())
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // SIGKILL on Unix.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server, which keeps its address when it is killed and started again.
pub(super) struct Server {
    role: Vec<String>,
    log: PathBuf,
    process: Option<Process>,
    pub(super) address: SocketAddr,
}

impl Server {
    pub(super) fn start(role: Vec<String>, log: &Path) -> Result<Self, Failure> {
        let mut server = Self {
            role,
            log: log.to_owned(),
            process: None,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        server.launch()?;
        Ok(server)
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The number of its process, while there is one.
    pub(super) fn id(&self) -> Option<u32> {
        self.process.as_ref().map(Process::id)
    }

    pub(super) fn kill(&mut self) {
        self.process = None;
    }

    /// Starts it at its address.
    pub(super) fn launch(&mut self) -> Result<(), Failure> {
        let end = Instant::now() + START;
        loop {
            let mut role = self.role.clone();
            role.extend(["--listen".to_owned(), self.address.to_string()]);
            let mut process = Process::start(&role, &self.log)?;
            let output = process.child.stdout.take();
            let mut line = String::new();
            BufReader::new(output.ok_or("a server has no output")?).read_line(&mut line)?;
            if let Ok(address) = line.trim().parse() {
                self.address = address;
                self.process = Some(process);
                return Ok(());
            }
            if Instant::now() > end {
                let log = self.log.display();
                return Err(format!("a server does not start; {log} has its messages").into());
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}
