//! `send`: what its exit code says.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use sinch_conversation_test_server::{Act, Request, Server};

use crate::support::{Stage, program, text};

const SEND: [&str; 5] = ["send", "+46700000001", "Hi", "--channel", "sms"];

fn app(mode: &str, stores: bool) -> Act {
    let app = json!({"id": "APP", "processing_mode": mode, "persist_message_status": {"enabled": stores}});
    Act::reply(200, app)
}

fn accepted() -> Act {
    Act::reply(
        200,
        json!({"message_id": "M", "accepted_time": "2026-01-01T00:00:00Z"}),
    )
}

fn message(status: &str) -> Act {
    let status = json!({"status": status, "reason": "the handset is off"});
    Act::reply(
        200,
        json!({"id": "M", "message_status": status, "app_message": {"text_message": {"text": "Hi"}}}),
    )
}

/// The program with a server that does what a script says about everything but tokens.
fn at(server: &Server, home: &Stage, arguments: &[&str]) -> Command {
    let endpoint = [arguments, &["--endpoint", &server.url]].concat();
    let mut command = program(home.home.path(), &endpoint);
    command
        .env("SINCH_PROJECT_ID", "p")
        .env("SINCH_KEY_ID", "k")
        .env("SINCH_KEY_SECRET", "s")
        .env("SINCH_APP_ID", "APP");
    command
}

fn server(
    stage: &Stage,
    script: impl Fn(&Request, usize) -> Act + Send + Sync + 'static,
) -> Server {
    stage
        .runtime
        .block_on(Server::start(move |request, number| {
            match request.is_token() {
                true => Act::token("t"),
                false => script(&request, number),
            }
        }))
}

#[test]
fn what_was_sent_arrives() {
    let stage = Stage::new();
    let output = stage.run(
        &[
            &SEND[..],
            &["--ttl", "1h", "--metadata", "m", "--correlation-id", "c"],
        ]
        .concat(),
    );
    assert!(output.status.success(), "{output:?}");
    let written: Value = serde_json::from_slice(&output.stdout).unwrap();
    let sent = stage.runtime.block_on(stage.sandbox().sent()).unwrap();
    let [sent] = sent.as_slice() else {
        panic!("{sent:?}")
    };
    assert_eq!(written["message_id"], sent.id.as_str());
    assert_eq!(
        (sent.message_metadata.as_str(), sent.correlation_id.as_str()),
        ("m", "c")
    );
    assert!(sent.expires.is_some());

    let contact = stage.setup.contact.to_string();
    let media = ["send", &contact, "--media", "https://example.com/a.png"];
    assert!(stage.run(&media).status.success());
    let both = ["send", "+46700000001", "Hi", "--channel", "rcs,sms"];
    assert!(stage.run(&both).status.success());
    let sent = stage.runtime.block_on(stage.sandbox().sent()).unwrap();
    assert_eq!(sent.len(), 3);
}

#[test]
fn wrong_arguments_send_nothing() {
    let stage = Stage::new();
    stage.sandbox().clear_requests();
    for arguments in [
        &["send", "+46700000001", "Hi"][..],
        &["send", "+46700000001", "--channel", "sms"],
        &[
            "send",
            "+46700000001",
            "Hi",
            "--media",
            "https://a",
            "--channel",
            "sms",
        ],
        &["send", "0700", "Hi", "--channel", "sms"],
        &[
            "send",
            "+46700000001",
            "Hi",
            "--channel",
            "sms",
            "--ttl",
            "soon",
        ],
        &[
            "send",
            "+46700000001",
            "Hi",
            "--channel",
            "sms",
            "--language",
            "en",
        ],
    ] {
        let output = stage.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
    }
    let sends = stage.sandbox().requests();
    assert!(
        !sends
            .iter()
            .any(|it| it.operation == Some("Messages_SendMessage"))
    );
}

#[test]
fn a_lost_answer_is_a_message_that_may_have_been_sent() {
    let stage = Stage::new();
    for act in [Act::Close, Act::Cut, Act::reply(500, "{}")] {
        let server = server(&stage, move |_, _| act.clone());
        let output = at(&server, &stage, &SEND).output().unwrap();
        assert_eq!(output.status.code(), Some(7), "{output:?}");
        assert!(
            text(&output.stderr).contains("may have been sent"),
            "{output:?}"
        );
        assert_eq!(server.calls().len(), 1, "it is not sent again");
    }
}

#[test]
fn a_refusal_is_no_message() {
    let stage = Stage::new();
    let refused = server(&stage, |_, _| {
        Act::reply(
            400,
            r#"{"error":{"code":400,"status":"INVALID_ARGUMENT","message":"no"}}"#,
        )
    });
    let output = at(&refused, &stage, &SEND).output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{output:?}");
}

#[test]
fn waiting_says_what_became_of_it() {
    let stage = Stage::new();
    for (status, code) in [("DELIVERED", 0), ("READ", 0), ("FAILED", 6)] {
        let server = server(&stage, move |request, number| match request.path.as_str() {
            path if path.contains("/apps/") => app("CONVERSATION", true),
            path if path.ends_with("messages:send") => accepted(),
            _ if number == 0 => message("QUEUED_ON_CHANNEL"),
            _ => message(status),
        });
        let wait = [&SEND[..], &["--wait", "delivered"]].concat();
        let output = at(&server, &stage, &wait).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        let written: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(
            (&written["message_id"], &written["status"]),
            (&"M".into(), &status.into())
        );
    }
}

#[test]
fn waiting_ends() {
    let stage = Stage::new();
    let server = server(&stage, |request, _| match request.path.as_str() {
        path if path.contains("/apps/") => app("CONVERSATION", true),
        path if path.ends_with("messages:send") => accepted(),
        _ => message("QUEUED_ON_CHANNEL"),
    });
    let wait = [&SEND[..], &["--wait", "delivered", "--wait-timeout", "1s"]].concat();
    let output = at(&server, &stage, &wait).output().unwrap();
    assert_eq!(output.status.code(), Some(9), "{output:?}");
    assert!(
        text(&output.stdout).contains(r#""message_id": "M""#),
        "{output:?}"
    );
}

#[test]
fn what_cannot_be_waited_for_is_not_sent() {
    let stage = Stage::new();
    for (mode, stores) in [("DISPATCH", true), ("CONVERSATION", false)] {
        let server = server(&stage, move |request, _| {
            match request.path.contains("/apps/") {
                true => app(mode, stores),
                false => accepted(),
            }
        });
        let wait = [&SEND[..], &["--wait", "delivered"]].concat();
        let output = at(&server, &stage, &wait).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(
            text(&output.stderr).contains("nothing was sent"),
            "{output:?}"
        );
        assert!(!server.calls().iter().any(|it| it.method == "POST"));
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_send_may_have_been_sent() {
    use std::time::{Duration, Instant};

    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;

    let stage = Stage::new();
    for (arguments, code) in [(&SEND[..], 7), (&["apps", "list"], 130)] {
        let arrived = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&arrived);
        let server = server(&stage, move |_, _| {
            seen.store(true, Ordering::SeqCst);
            Act::Hang
        });
        let mut command = at(&server, &stage, arguments);
        let piped = command
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::piped());
        let child = piped.spawn().unwrap();
        let start = Instant::now();
        while !arrived.load(Ordering::SeqCst) {
            assert!(
                start.elapsed() < Duration::from_secs(120),
                "nothing was sent"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        let id = Pid::from_raw(i32::try_from(child.id()).unwrap());
        kill(id, Signal::SIGINT).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
    }
}
