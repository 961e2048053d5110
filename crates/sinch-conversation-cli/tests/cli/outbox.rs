//! `outbox` with a store in Postgres.

use serde_json::Value;
use sinch_conversation_sandbox::InjectedFault;
use sinch_conversation_test_server::postgres::Postgres;

use crate::support::{Stage, text};

#[test]
fn a_store_in_postgres_is_looked_at_and_sent() {
    let Some(postgres) = Postgres::start() else {
        return;
    };
    let stage = Stage::new();
    let run = |arguments: &[&str]| {
        let mut command = stage.command(arguments);
        let output = command
            .env("SINCH_OUTBOX", postgres.url())
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        text(&output.stdout).to_owned()
    };
    let json = |arguments: &[&str]| -> Value { serde_json::from_str(&run(arguments)).unwrap() };
    let file = stage.home.path().join("people.csv");
    std::fs::write(&file, "to\n+46700000001\n+46700000002\n+46700000003\n").unwrap();
    let fault = InjectedFault::status("Messages_SendMessage", 400);
    stage.sandbox().inject(fault).unwrap();
    let file = file.to_str().unwrap();
    let counts = json(&["bulk", "send", file, "--text", "Hi", "--channel", "sms"]);
    assert_eq!(
        (&counts["accepted"], &counts["refused"]),
        (&2.into(), &1.into())
    );
    let status = json(&["outbox", "status", "--group", "people"]);
    assert_eq!(
        (&status["refused"], &status["paused"]),
        (&1.into(), &Value::Null)
    );
    assert_eq!(run(&["outbox", "export"]).lines().count(), 2);
    let accepted = run(&["outbox", "export", "--state", "accepted"]);
    assert_eq!(accepted.lines().count(), 3, "{accepted}");
    assert_eq!(json(&["outbox", "retry"])["queued"], 1);
    assert_eq!(json(&["outbox", "run", "--rate", "50"])["accepted"], 3);
    let sent = stage.runtime.block_on(stage.sandbox().sent()).unwrap();
    assert_eq!(sent.len(), 3);
    let none = json(&["outbox", "status", "--queue", "another"]);
    assert!(none.get("accepted").is_none(), "{none}");
}

#[test]
fn a_database_that_is_not_there_is_named_without_its_password() {
    let stage = Stage::new();
    let mut command = stage.command(&["outbox", "status", "--json"]);
    let url = "postgres://me:the-s3cret@127.0.0.1:9/none";
    let output = command.env("SINCH_OUTBOX", url).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    let message = error["error"]["message"].as_str().unwrap();
    assert!(message.starts_with("the store: "), "{message}");
    assert!(!message.contains("the-s3cret"), "{message}");
}
