//! `bulk` and `outbox`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::Value;
use sinch_conversation_sandbox::InjectedFault;

use crate::running::{Running, SOON};
use crate::screen::{Screen, on_terminal};
use crate::support::{Stage, text};

/// Writes a file with this many people, and returns its path.
fn people(stage: &Stage, count: usize) -> PathBuf {
    let file = stage.home.path().join("people.csv");
    let rows: String = (0..count)
        .map(|at| format!("+4670{at:07},Person {at}\n"))
        .collect();
    std::fs::write(&file, format!("to,name\n{rows}")).unwrap();
    file
}

/// Returns the numbers that messages were sent to.
fn sent(stage: &Stage) -> Vec<String> {
    let sent = stage.runtime.block_on(stage.sandbox().sent()).unwrap();
    let identity = |sent: &sinch_conversation_sandbox::SentMessage| {
        serde_json::to_value(sent.channel_identity()).unwrap()["identity"].to_string()
    };
    sent.iter().map(identity).collect()
}

const SEND: [&str; 2] = ["bulk", "send"];

fn arguments<'a>(file: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = SEND.to_vec();
    arguments.push(file.to_str().unwrap());
    arguments.extend(["--text", "Hi {name}", "--channel", "sms"]);
    arguments.extend(more);
    arguments
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_else(|error| panic!("{error}: {}", text(bytes)))
}

#[test]
fn everybody_gets_the_message_once_and_failures_are_reported() {
    let stage = Stage::new();
    let file = people(&stage, 5);
    let checked = json(&stage.run(&arguments(&file, &["--dry-run"])).stdout);
    assert_eq!(
        (&checked["rows"], &checked["repeated"]),
        (&5.into(), &0.into())
    );
    assert!(
        checked["first"].to_string().contains("Hi Person 0"),
        "{checked}"
    );
    assert!(sent(&stage).is_empty());

    let fault = InjectedFault::status("Messages_SendMessage", 400);
    stage.sandbox().inject(fault).unwrap();
    let output = stage.run(&arguments(&file, &[]));
    assert!(output.status.success(), "{}", text(&output.stderr));
    let counts = json(&output.stdout);
    assert_eq!(
        (&counts["accepted"], &counts["refused"]),
        (&4.into(), &1.into()),
        "{counts}"
    );
    let report = std::fs::read_to_string(counts["report"].as_str().unwrap()).unwrap();
    assert_eq!(report.lines().count(), 2, "{report}");
    assert!(report.contains("people +4670000000"), "{report}");

    let again = stage.run(&arguments(&file, &[]));
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("--resume"));
    assert!(stage.run(&arguments(&file, &["--resume"])).status.success());
    assert_eq!(sent(&stage).len(), 4);

    let store = file.with_extension("outbox");
    let mode = std::os::unix::fs::MetadataExt::mode(&store.metadata().unwrap());
    assert_eq!(mode & 0o077, 0);
    let outbox =
        |command: &str| stage.run(&["outbox", command, "--store", store.to_str().unwrap()]);
    assert_eq!(json(&outbox("status").stdout)["refused"], 1);
    assert_eq!(text(&outbox("export").stdout).lines().count(), 2);
    assert_eq!(json(&outbox("retry").stdout)["queued"], 1);
    assert_eq!(json(&outbox("run").stdout)["accepted"], 5);
    let sent = sent(&stage);
    assert_eq!(
        (sent.len(), sent.iter().collect::<BTreeSet<_>>().len()),
        (5, 5)
    );
}

#[test]
fn bad_rows_are_named_by_their_lines_and_nothing_is_sent() {
    let stage = Stage::new();
    let file = stage.home.path().join("bad.csv");
    std::fs::write(
        &file,
        "to,name\n+46700000001,Ada\n,Grace\n+46x,Edsger\n+46700000002\n",
    )
    .unwrap();
    let output = stage.run(&arguments(&file, &[]));
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    for expected in ["3 bad rows", "line 3: ", "line 4: ", "line 5: 1 values"] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert!(sent(&stage).is_empty() && !file.with_extension("outbox").exists());
    for (option, value, expected) in [
        ("--text", "Hi {nick}", "only to, name"),
        ("--key", "id", "no column \"id\""),
    ] {
        let file = people(&stage, 1);
        let mut arguments = vec![
            "bulk",
            "send",
            file.to_str().unwrap(),
            "--channel",
            "sms",
            option,
            value,
        ];
        if option != "--text" {
            arguments.extend(["--text", "Hi"]);
        }
        let output = stage.run(&arguments);
        assert!(
            text(&output.stderr).contains(expected),
            "{}",
            text(&output.stderr)
        );
    }
}

/// Starts to send slowly, and returns when some are sent.
fn begin(stage: &Stage, file: &Path) -> Running {
    let running = Running::start(stage.command(&arguments(file, &["--rate", "20"])));
    let start = Instant::now();
    while sent(stage).len() < 5 {
        assert!(start.elapsed() < SOON);
        sleep(Duration::from_millis(20));
    }
    running
}

#[test]
fn ctrl_c_stops_cleanly_and_says_how_to_go_on() {
    let stage = Stage::new();
    let file = people(&stage, 200);
    let mut running = begin(&stage, &file);
    running.signal(Signal::SIGINT);
    assert_eq!(running.end().code(), Some(130));
    let said = running.rest().join("\n");
    assert!(
        said.contains("messages wait") && said.contains("--resume"),
        "{said}"
    );
    assert!(sent(&stage).len() < 200);
    let output = stage.run(&arguments(&file, &["--resume"]));
    assert_eq!(
        json(&output.stdout)["accepted"],
        200,
        "{}",
        text(&output.stderr)
    );
    assert_eq!(sent(&stage).iter().collect::<BTreeSet<_>>().len(), 200);
    assert_eq!(sent(&stage).len(), 200);
}

#[test]
fn a_killed_run_goes_on_and_sends_nothing_twice() {
    let stage = Stage::new();
    let file = people(&stage, 100);
    let mut running = begin(&stage, &file);
    running.signal(Signal::SIGKILL);
    running.end();
    let output = stage.run(&arguments(&file, &["--resume"]));
    assert!(output.status.success(), "{}", text(&output.stderr));
    let counts = json(&output.stdout);
    let of = |state: &str| counts[state].as_u64().unwrap_or(0);
    assert_eq!(of("accepted") + of("unknown"), 100, "{counts}");
    let sent = sent(&stage);
    assert_eq!(sent.len(), sent.iter().collect::<BTreeSet<_>>().len());
    assert!(sent.len() as u64 >= of("accepted"));
}

#[test]
fn a_terminal_shows_a_bar_with_the_rate_and_the_time_left() {
    let stage = Stage::new();
    let file = people(&stage, 60);
    let mut command = stage.command(&arguments(&file, &["--rate", "20"]));
    let screen = Screen::start(command.env("TERM", "xterm-256color"));
    let shown = screen.wait_until(|shown| shown.contains("/s  ") && shown.contains(" s left"));
    assert!(shown.contains("/60  ") && shown.contains('█'), "{shown}");
    let (shown, status) = screen.end();
    assert!(status.success(), "{shown}");
    assert!(shown.contains("60/60"), "{shown}");
    assert_eq!(shown.lines().last(), Some("accepted  60"), "{shown}");
}

#[test]
fn a_terminal_without_control_sequences_shows_lines() {
    let stage = Stage::new();
    let file = people(&stage, 2);
    let mut command = stage.command(&arguments(&file, &[]));
    let (shown, status) = on_terminal(command.env("TERM", "dumb"), "");
    assert!(status.success(), "{shown}");
    assert!(shown.contains("/2") && !shown.contains('\u{1b}'), "{shown}");
}

#[test]
fn two_runs_at_once_send_everything_once() {
    let stage = Stage::new();
    let file = people(&stage, 60);
    let resume = ["--resume", "--rate", "200"];
    let start = || Running::start(stage.command(&arguments(&file, &resume)));
    for mut running in [start(), start()] {
        assert!(running.end().success(), "{:?}", running.rest());
    }
    let output = stage.run(&arguments(&file, &["--resume"]));
    assert_eq!(json(&output.stdout)["accepted"], 60, "{output:?}");
    let sent = sent(&stage);
    assert_eq!(sent.len(), 60);
    assert_eq!(sent.iter().collect::<BTreeSet<_>>().len(), 60);
}

#[test]
fn what_waits_of_another_campaign_is_sent_too_and_said() {
    let stage = Stage::new();
    let file = people(&stage, 100);
    let mut running = begin(&stage, &file);
    running.signal(Signal::SIGINT);
    running.end();
    let before = sent(&stage).len();
    let other = stage.home.path().join("other.csv");
    std::fs::write(&other, "to,name\n+46800000001,Grace\n").unwrap();
    let store = file.with_extension("outbox");
    let output = stage.run(&arguments(&other, &["--store", store.to_str().unwrap()]));
    let said = text(&output.stderr);
    let expected = format!("{} messages of other campaigns wait", 100 - before);
    assert!(said.contains(&expected), "{expected}: {said}");
    assert_eq!(json(&output.stdout)["accepted"], 1);
    let again = stage.run(&arguments(&file, &["--resume"]));
    assert_eq!(json(&again.stdout)["accepted"], 100, "{again:?}");
    assert_eq!(sent(&stage).len(), 101);
}

#[test]
fn a_template_is_filled_from_the_columns() {
    let stage = Stage::new();
    let file = people(&stage, 2);
    let mut command = vec!["bulk", "send", file.to_str().unwrap()];
    command.extend([
        "--template",
        "01JTEMPLATE",
        "--language",
        "en",
        "--channel",
        "sms",
    ]);
    command.extend(["--parameter", "name={name}"]);
    let mut dry = command.clone();
    dry.push("--dry-run");
    let checked = json(&stage.run(&dry).stdout);
    let template = &checked["first"]["message"]["template_message"]["omni_template"];
    assert_eq!(template["template_id"], "01JTEMPLATE", "{checked}");
    assert_eq!(template["parameters"]["name"], "Person 0", "{checked}");
    let output = stage.run(&command);
    assert_eq!(json(&output.stdout)["accepted"], 2, "{output:?}");
    let all = stage.runtime.block_on(stage.sandbox().sent()).unwrap();
    let all = format!("{all:?}");
    assert!(
        all.contains("Person 0") && all.contains("Person 1"),
        "{all}"
    );

    for (option, value, expected) in [
        ("--parameter", "name", "expected NAME=VALUE"),
        ("--parameter", "name={nick}", "only to, name"),
        ("--text", "Hi", "cannot be used with"),
    ] {
        let output = stage.run(&[&command[..], &[option, value, "--resume"]].concat());
        assert_eq!(output.status.code(), Some(2), "{option} {value}");
        assert!(text(&output.stderr).contains(expected), "{output:?}");
    }
}
