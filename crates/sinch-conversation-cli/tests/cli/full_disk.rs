//! Files that cannot be written. A limit of the shell stands for a full disk: each write to a file fails, pipes are not
//! affected.

use std::fs;
use std::process::{Command, Output};

use crate::listen::says;
use crate::running::Running;
use crate::support::{PROGRAM, Stage, program, text};

/// Returns a command on a full disk.
fn on_full_disk(command: &Command) -> Command {
    let mut shell = Command::new("/bin/sh");
    let script = r#"trap "" XFSZ; ulimit -f 0; exec "$0" "$@""#;
    shell.args(["-c", script, PROGRAM]).args(command.get_args());
    shell.env_clear();
    shell.envs(
        command
            .get_envs()
            .filter_map(|(name, it)| Some((name, it?))),
    );
    shell
}

fn run(command: &Command) -> Output {
    on_full_disk(command).output().unwrap()
}

#[test]
fn settings_stay_as_they_were() {
    let home = tempfile::tempdir().unwrap();
    let add = ["profile", "add", "work", "--project", "p"];
    assert!(program(home.path(), &add).status().unwrap().success());
    let file = home.path().join(".config/sinch-conversation/config.toml");
    let before = fs::read_to_string(&file).unwrap();
    for arguments in [
        &["profile", "add", "work", "--project", "q"][..],
        &["profile", "add", "home"],
        &["profile", "use", "work"],
        &["auth", "logout", "--profile", "work"],
    ] {
        let output = run(&program(home.path(), arguments));
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
        let said = text(&output.stderr);
        assert!(said.contains("config.toml: "), "{said}");
        assert_eq!(fs::read_to_string(&file).unwrap(), before);
    }
    let left = fs::read_dir(file.parent().unwrap()).unwrap();
    let left: Vec<_> = left.map(|it| it.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "the settings and their lock: {left:?}");
}

#[test]
fn callbacks_are_shown_and_not_kept() {
    let stage = Stage::new();
    let listen = ["listen", "--format", "json", "--count", "2"];
    let mut running = Running::start(on_full_disk(&stage.command(&listen)));
    running.wait_for("is ready");
    says(&stage, "Hello");
    running.wait_for("not kept");
    assert_eq!(running.json()["id"], "");
    says(&stage, "Again");
    assert_eq!(running.json()["id"], "");
    assert!(running.end().success());
}

#[test]
fn a_campaign_that_cannot_be_stored_is_not_sent() {
    let stage = Stage::new();
    let file = stage.home.path().join("people.csv");
    fs::write(&file, "to\n+46700000001\n").unwrap();
    let file = file.to_str().unwrap();
    let arguments = ["bulk", "send", file, "--text", "Hi", "--channel", "sms"];
    let output = run(&stage.command(&arguments));
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(text(&output.stderr).contains("the store: "), "{output:?}");
    let sent = stage.runtime.block_on(stage.sandbox().sent()).unwrap();
    assert!(sent.is_empty());
    // With room it goes on as if nothing had been.
    assert!(stage.run(&arguments).status.success());
}

#[test]
fn pages_that_cannot_be_written_are_named() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().to_str().unwrap();
    let output = run(&program(home.path(), &["man", "--folder", folder]));
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(text(&output.stderr).contains(folder), "{output:?}");
}
