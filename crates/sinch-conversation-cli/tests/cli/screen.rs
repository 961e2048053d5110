//! A terminal, which is a pseudo terminal here: what it shows, and what is typed on it.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use nix::pty::{Winsize, openpty};
use nix::sys::termios::{LocalFlags, tcgetattr};

use crate::running::SOON;

/// Ctrl-C.
pub(crate) const CTRL_C: &str = "\u{3}";

/// A program on a terminal of its own, which is killed when the test ends before it.
pub(crate) struct Screen {
    child: Child,
    keyboard: File,
    shown: Arc<Shown>,
}

#[derive(Default)]
struct Shown {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    bytes: Vec<u8>,
    /// Nothing more will be shown.
    is_complete: bool,
}

impl Screen {
    /// Starts a program, whose controlling terminal this is where the system has a command for that.
    pub(crate) fn start(command: &Command) -> Self {
        let size = Winsize {
            ws_row: 24,
            ws_col: 100,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        let pty = openpty(Some(&size), None).unwrap();
        let slave = || Stdio::from(pty.slave.try_clone().unwrap());
        let mut command = in_session(command);
        command.stdin(slave()).stdout(slave()).stderr(slave());
        let child = command.spawn().unwrap();
        drop((command, pty.slave));
        let keyboard = File::from(pty.master.try_clone().unwrap());
        let mut screen = File::from(pty.master);
        let shown = Arc::new(Shown::default());
        let written = Arc::clone(&shown);
        thread::spawn(move || {
            let mut part = [0; 4096];
            // Linux ends it with an error when the last slave is closed.
            while let Ok(count @ 1..) = screen.read(&mut part) {
                let mut state = written.state.lock().unwrap();
                state.bytes.extend_from_slice(&part[..count]);
                written.changed.notify_all();
            }
            written.state.lock().unwrap().is_complete = true;
            written.changed.notify_all();
        });
        Self {
            child,
            keyboard,
            shown,
        }
    }

    pub(crate) fn types(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).unwrap();
    }

    /// Types a line once the terminal has ceased to show what is typed.
    pub(crate) fn types_secretly(&mut self, line: &str) {
        let start = std::time::Instant::now();
        let echoes = |keyboard| tcgetattr(keyboard).unwrap().local_flags & LocalFlags::ECHO;
        while !echoes(&self.keyboard).is_empty() {
            assert!(start.elapsed() < SOON, "{}", self.wait(|_| true));
            thread::sleep(std::time::Duration::from_millis(10));
        }
        self.types(line);
    }

    /// Waits until this text is shown, and returns all that is.
    pub(crate) fn wait_for(&self, text: &str) -> String {
        self.wait_until(|shown| shown.contains(text))
    }

    /// Waits until what is shown is enough, and returns it.
    pub(crate) fn wait_until(&self, is_enough: impl Fn(&str) -> bool) -> String {
        let shown = self.wait(&is_enough);
        assert!(is_enough(&shown), "not enough: {shown}");
        shown
    }

    /// Waits for the end, and returns what was shown.
    pub(crate) fn end(mut self) -> (String, ExitStatus) {
        let shown = self.wait(|_| false);
        let is_complete = self.shown.state.lock().unwrap().is_complete;
        assert!(is_complete, "still running: {shown}");
        (shown, self.child.wait().unwrap())
    }

    /// Waits until it is enough, or all, or too late. Returns what is shown, without carriage returns.
    fn wait(&self, is_enough: impl Fn(&str) -> bool) -> String {
        let text = |state: &State| String::from_utf8_lossy(&state.bytes).replace('\r', "");
        let state = self.shown.state.lock().unwrap();
        let waited = self.shown.changed.wait_timeout_while(state, SOON, |state| {
            !state.is_complete && !is_enough(&text(state))
        });
        text(&waited.unwrap().0)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the command in a session of its own, so that Ctrl-C is a signal and a secret can be asked for. Without unsafe
/// code only another program can do that.
fn in_session(command: &Command) -> Command {
    let mut session = match cfg!(target_os = "linux") {
        true => {
            let mut session = Command::new("setsid");
            session.arg("--ctty").arg(command.get_program());
            session
        }
        false => Command::new(command.get_program()),
    };
    session.args(command.get_args()).env_clear();
    if let Some(folder) = command.get_current_dir() {
        session.current_dir(folder);
    }
    session.envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    session
}

/// Runs a command on a terminal and types something. Returns what the terminal shows.
pub(crate) fn on_terminal(command: &Command, typed: &str) -> (String, ExitStatus) {
    let mut screen = Screen::start(command);
    screen.types(typed);
    screen.end()
}
