//! The program while it runs: what it has written so far, and signals.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

/// Longer than anything takes that a test waits for.
pub(crate) const SOON: Duration = Duration::from_secs(60);

/// A running program, which is killed when the test ends before it.
pub(crate) struct Running {
    pub(crate) child: Child,
    stdout: Option<Receiver<String>>,
    stderr: Receiver<String>,
    /// The lines of stderr that were waited for and passed over.
    pub(crate) said: Vec<String>,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        Self {
            stdout: Some(lines(child.stdout.take().unwrap())),
            stderr: lines(child.stderr.take().unwrap()),
            said: Vec::new(),
            child,
        }
    }

    /// As `start`, with stdout in the hands of the test.
    pub(crate) fn with_stdout(mut command: Command, stdout: impl Into<Stdio>) -> Self {
        command.stdin(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.stdout(stdout).spawn().unwrap();
        Self {
            stdout: None,
            stderr: lines(child.stderr.take().unwrap()),
            said: Vec::new(),
            child,
        }
    }

    /// Waits for a line of stderr with this text.
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        loop {
            let Ok(line) = self.stderr.recv_timeout(SOON) else {
                panic!("no {text:?} in {:?}", self.said);
            };
            self.said.push(line.clone());
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Waits for the next line of stdout.
    pub(crate) fn line(&mut self) -> String {
        let stdout = self.stdout.as_ref().unwrap();
        let line = stdout.recv_timeout(SOON);
        line.unwrap_or_else(|_| panic!("no line: {:?}", self.rest()))
    }

    /// Waits for the next line of stdout, which is JSON.
    pub(crate) fn json(&mut self) -> Value {
        let line = self.line();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let id = Pid::from_raw(self.child.id().try_into().unwrap());
        kill(id, signal).unwrap();
    }

    /// Waits for the end.
    pub(crate) fn end(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < SOON, "still running: {:?}", self.rest());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Returns what it has written to stderr and was not waited for.
    pub(crate) fn rest(&mut self) -> Vec<String> {
        while let Ok(line) = self.stderr.recv_timeout(Duration::from_millis(500)) {
            self.said.push(line);
        }
        self.said.clone()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(output: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}
