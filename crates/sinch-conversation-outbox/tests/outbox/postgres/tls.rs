//! Servers that are reached by TLS. Whom a process trusts is said by its environment, so each case is a process.

use std::process::Command;

use sinch_conversation_outbox::{NewRow, Outbox};
use sinch_conversation_test_server::postgres::Postgres;
use sinch_conversation_test_server::tls::{ANOTHER, AUTHORITY};

/// Where a process is told what to open.
const ADDRESS: &str = "OUTBOX_TLS_ADDRESS";

/// The body of a process: this test program, started again for this one test. It has nothing to do when the test program
/// runs by itself.
#[tokio::test]
async fn storing_process() {
    let Ok(address) = std::env::var(ADDRESS) else {
        return;
    };
    let stored = async {
        let outbox = Outbox::open(&address, "q").await?;
        outbox.enqueue([NewRow::new("{}")]).await
    };
    match stored.await {
        Ok(rows) => println!("\nstored {}", rows.len()),
        Err(error) => println!("\n{error:?}: {error}"),
    }
}

/// What comes of storing a row, for a process that trusts only the authorities in this file.
fn store(address: &str, trusted: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trusted.pem");
    std::fs::write(&file, trusted).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "postgres::tls::storing_process", "--nocapture"])
        .env(ADDRESS, address)
        .env("SSL_CERT_FILE", &file)
        .env_remove("SSL_CERT_DIR")
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn a_server_is_reached_by_tls_with_a_trusted_certificate_for_its_name() {
    let Some((server, port)) = Postgres::start_with_tls() else {
        return;
    };
    let at =
        |host: &str, mode: &str| format!("postgres://test@{host}:{port}/postgres?sslmode={mode}");
    for mode in ["require", "verify-ca", "verify-full"] {
        let told = store(&at("localhost", mode), AUTHORITY);
        assert!(told.contains("stored 1"), "{mode}: {told}");
    }
    let socket = server.folder().to_str().unwrap().replace('/', "%2F");
    for (address, trusted, why) in [
        (at("127.0.0.1", "require"), AUTHORITY, "not valid for name"),
        (at("localhost", "require"), ANOTHER, "UnknownIssuer"),
        // The server takes nothing in plain text over the network, and knows no TLS on its socket.
        (at("localhost", "disable"), AUTHORITY, "no encryption"),
        (at(&socket, "require"), AUTHORITY, "does not support TLS"),
    ] {
        let told = store(&address, trusted);
        assert!(
            told.contains(why) && !told.contains("stored"),
            "{address}: {told}"
        );
    }
}

#[tokio::test]
async fn a_socket_needs_no_authority() {
    let Some(server) = super::server() else {
        return;
    };
    let told = store(&server.url(), "");
    assert!(told.contains("stored 1"), "{told}");
}
