//! `listen` and `received`.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use nix::sys::signal::Signal;
use serde_json::Value;
use sinch_conversation_sandbox::InjectedFault;

use crate::receiver::Target;
use crate::running::Running;
use crate::support::{Stage, program, text};

const INBOUND: [&str; 4] = ["listen", "--trigger", "message-inbound", "--format"];

pub(crate) fn listen(stage: &Stage, more: &[&str]) -> Running {
    let mut arguments = INBOUND.to_vec();
    arguments.extend(["json", "--show-secrets"]);
    arguments.extend(more);
    Running::start(stage.command(&arguments))
}

/// Waits until callbacks are received, and returns the address and the secret.
pub(crate) fn ready(running: &mut Running) -> (String, String) {
    let line = running.wait_for("is ready");
    let part = |start: &str| {
        let rest = line.split_once(start).unwrap().1;
        rest.split([' ', ';']).next().unwrap().to_owned()
    };
    (part(" at "), part("with the secret "))
}

pub(crate) fn says(stage: &Stage, words: &str) {
    let channel = sinch_conversation::Channel::from("WHATSAPP");
    let app = stage.setup.app.id().unwrap().to_string();
    let handset = stage.sandbox().handset(app, channel, "46700000001");
    stage.runtime.block_on(handset.says(words)).unwrap();
}

/// Returns how many webhooks the app has; one of them is that of the set-up.
pub(crate) fn webhooks(stage: &Stage) -> usize {
    let list = stage.setup.client.webhooks().list(&stage.setup.app);
    let all = stage.runtime.block_on(list.collect(100)).unwrap();
    all.len()
}

pub(crate) fn data_file(stage: &Stage) -> std::path::PathBuf {
    stage
        .home
        .path()
        .join(".local/share/sinch-conversation/received.ndjson")
}

pub(crate) fn received(stage: &Stage) -> Vec<Value> {
    let output = stage.run(&["received", "list", "--json"]);
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn callbacks_are_shown_forwarded_and_kept() {
    let stage = Stage::new();
    let target = Target::start(&stage.runtime, 418);
    let to = format!("{}/hook", target.url);
    let mut running = listen(&stage, &["--forward-to", &to, "--count", "1"]);
    let (_, secret) = ready(&mut running);
    assert_eq!(webhooks(&stage), 2);
    says(&stage, "Is my table ready?");

    let shown = running.json();
    assert_eq!(shown["type"], "callback", "{shown}");
    assert_eq!(shown["trigger"], "MESSAGE_INBOUND");
    assert!(
        shown["summary"]
            .as_str()
            .unwrap()
            .contains("Is my table ready?"),
        "{shown}"
    );
    let posted = target.next();
    assert_eq!(
        (posted.path.as_str(), posted.verify(&secret)),
        ("/hook", Ok(()))
    );
    let answer = running.json();
    assert_eq!(
        (&answer["type"], &answer["status"]),
        (&"forwarded".into(), &418.into())
    );
    assert_eq!(answer["body"], "thanks");
    assert!(running.end().success(), "{:?}", running.rest());
    assert_eq!(webhooks(&stage), 1);

    let mode = data_file(&stage).metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let kept = received(&stage);
    assert_eq!((kept.len(), &kept[0]["id"]), (1, &shown["id"]));
    let kept = std::fs::read_to_string(data_file(&stage)).unwrap();
    assert!(!kept.contains(&secret));

    // The bytes and the signature are those that came.
    let output = stage.run(&["received", "resend", "1", "--to", &to, "--json"]);
    assert_eq!(output.status.code(), Some(5), "{}", text(&output.stderr));
    let again = target.next();
    assert_eq!(
        (again.body.clone(), again.verify(&secret)),
        (posted.body, Ok(()))
    );

    // Signed anew.
    let file = stage.home.path().join("secret");
    std::fs::write(&file, "another secret\n").unwrap();
    let file = file.to_str().unwrap();
    stage.run(&[
        "received",
        "resend",
        "1",
        "--to",
        &to,
        "--secret-file",
        file,
    ]);
    assert_eq!(target.next().verify("another secret"), Ok(()));

    let output = stage.run(&["received", "clear"]);
    assert_eq!(output.status.code(), Some(2), "nobody can be asked");
    assert!(stage.run(&["received", "clear", "--yes"]).status.success());
    assert!(received(&stage).is_empty());
    let output = stage.run(&["received", "show", "1"]);
    assert_eq!(output.status.code(), Some(4));
}

#[test]
fn a_trigger_can_have_a_target_and_a_secret_of_its_own() {
    let stage = Stage::new();
    let (mapped, other) = (
        Target::start(&stage.runtime, 200),
        Target::start(&stage.runtime, 200),
    );
    let map = format!("message_inbound={}/inbound", mapped.url);
    let arguments = [
        "listen",
        "--format",
        "json",
        "--trigger",
        "MESSAGE_INBOUND",
        "--count",
        "1",
        "--map",
        &map,
        "--forward-to",
        &other.url,
    ];
    let mut command = stage.command(&arguments);
    command.env("SINCH_FORWARD_SECRET", "of the target");
    let mut running = Running::start(command);
    assert!(running.wait_for("is ready").contains("not shown"));
    says(&stage, "Hello");
    let posted = mapped.next();
    assert_eq!(
        (posted.path.as_str(), posted.verify("of the target")),
        ("/inbound", Ok(()))
    );
    assert!(running.end().success());
    assert!(other.is_untouched());
}

#[test]
fn signals_delete_the_webhook() {
    let stage = Stage::new();
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        let mut running = listen(&stage, &[]);
        ready(&mut running);
        assert_eq!(webhooks(&stage), 2);
        running.signal(signal);
        assert_eq!(
            running.end().code(),
            Some(0),
            "{signal}: {:?}",
            running.rest()
        );
        assert_eq!(webhooks(&stage), 1, "{signal}");
    }
}

#[test]
fn a_webhook_that_cannot_be_deleted_is_named() {
    let stage = Stage::new();
    let mut running = listen(&stage, &[]);
    ready(&mut running);
    let fault = InjectedFault::status("Webhooks_DeleteWebhook", 403).until_cleared();
    stage.sandbox().inject(fault).unwrap();
    running.signal(Signal::SIGINT);
    assert_eq!(running.end().code(), Some(1));
    let said = running.rest().join("\n");
    stage.sandbox().clear_faults();
    let command = said.split_once("hint: sinch-conversation ").expect(&said).1;
    let words: Vec<&str> = command.split_whitespace().collect();
    assert!(stage.run(&words).status.success(), "{command}");
    assert_eq!(webhooks(&stage), 1);
}

#[test]
fn a_closed_output_deletes_the_webhook() {
    let stage = Stage::new();
    let (reader, writer) = std::io::pipe().unwrap();
    let arguments = [&INBOUND[..], &["json", "--show-secrets"]].concat();
    let mut running = Running::with_stdout(stage.command(&arguments), writer);
    ready(&mut running);
    drop(reader);
    says(&stage, "Hello");
    assert_eq!(running.end().code(), Some(0), "{:?}", running.rest());
    assert_eq!(webhooks(&stage), 1);
}

#[test]
fn what_is_not_signed_is_refused_and_shown() {
    let stage = Stage::new();
    let mut running = listen(&stage, &[]);
    let (address, _) = ready(&mut running);
    let posted = Command::new("curl")
        .args([
            "-sS",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
            "-d",
            "{}",
            &address,
        ])
        .output();
    assert_eq!(text(&posted.unwrap().stdout), "401");
    let refused = running.json();
    assert_eq!(refused["type"], "refused");
    assert!(
        refused["reason"]
            .as_str()
            .unwrap()
            .contains("x-sinch-webhook-signature"),
        "{refused}"
    );
}

#[test]
fn two_processes_receive_the_same_and_keep_it_once() {
    let stage = Stage::new();
    let mut all = [
        listen(&stage, &["--count", "3"]),
        listen(&stage, &["--count", "3"]),
    ];
    all.iter_mut().for_each(|running| drop(ready(running)));
    for words in ["one", "two", "three"] {
        says(&stage, words);
    }
    for running in &mut all {
        let ids: std::collections::BTreeSet<String> =
            (0..3).map(|_| running.json()["id"].to_string()).collect();
        assert_eq!(ids.len(), 3);
        assert!(running.end().success(), "{:?}", running.rest());
    }
    assert_eq!(received(&stage).len(), 3);
    assert_eq!(webhooks(&stage), 1);
}

#[test]
fn messages_are_answered() {
    let stage = Stage::new();
    let mut running = listen(&stage, &["--reply-with", "In a minute", "--count", "1"]);
    ready(&mut running);
    says(&stage, "Is my table ready?");
    assert_eq!(running.json()["type"], "callback");
    let replied = running.json();
    let id = replied["message_id"].as_str().unwrap().to_owned();
    let sent = stage
        .runtime
        .block_on(stage.sandbox().sent_message(&id))
        .unwrap();
    assert!(format!("{:?}", sent.message).contains("In a minute"));
    assert!(running.end().success());
}

#[test]
fn a_tunnel_is_found_by_what_it_writes_and_ends_with_the_command() {
    let stage = Stage::new();
    // The first address leads elsewhere.
    let elsewhere = Target::start(&stage.runtime, 200);
    let file = stage.home.path().join("tunnel.pid");
    let script = format!(
        "env > {0}.env; echo $$ > {0}; echo see {1} for help; echo url={{}} http://127.0.0.1:{{port}}/sinch >&2; exec sleep 600",
        file.display(),
        elsewhere.url
    );
    let tunnel = format!("sh -c '{script}'");
    let mut command = stage.command(&[
        "listen", "--format", "json", "--count", "1", "--tunnel", &tunnel,
    ]);
    command.env("PATH", std::env::var_os("PATH").unwrap());
    let mut running = Running::start(command);
    let line = running.wait_for("is ready");
    assert!(line.contains("/sinch is ready"), "{line}");
    says(&stage, "Through the tunnel");
    assert_eq!(running.json()["trigger"], "MESSAGE_INBOUND");
    assert!(running.end().success());
    // The tunnel is not ours, and needs no key.
    let variables = std::fs::read_to_string(file.with_extension("pid.env")).unwrap();
    assert!(variables.contains("SINCH_KEY_ID") && !variables.contains("SECRET"));
    let id = std::fs::read_to_string(file).unwrap();
    let state = std::fs::read_to_string(format!("/proc/{}/stat", id.trim()));
    // Killed: gone, or not yet waited for by anyone.
    assert!(state.is_err() || state.unwrap().contains(") Z"));
}

#[test]
fn the_service_needs_an_address() {
    let home = tempfile::tempdir().unwrap();
    let mut command = program(home.path(), &["listen", "--region", "eu"]);
    for name in [
        "SINCH_PROJECT_ID",
        "SINCH_KEY_ID",
        "SINCH_KEY_SECRET",
        "SINCH_APP_ID",
    ] {
        command.env(name, "any");
    }
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(
        said.contains("--public-url") && said.contains("--tunnel"),
        "{said}"
    );
}

#[test]
fn without_a_home_folder_nothing_is_kept() {
    let stage = Stage::new();
    let mut command = stage.command(&["listen", "--format", "json", "--count", "1"]);
    command.env("HOME", "/proc/nowhere");
    let mut running = Running::start(command);
    running.wait_for("is ready");
    says(&stage, "Hello");
    running.wait_for("not kept");
    assert_eq!(running.json()["id"], "");
    assert!(running.end().success());
}
