//! `sandbox`, and the way from nothing to an answered message by commands alone.

use std::process::{Command, Output};

use nix::sys::signal::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::running::Running;
use crate::support::{Stage, program, text};

/// A sandbox that was started by a command, and the variables that it has written.
struct Started {
    home: TempDir,
    running: Running,
    variables: Vec<(String, String)>,
}

impl Started {
    fn new() -> Self {
        let home = TempDir::new().unwrap();
        let arguments = ["sandbox", "start", "--listen", "127.0.0.1:0"];
        let mut running = Running::start(program(home.path(), &arguments));
        let mut variables = Vec::new();
        while variables.len() < 7 {
            let line = running.line();
            if let Some((name, value)) = line
                .strip_prefix("export ")
                .and_then(|it| it.split_once('='))
            {
                variables.push((name.to_owned(), value.to_owned()));
            }
        }
        Self {
            home,
            running,
            variables,
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(self.home.path(), arguments);
        command.envs(self.variables.iter().cloned());
        command
    }

    /// Runs a command that succeeds, and returns what it has written.
    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.command(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

#[test]
fn from_nothing_to_an_answered_message() {
    let mut sandbox = Started::new();
    // Create an app, and add a channel.
    let channel = |at: usize, name: &str| {
        let field = |field: &str| format!("channel_credentials.{at}.{field}");
        [
            format!("{}={name}", field("channel")),
            format!("{}=46700000000", field("static_bearer.claimed_identity")),
            format!("{}=any", field("static_bearer.token")),
        ]
    };
    let (whatsapp, sms) = (channel(0, "WHATSAPP"), channel(1, "SMS"));
    let mut create = vec!["apps", "create", "-f", "display_name=Osteria"];
    create.extend(whatsapp.iter().flat_map(|field| ["-f", field.as_str()]));
    let app = sandbox.json(&create);
    let app = app["id"].as_str().unwrap().to_owned();
    sandbox
        .variables
        .push(("SINCH_APP_ID".to_owned(), app.clone()));
    let mut update = vec!["apps", "update", app.as_str()];
    let channels = whatsapp.iter().chain(&sms);
    update.extend(channels.flat_map(|field| ["-f", field.as_str()]));
    let updated = sandbox.json(&update);
    assert_eq!(updated["channel_credentials"][1]["channel"], "SMS");
    // Set a webhook, receive and answer.
    let mut listen = Running::start(sandbox.command(&[
        "listen",
        "--trigger",
        "MESSAGE_INBOUND",
        "--format",
        "pretty",
        "--reply-with",
        "In five minutes",
        "--count",
        "1",
    ]));
    listen.wait_for("is ready");
    assert_eq!(
        sandbox.json(&["webhooks", "list"]).as_array().map(Vec::len),
        Some(1)
    );
    // Send.
    let number = "+46700000001";
    let sent = sandbox.json(&["send", number, "Your table is ready", "--channel", "sms"]);
    assert!(sent["message_id"].is_string());
    sandbox.json(&[
        "sandbox",
        "says",
        "When?",
        "--from",
        "46700000001",
        "--channel",
        "sms",
    ]);
    let line = listen.line();
    assert!(
        line.contains("MESSAGE_INBOUND") && line.contains("SMS 46700000001"),
        "{line}"
    );
    assert!(line.contains("\"When?\""), "{line}");
    assert!(listen.line().contains("<- replied with"));
    assert!(listen.end().success(), "{:?}", listen.rest());
    // Look.
    let log = sandbox.json(&["sandbox", "log"]).to_string();
    let at = |words: &str| log.find(words).unwrap_or_else(|| panic!("{words}: {log}"));
    assert!(at("Your table is ready") < at("When?") && at("When?") < at("In five minutes"));
    assert_eq!(
        sandbox.json(&["received", "list"])[0]["trigger"],
        "MESSAGE_INBOUND"
    );
    assert_eq!(sandbox.json(&["webhooks", "list"]), json!([]));

    sandbox.running.signal(Signal::SIGTERM);
    assert_eq!(sandbox.running.end().code(), Some(0));
}

fn run(stage: &Stage, arguments: &[&str]) -> Output {
    stage.run(&[&["sandbox"], arguments].concat())
}

#[test]
fn the_controls_do_what_they_say() {
    let stage = Stage::new();
    let before = stage.sandbox().now();
    let output = run(&stage, &["clock", "advance", "2d"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let passed = stage.sandbox().now() - before;
    assert!(passed.num_hours() >= 48, "{passed}");
    let shown: Value = serde_json::from_slice(&run(&stage, &["clock", "show"]).stdout).unwrap();
    assert!(shown["now"].is_string(), "{shown}");
    assert_eq!(
        run(&stage, &["clock", "set", "2001-01-01T00:00:00Z"])
            .status
            .code(),
        Some(5)
    );

    let fail = [
        "fail",
        "sms",
        "--reason",
        "RECIPIENT_NOT_REACHABLE",
        "--times",
        "1",
    ];
    assert!(run(&stage, &fail).status.success());
    let output = stage.run(&["send", "+46700000001", "Hello", "--channel", "sms"]);
    let sent: Value = serde_json::from_slice(&output.stdout).unwrap();
    let id = sent["message_id"].as_str().unwrap();
    let failed = stage
        .sandbox()
        .wait_for_status(id, "FAILED", crate::running::SOON);
    stage.runtime.block_on(failed).unwrap();

    let file = stage.home.path().join("seed.json");
    std::fs::write(
        &file,
        r#"{"contacts": [{"display_name": "Grace", "language": "EN_GB",
        "channel_identities": [{"channel": "SMS", "identity": "46700000002"}]}]}"#,
    )
    .unwrap();
    let output = run(&stage, &["seed", file.to_str().unwrap()]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let contacts = stage.run(&["contacts", "list"]);
    assert!(text(&contacts.stdout).contains("Grace"));
    let output = run(&stage, &["reset"]);
    assert_eq!(output.status.code(), Some(2), "nobody can be asked");
    assert!(run(&stage, &["reset", "--yes"]).status.success());
    let contacts = stage.run(&["contacts", "list"]);
    assert_eq!(text(&contacts.stdout).trim(), "[]");
}

#[test]
fn no_sandbox_is_an_error_with_what_to_do() {
    let stage = Stage::new();
    let arguments = [
        "sandbox",
        "reset",
        "--yes",
        "--endpoint",
        "http://127.0.0.1:9",
    ];
    let output = stage.run(&arguments);
    assert_eq!(output.status.code(), Some(8));
    assert!(text(&output.stderr).contains("sandbox start"));
    let unknown = run(&stage, &["fail", "pigeon"]);
    assert_eq!(unknown.status.code(), Some(5), "{}", text(&unknown.stderr));
    assert!(
        text(&unknown.stderr).contains("PIGEON"),
        "{}",
        text(&unknown.stderr)
    );
}
