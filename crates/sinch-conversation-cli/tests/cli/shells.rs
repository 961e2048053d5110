//! Completion scripts and manual pages.

use std::process::Command;

use crate::support::{program, text};

#[test]
fn shells_load_their_scripts() {
    let home = tempfile::tempdir().unwrap();
    for (shell, check) in [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")] {
        let output = program(home.path(), &["completion", shell])
            .output()
            .unwrap();
        let script = text(&output.stdout);
        for word in ["conversations", "list-recent", "page-size", "send"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
        let file = home.path().join(shell);
        std::fs::write(&file, script).unwrap();
        // A shell that is not installed is not asked.
        if let Ok(output) = Command::new(shell).arg(check).arg(&file).output() {
            assert!(output.status.success(), "{shell}: {output:?}");
        }
    }
}

#[test]
fn bash_completes_verbs() {
    let home = tempfile::tempdir().unwrap();
    let output = program(home.path(), &["completion", "bash"])
        .output()
        .unwrap();
    let script = format!(
        "{}\nCOMP_WORDS=(sinch-conversation contacts get-); COMP_CWORD=2; \
         _sinch-conversation sinch-conversation get- contacts; echo \"${{COMPREPLY[@]}}\"",
        text(&output.stdout)
    );
    let Ok(output) = Command::new("bash").args(["-c", &script]).output() else {
        return;
    };
    assert_eq!(
        text(&output.stdout).trim(),
        "get-channel-profile",
        "{output:?}"
    );
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
