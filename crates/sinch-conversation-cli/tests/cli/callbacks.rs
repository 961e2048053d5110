//! `trigger` and `verify`.

use serde_json::Value;
use sinch_conversation::webhook::Event;

use crate::receiver::Target;
use crate::support::{Stage, program, text};

const SECRET: &str = "the secret of the webhook";

#[test]
fn every_trigger_of_the_documents_has_a_callback_in_its_form() {
    let home = tempfile::tempdir().unwrap();
    let names = program(home.path(), &["trigger"]).output().unwrap();
    let names: Vec<&str> = text(&names.stdout).lines().collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        let output = program(home.path(), &["trigger", name]).output().unwrap();
        let event = Event::from_slice(&output.stdout).unwrap();
        assert_eq!(event.trigger().as_str(), name);
        assert!(
            event.decode_error().is_none(),
            "{name}: {:?}",
            event.decode_error()
        );
        assert!(!text(&output.stdout).contains("{now}") && !text(&output.stdout).contains("{id}"));
    }
}

#[test]
fn a_triggered_callback_is_signed_and_has_what_was_set() {
    let stage = Stage::new();
    let target = Target::start(&stage.runtime, 200);
    let arguments = [
        "trigger",
        "message-inbound",
        "--set",
        "message.contact_message.text_message.text=A table for two",
        "--to",
        &target.url,
    ];
    let mut command = stage.command(&arguments);
    let output = command
        .env("SINCH_WEBHOOK_SECRET", SECRET)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let posted = target.next();
    assert_eq!(posted.verify(SECRET), Ok(()));
    let event: Value = serde_json::from_slice(&posted.body).unwrap();
    let app = stage.setup.app.id().unwrap().to_string();
    assert_eq!(event["app_id"], app);
    let message = &event["message"]["contact_message"]["text_message"]["text"];
    assert_eq!(message, "A table for two");

    let output = stage.run(&["trigger", "MESSAGE_INBOUND", "--to", &target.url]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("SINCH_WEBHOOK_SECRET"));
    let output = stage.run(&["trigger", "NO_SUCH"]);
    assert!(
        text(&output.stderr).contains("MESSAGE_INBOUND"),
        "{output:?}"
    );
}

#[test]
fn a_target_that_refuses_is_a_failure() {
    let stage = Stage::new();
    let target = Target::start(&stage.runtime, 401);
    let output = stage.run(&[
        "trigger",
        "MESSAGE_INBOUND",
        "--to",
        &target.url,
        "--secret",
        SECRET,
    ]);
    assert_eq!(output.status.code(), Some(5));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&answer["status"], &answer["body"]),
        (&401.into(), &"thanks".into())
    );
}

/// Checks a file, and returns the exit code with what was written.
fn verify(head: &str, body: &str, secret: &str) -> (Option<i32>, String) {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("callback.http");
    std::fs::write(&file, format!("{head}\r\n{body}")).unwrap();
    let mut command = program(home.path(), &["verify", file.to_str().unwrap()]);
    let output = command
        .env("SINCH_WEBHOOK_SECRET", secret)
        .output()
        .unwrap();
    (output.status.code(), text(&output.stdout).to_owned())
}

#[test]
fn a_signature_that_does_not_hold_says_why() {
    let body = r#"{"app_id": "01A", "message": {"id": "01M"}}"#;
    let verifier = sinch_conversation::webhook::Verifier::new([SECRET]).unwrap();
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(86_400);
    let headers = verifier.sign_for_test_at(body.as_bytes(), "a-nonce", long_ago);
    let lines = headers.iter();
    let lines = lines.map(|(name, value)| format!("{name}: {}\r\n", value.to_str().unwrap()));
    let head: String = ["POST /in HTTP/1.1\r\n".to_owned()]
        .into_iter()
        .chain(lines)
        .collect();

    let (code, written) = verify(&head, body, SECRET);
    assert_eq!(code, Some(0), "{written}");
    assert!(
        written.contains("a-nonce") && written.contains("\"age_seconds\": 864"),
        "{written}"
    );

    let parsed = r#"{"app_id":"01A","message":{"id":"01M"}}"#;
    let spaced = "{\r\n\"app_id\": \"01A\"}";
    for (body, secret, reason) in [
        (
            format!("{body}\n").as_str(),
            SECRET,
            "white space at its end",
        ),
        (body, "the secret of the webhook ", "white space around it"),
        (body, "s3cret-of-others", "another secret"),
        (spaced, SECRET, "another secret"),
        (
            &serde_json::json!(body).to_string(),
            SECRET,
            "JSON string of JSON",
        ),
    ] {
        let (code, written) = verify(&head, body, secret);
        assert_eq!(code, Some(1));
        assert!(written.contains(reason), "{reason}: {written}");
        assert!(!written.contains(secret.trim()), "{written}");
    }
    // Signed as compact JSON, and indented since.
    let headers = verifier.sign_for_test(parsed.as_bytes());
    let lines = headers.iter();
    let head: String = lines
        .map(|(name, value)| format!("{name}: {}\r\n", value.to_str().unwrap()))
        .collect();
    let (_, written) = verify(&head, body, SECRET);
    assert!(written.contains("parsed and written again"), "{written}");
    let (_, written) = verify("content-type: application/json\r\n", body, SECRET);
    assert!(
        written.contains("x-sinch-webhook-signature") && written.contains("missing"),
        "{written}"
    );
}

#[test]
fn an_old_callback_can_be_refused() {
    let home = tempfile::tempdir().unwrap();
    let verifier = sinch_conversation::webhook::Verifier::new([SECRET]).unwrap();
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(86_400);
    let headers = verifier.sign_for_test_at(b"{}", "a-nonce", long_ago);
    let file = home.path().join("body.json");
    std::fs::write(&file, "{}").unwrap();
    let headers: Vec<String> = headers
        .iter()
        .map(|(name, value)| format!("-H{name}: {}", value.to_str().unwrap()))
        .collect();
    let mut arguments = vec!["verify", file.to_str().unwrap(), "--window", "300"];
    arguments.extend(headers.iter().map(String::as_str));
    let mut command = program(home.path(), &arguments);
    let output = command
        .env("SINCH_WEBHOOK_SECRET", SECRET)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("too old"),
        "{}",
        text(&output.stderr)
    );
}
