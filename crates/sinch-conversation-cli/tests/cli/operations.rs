//! The commands that are made from the operations.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};
use sinch_conversation_sandbox::raw::OPERATIONS;

use crate::support::{Stage, program, text};

/// The commands by their operations.
fn commands() -> BTreeMap<String, Vec<String>> {
    let home = tempfile::tempdir().unwrap();
    let output = program(home.path(), &["reference"]).output().unwrap();
    let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let mut commands: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows {
        let operation = row["operation"].as_str().unwrap().to_owned();
        let command = row["command"].as_str().unwrap().to_owned();
        commands.entry(operation).or_default().push(command);
    }
    commands
}

/// The arguments of a command: those that its usage says are required, and a body if it may have one.
fn arguments(stage: &Stage, command: &str) -> Vec<String> {
    let mut arguments: Vec<String> = command.split(' ').map(str::to_owned).collect();
    let help: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .chain(["--help"])
        .collect();
    let help = stage.run(&help);
    let help = text(&help.stdout);
    let usage = help
        .lines()
        .find(|line| line.starts_with("Usage: "))
        .unwrap();
    let required = usage
        .split(' ')
        .filter(|word| word.starts_with("--") || word.starts_with('<'));
    arguments.extend(required.map(|word| match word.starts_with('<') {
        true => "X".to_owned(),
        false => word.to_owned(),
    }));
    if help.contains("--input") {
        arguments.extend(["--input", "-"].map(str::to_owned));
    }
    arguments.push("--yes".to_owned());
    arguments
}

#[test]
fn every_operation_is_reached_by_one_command() {
    let stage = Stage::new();
    let commands = commands();
    let ids: Vec<&str> = OPERATIONS
        .iter()
        .map(|operation| operation.id.as_str())
        .collect();
    assert_eq!(commands.len(), ids.len());
    for operation in OPERATIONS {
        let id = operation.id.as_str();
        let [command] = commands[id].as_slice() else {
            panic!("{id}: {:?}", commands[id]);
        };
        let arguments = arguments(&stage, command);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        stage.sandbox().clear_requests();
        let mut child = stage
            .command(&arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command without a body closes its stdin.
        let _ = child.stdin.take().unwrap().write_all(b"{}");
        let output = child.wait_with_output().unwrap();
        let reached = stage.sandbox().requests();
        let reached: Vec<_> = reached
            .iter()
            .filter_map(|request| request.operation)
            .collect();
        assert!(
            reached.contains(&id),
            "{arguments:?}: {reached:?} {}",
            text(&output.stderr)
        );
    }
}

#[test]
fn fields_have_the_types_of_the_documents() {
    let stage = Stage::new();
    let output = stage.run(&[
        "apps",
        "create",
        "-f",
        "display_name=7",
        "-f",
        "channel_credentials.0.channel=SMS",
        "-f",
        "channel_credentials.0.static_bearer.claimed_identity=46700000000",
        "-f",
        "channel_credentials.0.static_bearer.token=t0ken",
        "-f",
        "retention_policy.ttl_days=30",
        "-f",
        "smart_conversation.enabled=true",
    ]);
    assert_eq!(text(&output.stderr), "");
    let requests = stage.sandbox().requests();
    let sent = requests
        .iter()
        .find(|it| it.operation == Some("App_CreateApp"))
        .unwrap();
    let sent: Value = serde_json::from_str(&sent.request).unwrap();
    assert_eq!(sent["display_name"], json!("7"));
    assert_eq!(sent["retention_policy"]["ttl_days"], json!(30));
    assert_eq!(sent["smart_conversation"]["enabled"], json!(true));
    assert_eq!(sent["channel_credentials"][0]["channel"], json!("SMS"));
    for (field, expected) in [
        ("retention_policy.ttl_days=soon", "a whole number"),
        ("smart_conversation.enabled=1", "true or false"),
        ("retention_policy=x", "a JSON object"),
        ("channel_credentials.x=1", "no field"),
        ("display_name", "KEY=VALUE"),
    ] {
        let output = stage.run(&[
            "apps",
            "create",
            "-f",
            "channel_credentials=[]",
            "-f",
            field,
        ]);
        assert_eq!(output.status.code(), Some(2));
        assert!(
            text(&output.stderr).contains(expected),
            "{field}: {output:?}"
        );
    }
}

#[test]
fn lists_are_read_page_by_page() {
    let stage = Stage::new();
    for number in 1..=5 {
        let identity = format!(
            "channel_identities=[{{\"channel\":\"SMS\",\"identity\":\"4670000001{number}\"}}]"
        );
        let output = stage.run(&[
            "contacts",
            "create",
            "-f",
            "language=EN_US",
            "-f",
            &identity,
        ]);
        assert!(output.status.success(), "{output:?}");
    }
    let count = |arguments: &[&str]| {
        let list = ["contacts", "list", "--page-size", "2", "--output", "ids"];
        let output = stage.run(&[&list, arguments].concat());
        let notes = text(&output.stderr).contains("there are more");
        (text(&output.stdout).lines().count(), notes)
    };
    assert_eq!(count(&[]), (2, true));
    assert_eq!(count(&["--limit", "3"]), (3, true));
    assert_eq!(count(&["--limit", "6"]), (6, false));
    assert_eq!(count(&["--paginate"]), (6, false));
}

#[test]
fn ids_go_through_pipes() {
    let stage = Stage::new();
    let ids = stage.run(&["contacts", "list", "--output", "ids"]);
    let delete = |arguments: &[&str]| {
        let mut child = stage
            .command(&[&["contacts", "delete", "-"], arguments].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&ids.stdout).unwrap();
        child.wait_with_output().unwrap()
    };
    let refused = delete(&[]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(text(&refused.stderr).contains("--yes"), "{refused:?}");
    let done = delete(&["--yes"]);
    assert_eq!((done.status.code(), text(&done.stdout)), (Some(0), ""));
    let left = stage.run(&["contacts", "list", "--output", "ids"]);
    assert_eq!(text(&left.stdout), "");
}

#[test]
fn an_id_does_not_lead_to_another_operation() {
    let stage = Stage::new();
    stage.sandbox().clear_requests();
    for id in ["..", ".", ""] {
        let output = stage.run(&["contacts", "get", id]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
    assert_eq!(stage.sandbox().requests().len(), 0);
}
