//! Exit codes, and errors on stderr.

use std::process::Stdio;

use serde_json::Value;

use crate::support::{Stage, program, text};

#[test]
fn a_missing_setting_is_named_with_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let output = program(home.path(), &["doctor"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let error = text(&output.stderr);
    assert!(
        error.contains("SINCH_KEY_SECRET") && error.contains("auth login"),
        "{error}"
    );
    assert!(output.stdout.is_empty());
}

#[test]
fn errors_are_json_when_data_is() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [&["doctor", "--json"][..], &["--json", "no-such-command"]] {
        let output = program(home.path(), arguments).output().unwrap();
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(error["error"]["kind"], "usage", "{error}");
        assert_eq!(error["error"]["exit_code"], 2);
        assert_eq!(output.status.code(), Some(2));
    }
}

#[test]
fn a_closed_output_is_no_failure() {
    let stage = Stage::new();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = stage.command(&["doctor"]).stdout(writer).output().unwrap();
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_full_disk_is_a_failure() {
    let stage = Stage::new();
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = stage.command(&["doctor"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("cannot be written"),
        "{output:?}"
    );
}

#[test]
fn no_color_is_heeded_and_pipes_have_none() {
    let home = tempfile::tempdir().unwrap();
    let mut command = program(home.path(), &["doctor"]);
    let output = command.stderr(Stdio::piped()).output().unwrap();
    assert!(!text(&output.stderr).contains('\u{1b}'));
}
