//! A Postgres of a test's own: in a scratch folder, reached by a Unix socket, and gone with the process that started it.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::tls;

/// With this variable set to 1 a missing Postgres is a failure.
const REQUIRED: &str = "OUTBOX_REQUIRE_POSTGRES";

/// What waits until the process that started it has ended, however it did: then its end of the pipe is closed.
const WATCHDOG: &str = r#"
trap '' HUP INT TERM
stop() {
    "$BIN/pg_ctl" -D "$DIR/data" -m immediate -w stop >"$DIR/stop" 2>&1
    cd / && rm -rf "$DIR"
}
cd "$DIR" &&
    "$BIN/initdb" -D data -U test -A trust -E UTF8 --no-locale --no-sync >init 2>&1 &&
    printf "listen_addresses = ''\nunix_socket_directories = '%s'\n%s\n" "$DIR" "$SETTINGS" >>data/postgresql.conf &&
    if [ -n "$KEY" ]; then
        umask 077
        printf '%s' "$KEY" >data/server.key
        printf '%s' "$CERTIFICATE" >data/server.crt
        printf 'local all all trust\nhostssl all all samehost trust\n' >data/pg_hba.conf
    fi &&
    "$BIN/pg_ctl" -D data -w -t 120 -l log start >start 2>&1 &&
    echo ready || { cat init start log 2>/dev/null; echo failed; }
cat >/dev/null
stop
"#;

/// A running server. It is stopped, and its folder removed, when this is dropped or its process ends.
#[derive(Debug)]
pub struct Postgres {
    folder: PathBuf,
    programs: PathBuf,
    user: Option<(u32, u32)>,
    watchdog: Child,
}

impl Postgres {
    /// Starts a server. Returns `None` after a message when Postgres is not installed, and it is not required.
    ///
    /// # Panics
    ///
    /// The server does not start, or is not installed and required.
    pub fn start() -> Option<Self> {
        Self::start_with("")
    }

    /// Starts a server with lines for `postgresql.conf`.
    ///
    /// # Panics
    ///
    /// The server does not start, or is not installed and required.
    pub fn start_with(settings: &str) -> Option<Self> {
        Self::start_as(settings, "", "")
    }

    /// Starts a server that is reached by TLS too, under the name `localhost` at the port that is returned, with a
    /// certificate that [`AUTHORITY`](crate::tls::AUTHORITY) has signed. It takes nothing else over the network.
    ///
    /// # Panics
    ///
    /// The server does not start, or is not installed and required.
    pub fn start_with_tls() -> Option<(Self, u16)> {
        let port = free_port();
        let settings = format!("listen_addresses = 'localhost'\nport = {port}\nssl = on");
        let server = Self::start_as(&settings, tls::CERTIFICATE, tls::KEY)?;
        Some((server, port))
    }

    fn start_as(settings: &str, certificate: &str, key: &str) -> Option<Self> {
        let Some(programs) = programs() else {
            let is_required = std::env::var(REQUIRED).is_ok_and(|value| value == "1");
            assert!(!is_required, "{REQUIRED} is set, and Postgres is not there");
            eprintln!("skipped: Postgres is not there; install the package postgresql");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("postgres-").tempdir();
        let folder = folder.expect("a scratch folder").keep();
        let user = server_user(&folder);
        if let Some((user, group)) = user {
            chown(&folder, Some(user), Some(group)).expect("to give the folder away");
        }
        let mut command = Command::new("sh");
        command
            .args(["-c", WATCHDOG])
            .env("BIN", &programs)
            .env("DIR", &folder)
            .env("SETTINGS", settings)
            .env("CERTIFICATE", certificate)
            .env("KEY", key);
        let mut watchdog = as_user(&mut command, user)
            // A signal to all processes of a terminal must not end it before the server.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let told = watchdog.stdout.take().expect("its output");
        let mut said = String::new();
        for line in BufReader::new(told).lines() {
            match line.expect("a line").as_str() {
                "ready" => {
                    return Some(Self {
                        folder,
                        programs,
                        user,
                        watchdog,
                    });
                }
                "failed" => break,
                line => said = format!("{said}{line}\n"),
            }
        }
        drop(watchdog.stdin.take());
        let _ = watchdog.wait();
        panic!("Postgres did not start:\n{said}");
    }

    /// The address of the database, as a URL.
    pub fn url(&self) -> String {
        let folder = self.folder.to_string_lossy().replace('/', "%2F");
        format!("postgres://test@{folder}/postgres")
    }

    /// The folder of the socket.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Stops the server as a crash does, and starts it again.
    ///
    /// # Panics
    ///
    /// It does not start again.
    pub fn restart(&self) {
        self.control(&["-m", "immediate", "-w", "-t", "120", "-l", "log", "restart"]);
    }

    /// Stops the server as a crash does.
    ///
    /// # Panics
    ///
    /// It does not stop.
    pub fn stop(&self) {
        self.control(&["-m", "immediate", "-w", "stop"]);
    }

    /// Starts a server that was stopped.
    ///
    /// # Panics
    ///
    /// It does not start.
    pub fn start_again(&self) {
        self.control(&["-w", "-t", "120", "-l", "log", "start"]);
    }

    fn control(&self, arguments: &[&str]) {
        let mut command = Command::new(self.programs.join("pg_ctl"));
        command.args(["-D", "data"]).args(arguments);
        let done = as_user(&mut command, self.user)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(done.expect("pg_ctl").success(), "pg_ctl {arguments:?}");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        let _ = self.watchdog.wait();
    }
}

/// The folder of the server's programs. Debian has them in a folder of their version.
fn programs() -> Option<PathBuf> {
    let is_there = |folder: &PathBuf| {
        ["initdb", "pg_ctl", "postgres"]
            .iter()
            .all(|name| folder.join(name).is_file())
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort();
    let versions = versions.into_iter().rev().map(|(_, folder)| folder);
    std::env::split_paths(&path).chain(versions).find(is_there)
}

/// A port that nobody listens on, and that the system gives to no connection.
fn free_port() -> u16 {
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let ports = std::iter::repeat_with(|| fastrand::u16(10_000..30_000));
    ports.take(1_000).find(is_free).expect("a free port")
}

/// Postgres does not run as root: the user that it has on Debian, or the one that owns nothing.
fn server_user(own: &Path) -> Option<(u32, u32)> {
    let is_root = std::fs::metadata(own).expect("its folder").uid() == 0;
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let user = |name: &str| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    let found = user("postgres").or_else(|| user("nobody"));
    is_root.then(|| found.expect("a user for Postgres, which does not run as root"))
}

fn as_user(command: &mut Command, user: Option<(u32, u32)>) -> &mut Command {
    if let Some((user, group)) = user {
        command.uid(user).gid(group);
    }
    command
}
