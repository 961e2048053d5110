//! `fixtures run`.

use serde_json::Value;

use crate::support::{Stage, text};

const TOML: &str = r#"
[[step]]
name = "app"
call = "apps create"
body = { display_name = "Trattoria", processing_mode = "CONVERSATION", channel_credentials = [
    { channel = "SMS", static_bearer = { claimed_identity = "46700000009", token = "${env:TOKEN}" } },
] }

[[step]]
name = "contact"
call = "contacts create"
body.language = "EN_GB"
body.display_name = "Grace of ${app.display_name}"
body.channel_identities = [{ channel = "SMS", identity = "46700000002" }]

[[step]]
call = "messages send"
body.app_id = "${app.id}"
body.recipient.contact_id = "${contact.id}"
body.message.text_message.text = "Hello ${contact.display_name}"
"#;

fn run(stage: &Stage, name: &str, script: &str, more: &[&str]) -> std::process::Output {
    let file = stage.home.path().join(name);
    std::fs::write(&file, script).unwrap();
    let arguments = [&["fixtures", "run", file.to_str().unwrap()], more].concat();
    let mut command = stage.command(&arguments);
    command.env("TOKEN", "t0ken-of-a-channel").output().unwrap()
}

#[test]
fn steps_refer_to_earlier_answers() {
    let stage = Stage::new();
    let output = run(&stage, "script.toml", TOML, &["--json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(!text(&output.stdout).contains("t0ken-of-a-channel"));
    let steps: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(steps[1]["answer"]["display_name"], "Grace of Trattoria");
    let id = steps[2]["id"].as_str().unwrap();
    let sent = stage
        .runtime
        .block_on(stage.sandbox().sent_message(id))
        .unwrap();
    assert!(format!("{:?}", sent.message).contains("Hello Grace of Trattoria"));
}

#[test]
fn parameters_and_references_have_their_places() {
    let stage = Stage::new();
    let contact = stage.setup.contact.to_string();
    let script = "step:\n- name: list\n  call: contacts list\n  with: {page_size: 1}\n- call: contacts get\n  \
                  with: {contact_id: '${list.contacts.0.id}'}\n";
    let output = run(&stage, "script.yaml", script, &["--output", "ndjson"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let last = text(&output.stdout).lines().last().unwrap();
    let last: Value = serde_json::from_str(last).unwrap();
    assert_eq!(last["id"], contact);
}

#[test]
fn a_bad_script_is_named_with_its_step() {
    let stage = Stage::new();
    for (script, code, expected) in [
        (
            "step:\n- call: apps make\n",
            2,
            "step apps make: \"apps make\" is no call",
        ),
        ("step:\n- call: apps get\n", 2, "with.app_id is missing"),
        (
            "step:\n- call: apps list\n  with: {colour: red}\n",
            2,
            "with.colour is no parameter",
        ),
        (
            "step:\n- call: apps get\n  with: {app_id: '${app.id}'}\n",
            2,
            "leads to nothing",
        ),
        (
            "step:\n- call: apps get\n  with: {app_id: 'none'}\n",
            4,
            "step apps get: ",
        ),
        (
            "step:\n- call: apps delete\n  with: {app_id: 'none'}\n",
            2,
            "cannot be undone",
        ),
        ("steps: []\n", 2, "unknown field"),
    ] {
        let output = run(&stage, "script.yml", script, &[]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{script}: {said}");
        assert!(said.contains(expected), "{script}: {said}");
    }
}
