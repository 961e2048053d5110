//! The browser itself: shared by all tests, restarted if needed, and closed at the end.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;
use sinch_conversation_sandbox::Sandbox;

use crate::browser::{Browser, browse};
use crate::driver::Programs;

const PATIENCE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(20);

#[tokio::test(flavor = "multi_thread")]
async fn tests_share_a_browser_and_no_tab() {
    let mut sessions = Vec::new();
    for _ in 0..2 {
        let sandbox = Sandbox::start().await.unwrap();
        browse(&sandbox, async |page| {
            page.open("").await;
            assert_eq!(page.ask("return innerWidth", vec![]).await, 1360);
            assert_eq!(page.ask("return history.length", vec![]).await, json!(2));
            page.set_width(380).await;
            sessions.push(page.session());
        })
        .await;
    }
    sessions.dedup();
    assert!(sessions.len() < 2, "{sessions:?}");
}

#[tokio::test]
async fn a_driver_that_does_not_respond_is_replaced() {
    let Some(programs) = Programs::find() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let silent_once = folder.path().join("chromedriver");
    let script = format!(
        "#!/bin/sh\nmkdir \"$0.began\" 2>/dev/null && exec sleep 600\nexec {} \"$@\"\n",
        programs.chromedriver.display(),
    );
    fs::write(&silent_once, script).unwrap();
    fs::set_permissions(&silent_once, fs::Permissions::from_mode(0o755)).unwrap();
    let programs = Programs {
        chromedriver: silent_once,
        ..programs
    };
    let browser = Browser::start(&programs, [Duration::from_secs(1), PATIENCE]).await;
    assert!(folder.path().join("chromedriver.began").exists());

    // The same between two tests.
    browser.web.clone().quit().await.unwrap();
    let browser = Browser::ready(Some(browser), &programs).await;
    assert_eq!(browser.web.windows().await.unwrap().len(), 1);
    browser.stop().await;
}

/// Runs another test in its own process, and checks what it leaves behind.
#[tokio::test]
async fn the_browser_ends_with_the_tests() {
    if Programs::find().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let run = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "layout::a_reset_empties_the_page"])
        .env("TMPDIR", folder.path())
        .output()
        .unwrap();
    assert!(run.status.success(), "{run:?}");
    let deadline = Instant::now() + PATIENCE;
    while !is_empty(folder.path()) || is_used(folder.path()) {
        assert!(Instant::now() < deadline, "something is left");
        tokio::time::sleep(PAUSE).await;
    }
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

/// Returns whether the command line of a process contains the folder.
fn is_used(folder: &Path) -> bool {
    let name = folder.to_str().unwrap().as_bytes();
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .any(|process| {
            let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
            line.windows(name.len()).any(|part| part == name)
        })
}
