//! What holds for every command: data on stdout and nothing else there, errors on stderr, as JSON with `--json`, with the
//! exit code that they name; no question without a terminal, no colour with `NO_COLOR`, and no secret anywhere.

use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::screen::on_terminal;
use crate::support::{Stage, program, text};

/// The secrets that the program has here: of the key, and of a channel and a webhook of the sandbox.
const SECRETS: [&str; 3] = ["k3y-secret", "t0ken-of-a-channel", "s3cret-of-a-webhook"];

/// Commands that succeed, with what they write.
const WORKING: [(&str, Written); 25] = [
    ("send +46700000001 Hello --channel sms", Written::Json),
    ("received list", Written::Json),
    ("trigger MESSAGE_INBOUND", Written::Json),
    ("fixtures run script.yaml", Written::Json),
    ("sandbox clock show", Written::Json),
    (
        "sandbox says Hello --from 46700000001 --channel sms",
        Written::Json,
    ),
    ("sandbox log", Written::Json),
    ("sandbox restore sms", Written::Nothing),
    (
        "bulk send people.csv --text Hi --channel sms --resume",
        Written::Json,
    ),
    (
        "bulk send people.csv --text Hi --channel sms --dry-run",
        Written::Json,
    ),
    ("outbox status --store people.outbox", Written::Json),
    ("outbox export --store people.outbox", Written::Text),
    ("doctor", Written::Json),
    ("api GET apps", Written::Json),
    ("auth status", Written::Json),
    ("profile list", Written::Json),
    ("profile add work --project p", Written::Nothing),
    ("completion bash", Written::Text),
    ("man", Written::Text),
    ("reference", Written::Json),
    ("apps list", Written::Json),
    ("webhooks list", Written::Json),
    ("contacts list", Written::Json),
    ("messages list", Written::Json),
    ("templates list", Written::Json),
];

/// What a command writes to stdout.
#[derive(Clone, Copy, PartialEq)]
enum Written {
    /// JSON, with `--json`.
    Json,
    /// Something that has a form of its own.
    Text,
    Nothing,
}

/// A sandbox with secrets, and files for the commands.
fn stage() -> Stage {
    let stage = Stage::new();
    let home = stage.home.path();
    std::fs::write(home.join("people.csv"), "to\n+46700000001\n").unwrap();
    std::fs::write(home.join("empty.json"), "{}").unwrap();
    let script = "step:\n- call: apps list\n";
    std::fs::write(home.join("script.yaml"), script).unwrap();
    let app = stage.setup.app.id().unwrap().to_string();
    let credentials = ["claimed_identity=46700000000", "token=t0ken-of-a-channel"];
    let credentials = credentials.map(|it| format!("channel_credentials.0.static_bearer.{it}"));
    let update = [
        "apps",
        "update",
        &app,
        "-f",
        "channel_credentials.0.channel=SMS",
    ];
    let update = [&update[..], &["-f", &credentials[0], "-f", &credentials[1]]].concat();
    let webhook = [
        "webhooks",
        "create",
        "-f",
        "target=http://127.0.0.1:9/",
        "-f",
        "target_type=HTTP",
        "-f",
        "triggers=MESSAGE_INBOUND",
        "-f",
        "secret=s3cret-of-a-webhook",
    ];
    for arguments in [&update[..], &webhook] {
        assert!(stage.run(arguments).status.success());
    }
    let first = [
        "bulk",
        "send",
        "people.csv",
        "--text",
        "Hi",
        "--channel",
        "sms",
    ];
    let mut command = stage.command(&first);
    assert!(command.current_dir(home).status().unwrap().success());
    stage
}

fn command(stage: &Stage, line: &str, more: &[&str]) -> Command {
    let words: Vec<&str> = line.split(' ').chain(more.iter().copied()).collect();
    let mut command = stage.command(&words);
    // The sandbox takes any key.
    command.env("SINCH_KEY_SECRET", SECRETS[0]);
    command.current_dir(stage.home.path()).stdin(Stdio::null());
    command
}

fn has_secret(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    SECRETS.iter().any(|secret| text.contains(secret))
}

/// Returns the error that a command has written as JSON, after notes for people.
fn error(output: &Output, label: &str) -> Value {
    let last = text(&output.stderr).lines().last().unwrap_or_default();
    let error: Value =
        serde_json::from_str(last).unwrap_or_else(|error| panic!("{label}: {error}: {output:?}"));
    let code = error["error"]["exit_code"].as_i64();
    assert_eq!(code, output.status.code().map(i64::from), "{label}");
    for field in ["kind", "message"] {
        assert!(error["error"][field].is_string(), "{label}: {error}");
    }
    error["error"].clone()
}

/// Returns all commands that have no commands of their own, from their help.
fn leaves(words: &[&str]) -> Vec<String> {
    let home = tempfile::tempdir().unwrap();
    let output = program(home.path(), &[words, &["--help"]].concat()).output();
    let output = output.unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{words:?}"
    );
    let help = text(&output.stdout);
    let Some((_, rest)) = help.split_once("\nCommands:\n") else {
        return vec![words.join(" ")];
    };
    let lines = rest.lines().take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names
        .filter(|name| !name.is_empty())
        .flat_map(|name| leaves(&[words, &[name]].concat()))
        .collect()
}

#[test]
fn every_command_that_is_used_wrongly_says_so_as_json_on_stderr() {
    let leaves = leaves(&[]);
    assert!(leaves.len() > 80, "{leaves:?}");
    let home = tempfile::tempdir().unwrap();
    for leaf in &leaves {
        let words: Vec<&str> = leaf.split(' ').collect();
        let wrong = [&words[..], &["--no-such-option", "--json"]].concat();
        let output = program(home.path(), &wrong).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{leaf}");
        assert!(output.stdout.is_empty(), "{leaf}");
        assert_eq!(error(&output, leaf)["kind"], "usage");
    }
    for noun in leaves.iter().filter_map(|leaf| leaf.split(' ').next()) {
        let is_checked = WORKING
            .iter()
            .any(|(line, _)| line.split(' ').next() == Some(noun));
        // What runs until it is stopped, or takes a secret, has tests of its own.
        let others = ["listen", "verify"];
        let of_documents = [
            "conversations",
            "consents",
            "capability",
            "events",
            "settings",
            "batches",
        ];
        assert!(
            is_checked || others.contains(&noun) || of_documents.contains(&noun),
            "{noun} is not in the table"
        );
    }
}

#[test]
fn what_cannot_be_undone_is_not_done_without_a_terminal_and_agreement() {
    let stage = stage();
    let rows: Value = serde_json::from_slice(&stage.run(&["reference"]).stdout).unwrap();
    let deletions = rows.as_array().unwrap().iter();
    let deletions = deletions.filter(|row| row["request"].as_str().unwrap().starts_with("DELETE"));
    let mut lines: Vec<String> = deletions
        .map(|row| {
            let text = |field: &str| row[field].as_str().unwrap().to_owned();
            // A path that ends with an id takes it; batches are named in a body.
            let more = match (text("request"), text("command")) {
                (request, _) if request.ends_with('}') => " an-id",
                (_, command) if command.starts_with("batches ") => " --input empty.json",
                _ => "",
            };
            text("command") + more
        })
        .collect();
    assert!(lines.len() > 6, "{lines:?}");
    lines.extend(["sandbox reset", "received clear", "api DELETE apps/x"].map(str::to_owned));
    for line in lines {
        let more = &["--json"];
        let output = command(&stage, &line, more).output().unwrap();
        assert!(output.stdout.is_empty(), "{line}");
        let error = error(&output, &line);
        assert_eq!(
            (&error["kind"], &error["hint"]),
            (&"usage".into(), &"add --yes".into()),
            "{line}"
        );
    }
}

#[test]
fn data_is_on_stdout_alone() {
    let stage = stage();
    for (line, written) in WORKING {
        let more: &[&str] = if written == Written::Json {
            &["--json"]
        } else {
            &[]
        };
        let output = command(&stage, line, more).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{line}: {output:?}");
        match written {
            Written::Json => assert!(
                serde_json::from_slice::<Value>(&output.stdout).is_ok(),
                "{line}"
            ),
            Written::Text => assert!(!output.stdout.is_empty(), "{line}"),
            Written::Nothing => assert!(output.stdout.is_empty(), "{line}"),
        }
        for bytes in [&output.stdout, &output.stderr] {
            assert!(!has_secret(bytes), "{line}: {output:?}");
            assert!(
                line == "man" || !bytes.contains(&0x1b),
                "{line}: {output:?}"
            );
        }
        let verbose = command(&stage, line, &["--verbose"]).output().unwrap();
        assert!(!has_secret(&verbose.stderr), "{line}: {verbose:?}");
    }
}

#[test]
fn a_closed_output_is_no_failure_and_a_full_disk_is_one() {
    let stage = stage();
    for (line, _) in WORKING.iter().filter(|it| it.1 != Written::Nothing) {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command(&stage, line, &[]).stdout(writer).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{line}: {output:?}");
        assert!(
            !text(&output.stderr).contains("error"),
            "{line}: {output:?}"
        );
        if cfg!(target_os = "linux") {
            let full = std::fs::File::options().write(true).open("/dev/full");
            let mut command = command(&stage, line, &["--json"]);
            let output = command.stdout(full.unwrap()).output().unwrap();
            assert_eq!(error(&output, line)["kind"], "failed", "{line}");
        }
    }
}

#[test]
fn a_terminal_shows_neither_secrets_nor_colours_against_no_color() {
    let stage = stage();
    for (line, _) in WORKING {
        for (more, code) in [(&[][..], 0), (&["--no-such-option"], 2)] {
            let mut command = command(&stage, line, more);
            let command = command.env("TERM", "xterm-256color").env("NO_COLOR", "1");
            let (shown, status) = on_terminal(command, "");
            assert_eq!(status.code(), Some(code), "{line}: {shown}");
            assert!(!has_secret(shown.as_bytes()), "{line}: {shown}");
            // The bar of `bulk` moves, and has no colour.
            let mut sequences = shown.split("\u{1b}[").skip(1);
            let parameters = |it: char| it.is_ascii_digit() || it == ';';
            let is_colour = |it: &str| it.trim_start_matches(parameters).starts_with('m');
            assert!(!sequences.any(is_colour), "{line}: {shown:?}");
        }
    }
}

/// Where the system shows the arguments of all processes.
#[cfg(target_os = "linux")]
#[test]
fn no_process_has_a_secret_among_its_arguments() {
    use crate::running::Running;

    let stage = stage();
    let arguments = ["listen", "--format", "json", "--tunnel", "sleep 600"];
    let mut command = command(&stage, &arguments[..3].join(" "), &arguments[3..]);
    command.env("SINCH_FORWARD_SECRET", SECRETS[2]);
    command.env("PATH", std::env::var_os("PATH").unwrap());
    let listen = Running::start(command);
    let id = listen.child.id();
    let ours = |stat: &str| {
        let after_name = stat.rsplit_once(") ").map(|it| it.1).unwrap_or_default();
        after_name.split(' ').nth(1) == Some(id.to_string().as_str())
    };
    let start = std::time::Instant::now();
    loop {
        let mut seen = 0;
        for process in std::fs::read_dir("/proc").unwrap().filter_map(Result::ok) {
            let read = |name: &str| std::fs::read(process.path().join(name)).unwrap_or_default();
            let stat = String::from_utf8_lossy(&read("stat")).into_owned();
            if process.file_name().to_string_lossy() == id.to_string() || ours(&stat) {
                seen += 1;
                assert!(!has_secret(&read("cmdline")));
            }
        }
        if seen == 2 {
            return;
        }
        assert!(start.elapsed() < crate::running::SOON, "no tunnel");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}
