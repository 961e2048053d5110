//! A server of a test's own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use async_nats::jetstream::stream::{Config, Stream};
use async_nats::jetstream::{self, Context};
use async_nats::{Client, ConnectOptions};
use sinch_conversation_test_server::tls;

use crate::inbox::until;

/// Runs the server until its own input ends, which it does when the test stops the server, and when the test is killed.
const UNTIL_INPUT_ENDS: &str =
    r#""$@" & server=$!; cat >/dev/null; kill -9 $server; wait $server 2>/dev/null"#;

/// Both may do all, but what `deaf` acknowledges does not reach the server.
const CONFIGURATION: &str = r#"
max_payload: 65536
authorization { users = [
    { user: test, password: test },
    { user: deaf, password: deaf, permissions: { publish: { deny: "$JS.ACK.>" } } },
] }
"#;

pub(super) struct Server {
    program: PathBuf,
    folder: tempfile::TempDir,
    is_encrypted: bool,
    process: Option<Child>,
    /// `None` until the server has chosen one.
    port: Option<u16>,
}

/// Starts a server; `None` when there is none to start.
pub(super) async fn start() -> Option<Server> {
    start_as(false).await
}

/// Starts a server that speaks TLS only; `None` when there is none to start.
pub(super) async fn start_with_tls() -> Option<Server> {
    start_as(true).await
}

async fn start_as(is_encrypted: bool) -> Option<Server> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<_> = std::env::split_paths(&path).collect();
    // Where Debian has it, and where not everybody looks.
    folders.push("/usr/sbin".into());
    let programs = folders.iter().map(|folder| folder.join("nats-server"));
    let Some(program) = programs.into_iter().find(|program| program.is_file()) else {
        let is_required = std::env::var("OUTBOX_REQUIRE_NATS").is_ok_and(|value| value == "1");
        assert!(!is_required, "nats-server is missing");
        eprintln!("skipped, because nats-server is missing");
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        file
    };
    let (certificate, key) = (write("crt", tls::CERTIFICATE), write("key", tls::KEY));
    write("authority", tls::AUTHORITY);
    let encryption = format!("tls {{ cert_file: {certificate:?}, key_file: {key:?} }}");
    let encryption = if is_encrypted { &*encryption } else { "" };
    write("nats.conf", &format!("{CONFIGURATION}{encryption}"));
    let mut server = Server {
        program,
        folder,
        is_encrypted,
        process: None,
        port: None,
    };
    server.start().await;
    Some(server)
}

impl Server {
    /// Starts the server, with what an earlier one has left behind and on its port.
    pub(super) async fn start(&mut self) {
        let folder = self.folder.path().to_owned();
        let port = self.port.map_or("-1".to_owned(), |port| port.to_string());
        let child = Command::new("sh")
            .args(["-c", UNTIL_INPUT_ENDS, "sh"])
            .arg(&self.program)
            .args(["-js", "-a", "127.0.0.1", "-p", &port])
            .args([Path::new("-c"), &folder.join("nats.conf")])
            .args([Path::new("-sd"), &folder])
            .args([Path::new("--ports_file_dir"), &folder])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(folder.join("log")).unwrap())
            .spawn();
        self.process = Some(child.unwrap());
        until(async || self.ports_file().is_some()).await;
        let ports = std::fs::read_to_string(self.ports_file().unwrap()).unwrap();
        let (_, port) = ports.split_once("127.0.0.1:").unwrap();
        let port = port.split('"').next().unwrap();
        self.port = Some(port.parse().unwrap());
        until(async || self.try_connect(self.options("test")).await.is_ok()).await;
    }

    fn ports_file(&self) -> Option<PathBuf> {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        let mut files = files.map(|file| file.unwrap().path());
        let is_complete = |file: &PathBuf| {
            std::fs::read_to_string(file).is_ok_and(|text| text.trim_end().ends_with('}'))
        };
        files.find(|file| file.extension().is_some_and(|end| end == "ports") && is_complete(file))
    }

    /// Kills the server as a crash does.
    pub(super) fn kill(&mut self) {
        let Some(mut process) = self.process.take() else {
            return;
        };
        drop(process.stdin.take());
        process.wait().unwrap();
        if let Some(file) = self.ports_file() {
            std::fs::remove_file(file).unwrap();
        }
    }

    pub(super) fn url(&self) -> String {
        format!("nats://localhost:{}", self.port.unwrap())
    }

    fn options(&self, user: &str) -> ConnectOptions {
        let options = ConnectOptions::with_user_and_password(user.to_owned(), user.to_owned());
        if !self.is_encrypted {
            return options;
        }
        let authority = self.folder.path().join("authority");
        options.require_tls(true).add_root_certificates(authority)
    }

    pub(super) async fn try_connect(
        &self,
        options: ConnectOptions,
    ) -> Result<Client, async_nats::ConnectError> {
        let pause = |_| Duration::from_millis(50);
        let options = options.reconnect_delay_callback(pause);
        options.connect(self.url()).await
    }

    /// Connects as a user.
    pub(super) async fn context_of(&self, user: &str) -> Context {
        let mut context = jetstream::new(self.try_connect(self.options(user)).await.unwrap());
        context.set_timeout(Duration::from_secs(2));
        context
    }

    pub(super) async fn context(&self) -> Context {
        self.context_of("test").await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Makes a stream of the subjects below its name.
pub(super) async fn stream(context: &Context, name: &str, window: Duration) -> Stream {
    let config = Config {
        name: name.to_owned(),
        subjects: vec![format!("{name}.>")],
        duplicate_window: window,
        ..Config::default()
    };
    context.create_stream(config).await.unwrap()
}

/// How many messages a stream has.
pub(super) async fn count(context: &Context, name: &str) -> u64 {
    match context.get_stream(name).await {
        Ok(stream) => stream.cached_info().state.messages,
        Err(_) => 0,
    }
}
