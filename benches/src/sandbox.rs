//! The sandbox, as a process on the core of servers.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde::Deserialize;
use serde_json::json;

use crate::Failure;
use crate::client::{PROJECT, bare};
use crate::machine::Machine;

/// How long messages may take to arrive.
const MINUTES: u32 = 10;

/// The program, of the same profile as this one.
pub(crate) struct Program(PathBuf);

/// A running sandbox, which ends when this is dropped.
pub(crate) struct Sandbox {
    process: Child,
    pub(crate) url: String,
    /// Open, so that the sandbox can print.
    _output: BufReader<ChildStdout>,
}

impl Program {
    pub(crate) fn build() -> Result<Self, Failure> {
        let name = "sinch-conversation-sandbox";
        // With the features that it has as a part of this program, which is built.
        crate::command::program(name, &[name, env!("CARGO_PKG_NAME")]).map(Self)
    }

    /// Starts it with options, and returns when it listens. It accepts any key.
    pub(crate) fn start(&self, machine: &Machine, options: &[&str]) -> Result<Sandbox, Failure> {
        let mut command = Command::new(&self.0);
        command
            .args(["--listen", "127.0.0.1:0", "--project", PROJECT])
            .args(options)
            .stdout(Stdio::piped());
        let mut process = machine.spawn_server(&mut command)?;
        let output = process.stdout.take().ok_or("the sandbox has no output")?;
        let mut output = BufReader::new(output);
        let mut url = None;
        while url.is_none() {
            let mut line = String::new();
            if output.read_line(&mut line)? == 0 {
                return Err("the sandbox does not start".into());
            }
            url = line
                .strip_prefix("export SINCH_CONVERSATION_URL=")
                .map(|url| url.trim_end().to_owned());
        }
        Ok(Sandbox {
            process,
            url: url.unwrap_or_default(),
            _output: output,
        })
    }
}

impl Sandbox {
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Creates an app with SMS, and returns its id. Only in the mode CONVERSATION every recipient becomes a contact.
    pub(crate) async fn create_app(&self, mode: &str) -> Result<String, Failure> {
        #[derive(Deserialize)]
        struct App {
            id: String,
        }
        let app = json!({
            "display_name": "Load",
            "processing_mode": mode,
            "channel_credentials": [{
                "channel": "SMS",
                "static_bearer": {"claimed_identity": "plan", "token": "token"},
            }],
        });
        let request = bare()?
            .post(format!("{}/v1/projects/{PROJECT}/apps", self.url))
            .basic_auth("key", Some("secret"))
            .json(&app);
        let app: App = request.send().await?.error_for_status()?.json().await?;
        Ok(app.id)
    }

    /// Returns when every message has arrived.
    pub(crate) async fn quiet(&self) -> Result<(), Failure> {
        let (http, url) = (bare()?, format!("{}/_sandbox/wait", self.url));
        // The longest that the sandbox waits.
        let wait = json!({"for": "quiet", "within_ms": 60_000});
        for _ in 0..MINUTES {
            let answer = http.post(&url).json(&wait).send().await?;
            if answer.status().is_success() {
                return Ok(());
            }
        }
        Err("the sandbox has messages that do not arrive".into())
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
