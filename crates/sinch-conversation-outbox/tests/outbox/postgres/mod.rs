//! The store in Postgres: what every store does, and what comes with a server and with many workers.

mod callbacks;
mod locks;
mod server;
mod sql;
mod tls;
mod workers;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sinch_conversation_outbox::PostgresStore;
use sinch_conversation_test_server::postgres::Postgres;

use crate::conformance::conformance;

/// The server of all tests, which ends with their process. The machine does not crash, so it need not wait for the disk;
/// tests that crash a server have one of their own.
fn server() -> Option<&'static Postgres> {
    static SERVER: OnceLock<Option<Postgres>> = OnceLock::new();
    SERVER
        .get_or_init(|| Postgres::start_with("max_connections = 400\nfsync = off"))
        .as_ref()
}

/// The name of a schema that nobody else has.
fn schema() -> String {
    static LAST: AtomicU32 = AtomicU32::new(0);
    format!("test_{}", LAST.fetch_add(1, Ordering::Relaxed))
}

async fn open(server: &Postgres, schema: &str) -> PostgresStore {
    let builder = PostgresStore::builder().schema(schema);
    builder.open(&server.url()).await.unwrap()
}

/// An empty store; `None` where there is no Postgres.
pub(crate) async fn store() -> Option<PostgresStore> {
    Some(open(server()?, &schema()).await)
}

conformance!(store);
