//! The secret of a profile in a keyring: that of GNOME, on a bus of the test's own.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Instant;

use serde_json::Value;
use tempfile::TempDir;

use crate::running::SOON;
use crate::support::{Stage, program, skip, text};

const SECRET: &str = "the-s3cret-of-the-keyring";

/// With this variable set to 1 a missing keyring is a failure.
const REQUIRED: &str = "CLI_REQUIRE_KEYRING";

/// A bus, and an unlocked keyring on it.
struct Keyring {
    address: String,
    folder: TempDir,
    children: Vec<Child>,
}

impl Keyring {
    /// Returns `None` after a message when the programs are not installed.
    fn start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("bus");
        let mut bus = Command::new("dbus-daemon");
        bus.args(["--session", "--nofork", "--nopidfile", "--print-address"])
            .arg(format!("--address=unix:path={}", socket.display()));
        let Ok(mut bus) = bus.stdout(Stdio::piped()).stderr(Stdio::null()).spawn() else {
            skip("dbus-daemon", "dbus", REQUIRED);
            return None;
        };
        let mut address = String::new();
        let mut said = BufReader::new(bus.stdout.take().unwrap());
        said.read_line(&mut address).unwrap();
        let mut keyring = Self {
            address: address.trim().to_owned(),
            folder,
            children: vec![bus],
        };
        let home = keyring.folder.path();
        let mut daemon = Command::new("gnome-keyring-daemon");
        daemon
            .args(["--foreground", "--components=secrets", "--unlock"])
            .env("HOME", home)
            .env("XDG_DATA_HOME", home)
            .env("XDG_RUNTIME_DIR", home)
            .env("DBUS_SESSION_BUS_ADDRESS", &keyring.address)
            .env_remove("DISPLAY")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let Ok(mut daemon) = daemon.spawn() else {
            skip("gnome-keyring-daemon", "gnome-keyring", REQUIRED);
            return None;
        };
        let mut password = daemon.stdin.take().unwrap();
        password.write_all(b"a password").unwrap();
        drop(password);
        keyring.children.push(daemon);
        Some(keyring)
    }

    fn command(&self, home: &Path, arguments: &[&str]) -> Command {
        let mut command = program(home, arguments);
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address);
        command
    }

    fn run(&self, home: &Path, arguments: &[&str]) -> Output {
        self.command(home, arguments).output().unwrap()
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        for child in &mut self.children {
            // It may have ended.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn file(home: &Path) -> PathBuf {
    home.join(".config/sinch-conversation/config.toml")
}

/// Logs in to the sandbox, and returns the settings that are stored.
fn login(stage: &Stage, mut command: impl FnMut(&[&str]) -> Command) -> String {
    let endpoints = stage.sandbox().endpoints();
    let arguments = [
        "auth",
        "login",
        "--project",
        endpoints.project_id(),
        "--endpoint",
        endpoints.conversation(),
        "--key-id",
        endpoints.key_id(),
    ];
    let mut command = command(&arguments);
    let output = command.env("SINCH_KEY_SECRET", SECRET).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(!text(&output.stderr).contains(SECRET));
    std::fs::read_to_string(file(stage.home.path())).unwrap()
}

#[test]
fn a_secret_is_in_the_keyring_and_not_in_the_file() {
    let Some(keyring) = Keyring::start() else {
        return;
    };
    let stage = Stage::new();
    let home = stage.home.path();
    // Until the keyring is on the bus the file has the secret.
    let start = Instant::now();
    let stored = loop {
        let stored = login(&stage, |arguments| keyring.command(home, arguments));
        if !stored.contains(SECRET) {
            break stored;
        }
        assert!(start.elapsed() < SOON, "no keyring");
    };
    assert!(stored.contains("key_secret_in = \"keyring\""), "{stored}");
    let list = keyring.run(home, &["apps", "list"]);
    assert!(list.status.success(), "{list:?}");
    let status = keyring.run(home, &["auth", "status"]);
    let shown: Value = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!(
        (&shown["key_secret_from"], &shown["accepted"]),
        (&"keyring".into(), &true.into())
    );
    let profiles = keyring.run(home, &["profile", "list"]);
    assert!(text(&profiles.stdout).contains("\"logged_in\": true"));
    for output in [&list, &status, &profiles] {
        assert!(!text(&output.stdout).contains(SECRET) && output.stderr.is_empty());
    }

    // The variables come before it, also as a pair.
    let mut command = keyring.command(home, &["apps", "list"]);
    let output = command.env("SINCH_KEY_ID", "another").output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    // Without the keyring it is said where the secret is.
    let output = program(home, &["apps", "list"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(text(&output.stderr).contains("keyring"), "{output:?}");

    let output = keyring.run(home, &["auth", "logout"]);
    assert!(output.status.success(), "{output:?}");
    let mut stored = std::fs::read_to_string(file(home)).unwrap();
    assert!(!stored.contains("key_secret_in"), "{stored}");
    // Whoever says that it is there again finds nothing.
    stored.push_str("key_id = \"k\"\nkey_secret_in = \"keyring\"\n");
    std::fs::write(file(home), stored).unwrap();
    let output = keyring.run(home, &["apps", "list"]);
    assert!(text(&output.stderr).contains("has no secret"), "{output:?}");
}

#[test]
fn without_a_keyring_the_file_has_the_secret() {
    let stage = Stage::new();
    let home = stage.home.path();
    let stored = login(&stage, |arguments| program(home, arguments));
    assert!(stored.contains(SECRET) && !stored.contains("key_secret_in"));
    let list = program(home, &["apps", "list"]).output().unwrap();
    assert!(list.status.success(), "{list:?}");
}
