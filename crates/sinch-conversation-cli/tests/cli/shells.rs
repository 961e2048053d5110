//! Completion scripts and manual pages.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{program, skip, text};

/// Returns the script of a shell in a file, or `None` after a message when the shell is not installed.
fn script(home: &Path, shell: &str) -> Option<PathBuf> {
    let output = program(home, &["completion", shell]).output().unwrap();
    let script = text(&output.stdout);
    for word in ["conversations", "list-recent", "page-size", "send"] {
        assert!(script.contains(word), "{shell}: {word}");
    }
    let file = home.join(shell);
    std::fs::write(&file, script).unwrap();
    if Command::new(shell).args(["-c", "true"]).output().is_err() {
        skip(shell, shell, "CLI_REQUIRE_SHELLS");
        return None;
    }
    Some(file)
}

/// Runs a script of a shell that must write nothing to stderr, and returns what it has written.
fn run(home: &Path, shell: &str, text_of_script: &str) -> String {
    let mut command = Command::new(shell);
    command.args(["-c", text_of_script]).env("HOME", home);
    let output = command.output().unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{output:?}"
    );
    text(&output.stdout).trim().to_owned()
}

#[test]
fn bash_completes_verbs() {
    let home = tempfile::tempdir().unwrap();
    let Some(file) = script(home.path(), "bash") else {
        return;
    };
    let asked = format!(
        "source {}; name=$(complete -p sinch-conversation | sed 's/.* -F \\([^ ]*\\).*/\\1/'); \
         COMP_WORDS=(sinch-conversation contacts get-); COMP_CWORD=2; \
         $name sinch-conversation get- contacts; echo \"${{COMPREPLY[@]}}\"",
        file.display()
    );
    assert_eq!(run(home.path(), "bash", &asked), "get-channel-profile");
}

#[test]
fn fish_completes_verbs() {
    let home = tempfile::tempdir().unwrap();
    let Some(file) = script(home.path(), "fish") else {
        return;
    };
    let asked = format!(
        "source {}; complete -C 'sinch-conversation contacts get-'",
        file.display()
    );
    let written = run(home.path(), "fish", &asked);
    let names: Vec<&str> = written.split_whitespace().take(1).collect();
    assert_eq!(
        (names, written.lines().count()),
        (vec!["get-channel-profile"], 1)
    );
}

/// Zsh completes what is typed, and so needs a terminal.
#[cfg(target_os = "linux")]
#[test]
fn zsh_completes_verbs() {
    let home = tempfile::tempdir().unwrap();
    let Some(file) = script(home.path(), "zsh") else {
        return;
    };
    let mut command = Command::new("zsh");
    command.args(["-f", "-i"]).env("HOME", home.path());
    command.env("TERM", "xterm").env("PATH", "/usr/bin:/bin");
    let mut screen = crate::screen::Screen::start(&command);
    let load = format!(
        "autoload -U compinit; compinit -D; source {}; echo loa''ded\n",
        file.display()
    );
    screen.types(&load);
    screen.wait_for("loaded");
    screen.types("echo sinch-conversation; sinch-conversation contacts get-c\t");
    let shown = screen.wait_for("get-channel-profile");
    assert!(!shown.contains("command not found: comp"), "{shown}");
}

#[test]
fn each_command_has_a_page() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("man");
    std::fs::create_dir(&folder).unwrap();
    let arguments = ["man", "--folder", folder.to_str().unwrap()];
    let output = program(home.path(), &arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    for page in [
        "sinch-conversation",
        "sinch-conversation-apps-list",
        "sinch-conversation-send",
    ] {
        assert!(folder.join(format!("{page}.1")).exists(), "{page}");
    }
}
