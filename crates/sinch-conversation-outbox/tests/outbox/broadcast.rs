//! The example, killed and started again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use sinch_conversation_sandbox::{LoggedRequest, Sandbox};
use tokio::process::Command;

use crate::api;

const NUMBERS: usize = 300;

/// Cargo builds the examples of a package before it runs its tests.
fn example() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(|folder| folder.parent()).unwrap();
    let program = format!("broadcast{}", std::env::consts::EXE_SUFFIX);
    folder.join("examples").join(program)
}

fn command(sandbox: &Sandbox, numbers: &Path, address: &str) -> Command {
    let at = sandbox.endpoints();
    let mut command = Command::new(example());
    command
        .args([
            "reopening",
            numbers.to_str().unwrap(),
            "We open again on Monday",
            address,
        ])
        .env("SINCH_PROJECT_ID", at.project_id())
        .env("SINCH_KEY_ID", at.key_id())
        .env("SINCH_KEY_SECRET", at.key_secret())
        .env("SINCH_CONVERSATION_URL", at.conversation())
        .env("SINCH_TEMPLATE_URL", at.template())
        .env("SINCH_BATCH_URL", at.batch())
        .env("SINCH_AUTH_URL", at.auth())
        .env("SINCH_APP_ID", api::APP)
        .kill_on_drop(true);
    command
}

async fn to_its_end(mut command: Command) -> Output {
    let output = tokio::time::timeout(Duration::from_secs(200), command.output());
    output.await.unwrap().unwrap()
}

#[tokio::test]
async fn a_broadcast_may_be_killed_and_started_again() {
    let folder = tempfile::tempdir().unwrap();
    kill_and_start_again(folder.path().join("rows.db").to_str().unwrap()).await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_broadcast_in_postgres_may_be_killed_and_started_again() {
    let server = sinch_conversation_test_server::postgres::Postgres::start();
    if let Some(server) = server {
        kill_and_start_again(&server.url()).await;
    }
}

/// With the rows at this address.
async fn kill_and_start_again(address: &str) {
    let sandbox = api::sandbox().await;
    let folder = tempfile::tempdir().unwrap();
    let numbers = folder.path().join("numbers.txt");
    let lines: Vec<_> = (0..NUMBERS)
        .map(|number| format!("+4670{number:07}"))
        .collect();
    std::fs::write(&numbers, lines.join("\n")).unwrap();

    let mut first = command(&sandbox, &numbers, address)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let is_send = |request: &LoggedRequest| request.operation == Some("Messages_SendMessage");
    let sent = sandbox
        .wait_for_request(Duration::from_secs(60), is_send)
        .await;
    assert!(sent.is_ok(), "nothing was sent");
    first.kill().await.unwrap();

    let second = to_its_end(command(&sandbox, &numbers, address)).await;
    let told = String::from_utf8(second.stdout).unwrap();
    assert!(second.status.success(), "{told}");
    let sent = sandbox.sent().await.unwrap();
    let rows: BTreeSet<_> = sent.iter().map(|sent| &sent.correlation_id).collect();
    assert_eq!(rows.len(), sent.len(), "doubled\n{told}");

    // Once more: there is nothing left to do.
    let third = to_its_end(command(&sandbox, &numbers, address)).await;
    let told = String::from_utf8(third.stdout).unwrap();
    assert!(
        told.contains("0 numbers are new") && told.contains("0 messages were accepted"),
        "{told}"
    );
    assert_eq!(sandbox.sent().await.unwrap().len(), sent.len());
}
