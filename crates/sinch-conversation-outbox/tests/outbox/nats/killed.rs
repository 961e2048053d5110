//! Processes that store messages, and are killed with -9.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sinch_conversation_outbox::{Outbox, SqliteStore};

use super::server::Server;
use super::source::{SEND, WINDOW, consumer, open, publish, rows, served, source};
use crate::inbox::until;

/// Where a source process is told what to work on.
const SETUP: &str = "OUTBOX_SOURCE_SETUP";

/// The body of a source process: this test program, started again for this one test.
#[tokio::test]
async fn source_process() {
    let Ok(setup) = std::env::var(SETUP) else {
        return;
    };
    let (file, url) = setup.split_once('|').unwrap();
    let options = async_nats::ConnectOptions::with_user_and_password("test".into(), "test".into());
    let context = async_nats::jetstream::new(options.connect(url).await.unwrap());
    let consumer = consumer(&context, Duration::from_secs(1)).await;
    let outbox = Outbox::new(SqliteStore::open(file).unwrap(), "q");
    source(&outbox, &context, consumer)
        .slice(3)
        .run()
        .await
        .unwrap();
}

fn process(file: &Path, server: &Server) -> Child {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "nats::killed::source_process", "--nocapture"])
        .env(SETUP, format!("{}|{}", file.display(), server.url()))
        .stdout(Stdio::null())
        .spawn();
    child.unwrap()
}

#[tokio::test]
async fn a_process_that_is_killed_between_store_and_acknowledgement_doubles_nothing() {
    let Some((server, context)) = served(WINDOW).await else {
        return;
    };
    let messages = 400;
    for _ in 0..messages {
        publish(&context, &[], SEND).await;
    }
    consumer(&context, Duration::from_secs(1)).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let outbox = Outbox::new(SqliteStore::open(&file).unwrap(), "q");
    for kill in 1..=6 {
        let mut running = process(&file, &server);
        let enough = messages * kill / 7;
        until(async || rows(&outbox).await >= enough).await;
        running.kill().unwrap();
        running.wait().unwrap();
    }
    let mut running = process(&file, &server);
    until(async || open(&context).await == 0).await;
    running.kill().unwrap();
    running.wait().unwrap();
    assert_eq!(rows(&outbox).await, messages);
}
