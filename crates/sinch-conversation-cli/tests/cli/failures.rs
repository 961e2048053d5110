//! Exit codes, and errors on stderr.

use serde_json::Value;
use sinch_conversation_test_server::closed_port;

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
fn errors_are_json_when_json_is_asked_for() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [
        &["doctor", "--json"][..],
        &["--json", "no-such-command"],
        &["doctor", "--output", "ndjson"],
        &["apps", "get", "--json"],
    ] {
        let output = program(home.path(), arguments).output().unwrap();
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(error["error"]["kind"], "usage", "{error}");
        assert_eq!(error["error"]["exit_code"], 2);
        assert_eq!(output.status.code(), Some(2));
    }
}

#[test]
fn each_kind_of_failure_has_its_code() {
    let stage = Stage::new();
    let code = |arguments: &[&str]| stage.run(arguments).status.code();
    assert_eq!(code(&["apps", "list"]), Some(0));
    assert_eq!(
        code(&["apps", "get", "01JSANDB0X00000000000000ZZ"]),
        Some(4)
    );
    assert_eq!(code(&["apps", "create", "-f", "display_name=x"]), Some(5));
    assert_eq!(code(&["apps", "nothing"]), Some(2));

    let closed = stage.runtime.block_on(closed_port());
    assert_eq!(code(&["apps", "list", "--endpoint", &closed]), Some(8));

    let keys = stage.runtime.block_on(async {
        let sandbox = sinch_conversation_sandbox::Sandbox::builder().access_key("k", "s");
        sandbox.start().await.unwrap()
    });
    let url = keys.endpoints().conversation();
    assert_eq!(code(&["apps", "list", "--endpoint", url]), Some(3));
}

#[test]
fn a_closed_output_is_no_failure() {
    let stage = Stage::new();
    for arguments in [
        &["doctor"][..],
        &["apps", "list"],
        &["reference"],
        &["completion", "bash"],
        &["--help"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = stage.command(arguments).stdout(writer).output().unwrap();
        assert_eq!(text(&output.stderr), "", "{arguments:?}");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failure() {
    let stage = Stage::new();
    for arguments in [&["doctor"][..], &["apps", "list"], &["reference"], &["man"]] {
        let full = std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let output = stage.command(arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let error = text(&output.stderr);
        assert!(
            error.contains("cannot be written"),
            "{arguments:?}: {error}"
        );
    }
}
