//! Foreign files used as the database.

use std::path::Path;

use rusqlite::Connection;
use sinch_conversation_sandbox::{Sandbox, StartError};
use tempfile::TempDir;

use crate::support::Api;

/// Returns the names of the files in a folder.
fn names(folder: &TempDir) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path()).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Checks that a sandbox refuses a file, reports it without SQL, and leaves everything unchanged.
async fn refuses(folder: &TempDir, file: &Path) -> String {
    let (before, others) = (std::fs::read(file).unwrap(), names(folder));
    let started = Sandbox::builder().database(file).start().await;
    let error = started.expect_err("it took the file over");
    assert!(matches!(error, StartError::Database { .. }), "{error}");
    let said = error.to_string();
    for word in ["CREATE", "PRAGMA", "SELECT", "INSERT"] {
        assert!(!said.contains(word), "{said}");
    }
    assert!(said.contains("use another file"), "{said}");
    assert!(std::fs::read(file).unwrap() == before, "{said}");
    assert_eq!(names(folder), others, "{said}");
    said
}

#[tokio::test]
async fn foreign_databases_stay_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    for (number, statements) in [
        "CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('mine');",
        // These have names of the sandbox's tables.
        "CREATE TABLE apps (id TEXT); PRAGMA user_version = 2;",
        "CREATE TABLE apps (id TEXT); PRAGMA journal_mode = WAL; INSERT INTO apps VALUES ('a');",
        "CREATE VIEW one AS SELECT 1;",
        "PRAGMA application_id = 252006675;",
        "PRAGMA user_version = 1;",
        "PRAGMA user_version = -1;",
    ]
    .iter()
    .enumerate()
    {
        let file = folder.path().join(format!("{number}.db"));
        Connection::open(&file)
            .unwrap()
            .execute_batch(statements)
            .unwrap();
        let said = refuses(&folder, &file).await;
        assert!(said.contains("not a database of this sandbox"), "{said}");
    }
}

#[tokio::test]
async fn foreign_files_stay_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    for (number, content) in [
        b"x".to_vec(),
        vec![0; 4096],
        b"SQLite format 3\0".to_vec(),
        b"SQLite format 3\0".repeat(300),
    ]
    .iter()
    .enumerate()
    {
        let file = folder.path().join(format!("{number}.db"));
        std::fs::write(&file, content).unwrap();
        refuses(&folder, &file).await;
    }
}

#[tokio::test]
async fn a_database_of_another_version_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    sandbox.shutdown().await;
    let connection = Connection::open(&file).unwrap();
    connection
        .execute_batch("PRAGMA journal_mode = DELETE; PRAGMA user_version = 1000;")
        .unwrap();
    drop(connection);
    let said = refuses(&folder, &file).await;
    assert!(said.contains("version 1000"), "{said}");
}

#[tokio::test]
async fn an_empty_file_becomes_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    std::fs::write(&file, "").unwrap();
    for _ in 0..2 {
        let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
        Api::of(&sandbox).await.get("apps").await.ok();
        sandbox.shutdown().await;
    }
}

#[tokio::test]
async fn memory_is_memory() {
    let builder = Sandbox::builder().database(":memory:");
    let (one, other) = (builder.clone().start().await, builder.start().await);
    let (one, other) = (one.unwrap(), other.unwrap());
    Api::of(&one).await.app("DISPATCH", &["SMS"]).await;
    let apps = Api::of(&other).await.get("apps").await.ok();
    assert_eq!(apps["apps"], serde_json::json!([]));
    assert!(!Path::new(":memory:").exists());
}

#[tokio::test]
async fn a_file_needs_a_name() {
    let started = Sandbox::builder().database("").start().await;
    let error = started.expect_err("it keeps what nobody finds");
    assert!(matches!(error, StartError::Empty { .. }), "{error}");
}

#[tokio::test]
async fn a_host_name_is_not_an_address() {
    // To SQLite this is a database in memory; as a path it leads through a missing folder.
    let file = "file:/nowhere/sandbox.db?mode=memory";
    let started = Sandbox::builder().database(file).start().await;
    let error = started.expect_err("it is kept nowhere");
    assert!(matches!(error, StartError::Database { .. }), "{error}");
}
