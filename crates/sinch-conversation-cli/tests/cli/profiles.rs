//! Settings: their order, and the file.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::support::{Stage, program, text};

fn file(home: &Path) -> PathBuf {
    home.join(".config/sinch-conversation/config.toml")
}

fn with_input(mut command: Command, input: &str) -> Output {
    let piped = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    // A command that fails before may have closed its stdin.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// Logs in to the sandbox without variables.
fn login(stage: &Stage, home: &Path, secret: &str) -> Output {
    let endpoints = stage.sandbox().endpoints();
    let arguments = [
        "auth",
        "login",
        "--with-secret",
        "--project",
        endpoints.project_id(),
        "--endpoint",
        endpoints.conversation(),
        "--key-id",
        endpoints.key_id(),
    ];
    with_input(program(home, &arguments), secret)
}

#[test]
fn a_login_is_stored_for_its_owner_alone() {
    let stage = Stage::new();
    let home = stage.home.path();
    let output = login(&stage, home, "the-s3cret\n");
    assert!(output.status.success(), "{output:?}");
    assert!(!text(&output.stderr).contains("the-s3cret"));
    let list = program(home, &["apps", "list"]).output().unwrap();
    assert!(list.status.success(), "{list:?}");
    for arguments in [&["auth", "status"][..], &["profile", "list"]] {
        let shown = program(home, arguments).output().unwrap();
        assert!(shown.status.success(), "{shown:?}");
        assert!(!text(&shown.stdout).contains("the-s3cret"), "{shown:?}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&file(home)), 0o600);
        assert_eq!(mode(file(home).parent().unwrap()), 0o700);

        fs::set_permissions(file(home), fs::Permissions::from_mode(0o644)).unwrap();
        let list = program(home, &["apps", "list"]).output().unwrap();
        assert!(
            list.status.success() && text(&list.stderr).contains("could be read by others"),
            "{list:?}"
        );
        assert_eq!(mode(&file(home)), 0o600);
    }
    let output = program(home, &["auth", "logout"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(
        !fs::read_to_string(file(home))
            .unwrap()
            .contains("the-s3cret")
    );
    let list = program(home, &["apps", "list"]).output().unwrap();
    assert_eq!(list.status.code(), Some(2));
}

#[test]
fn a_refused_key_is_not_stored() {
    let stage = Stage::new();
    let keys = stage.runtime.block_on(async {
        let sandbox = sinch_conversation_sandbox::Sandbox::builder().access_key("k", "right");
        sandbox.start().await.unwrap()
    });
    let home = stage.home.path();
    let url = keys.endpoints().conversation();
    let arguments = [
        "auth",
        "login",
        "--with-secret",
        "--project",
        "p",
        "--endpoint",
        url,
        "--key-id",
        "k",
    ];
    let output = with_input(program(home, &arguments), "wrong");
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(!file(home).exists());
}

#[test]
fn options_come_before_variables_and_variables_before_the_profile() {
    let home = tempfile::tempdir().unwrap();
    let add = [
        "profile",
        "add",
        "work",
        "--project",
        "of-profile",
        "--region",
        "br",
        "--app",
        "APP",
    ];
    assert!(program(home.path(), &add).status().unwrap().success());
    assert!(
        program(home.path(), &["profile", "use", "work"])
            .status()
            .unwrap()
            .success()
    );
    let status = |command: &mut Command| -> Value {
        serde_json::from_slice(&command.output().unwrap().stdout).unwrap()
    };
    let shown = status(&mut program(home.path(), &["auth", "status"]));
    assert_eq!(
        (&shown["project"], &shown["project_from"]),
        (&"of-profile".into(), &"profile".into())
    );
    assert_eq!(
        (&shown["region"], &shown["app"]),
        (&"br".into(), &"APP".into())
    );

    let mut command = program(home.path(), &["auth", "status"]);
    let shown = status(command.env("SINCH_PROJECT_ID", "of-variable"));
    assert_eq!(
        (&shown["project"], &shown["project_from"]),
        (&"of-variable".into(), &"variable".into())
    );

    let mut command = program(home.path(), &["auth", "status", "--project", "of-option"]);
    let shown = status(command.env("SINCH_PROJECT_ID", "of-variable"));
    assert_eq!(
        (&shown["project"], &shown["project_from"]),
        (&"of-option".into(), &"option".into())
    );
}

#[test]
fn a_key_of_the_variables_has_no_secret_of_a_profile() {
    let stage = Stage::new();
    let home = stage.home.path();
    assert!(login(&stage, home, "secret-of-profile").status.success());
    let mut command = program(home, &["apps", "list"]);
    let output = command.env("SINCH_KEY_ID", "another").output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(
        text(&output.stderr).contains("SINCH_KEY_SECRET"),
        "{output:?}"
    );
}

#[test]
fn profiles_written_at_once_are_all_there() {
    let home = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..12).map(|number| format!("p{number}")).collect();
    let children: Vec<_> = names
        .iter()
        .map(|name| {
            program(home.path(), &["profile", "add", name, "--project", name])
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let list = program(home.path(), &["profile", "list", "--output", "ids"])
        .output()
        .unwrap();
    let mut listed: Vec<&str> = text(&list.stdout).lines().collect();
    listed.sort_unstable();
    let mut expected: Vec<&str> = names.iter().map(String::as_str).collect();
    expected.sort_unstable();
    assert_eq!(listed, expected);
}

#[test]
fn comments_in_the_file_stay() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(file(home.path()).parent().unwrap()).unwrap();
    fs::write(
        file(home.path()),
        "# mine\n[profiles.a] # the first\nproject = \"p\"\n",
    )
    .unwrap();
    assert!(
        program(home.path(), &["profile", "add", "b", "--project", "q"])
            .status()
            .unwrap()
            .success()
    );
    let text = fs::read_to_string(file(home.path())).unwrap();
    assert!(
        text.contains("# mine") && text.contains("# the first") && text.contains("[profiles.b]"),
        "{text}"
    );
}

#[test]
fn without_a_home_folder_variables_are_enough() {
    let stage = Stage::new();
    let mut command = stage.command(&["apps", "list"]);
    let output = command.env("HOME", "").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(text(&output.stderr), "");
    let mut command = stage.command(&["profile", "add", "x"]);
    let output = command.env("HOME", "").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("no home folder"),
        "{output:?}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_home_that_cannot_be_written_is_a_failure_of_writing_alone() {
    let stage = Stage::new();
    let read_only = "/proc/self";
    let mut command = stage.command(&["apps", "list"]);
    assert!(
        command
            .env("HOME", read_only)
            .output()
            .unwrap()
            .status
            .success()
    );
    let mut command = stage.command(&["profile", "add", "x"]);
    let output = command.env("HOME", read_only).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("config.toml"), "{output:?}");
}

#[test]
fn a_file_that_cannot_be_read_is_a_warning_unless_it_is_needed() {
    let stage = Stage::new();
    let home = stage.home.path();
    fs::create_dir_all(file(home)).unwrap();
    let output = stage.run(&["apps", "list"]);
    assert!(output.status.success(), "{output:?}");
    assert!(text(&output.stderr).starts_with("warning: "), "{output:?}");
    let output = stage.run(&["apps", "list", "--profile", "x"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");

    fs::remove_dir(file(home)).unwrap();
    fs::write(file(home), "key_secret = the-s3cret\n").unwrap();
    let output = stage.run(&["apps", "list", "--profile", "x"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(!text(&output.stderr).contains("the-s3cret"), "{output:?}");
}
