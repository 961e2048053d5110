//! Opening a store: where the server is, and what the tables are called.

use std::sync::Arc;

use super::address;
use super::connection::{Connector, Pool};
use super::schema;
use super::tls::Tls;
use super::{PostgresStore, Shared};
use crate::store::StoreError;

/// What the schema is called, unless told otherwise.
const SCHEMA: &str = "sinch_outbox";

/// How many connections a store has at most, unless told otherwise, next to the one that listens.
const CONNECTIONS: usize = 4;

/// How a store is opened; made by [`PostgresStore::builder`].
///
/// ```
/// use sinch_conversation_outbox::PostgresStore;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let address = std::env::var("DATABASE_URL")?;
/// let store = PostgresStore::builder().schema("messages").connections(8).open(&address).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is opened before `open`"]
pub struct PostgresBuilder {
    schema: String,
    connections: usize,
}

impl PostgresBuilder {
    pub(super) fn new() -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            connections: CONNECTIONS,
        }
    }

    /// Sets the schema of the tables: lower-case letters, digits and underscores. `sinch_outbox` by default.
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.schema = name.into();
        self
    }

    /// Sets how many connections the store has at most; 0 counts as 1. 4 by default. One more listens, while there
    /// are workers.
    pub fn connections(mut self, connections: usize) -> Self {
        self.connections = connections.max(1);
        self
    }

    /// Connects, and makes the tables or brings them to this version when they are not there yet. That needs the right
    /// to make a schema in the database, or an empty schema of that name; later on, the rights to select, insert,
    /// update and delete in it do.
    ///
    /// The address is a URL or what libpq calls a connection string; see [`PostgresStore`].
    ///
    /// # Errors
    ///
    /// [`StoreError`] says whether the address is wrong, the server cannot be reached, the schema belongs to another
    /// program, or its tables are too new.
    pub async fn open(self, address: &str) -> Result<PostgresStore, StoreError> {
        schema::check_name(&self.schema)?;
        let config = address::parse(address)?;
        let tls = Tls::new(config.get_ssl_mode());
        let tls = tls.map_err(|error| StoreError::Database(format!("TLS: {error}")))?;
        let connector = Connector {
            config,
            schema: self.schema,
            tls,
        };
        let connection = connector.connect().await?;
        schema::migrate(&connection, &connector.schema).await?;
        let pool = Pool::new(connector, self.connections);
        Ok(PostgresStore {
            shared: Arc::new(Shared::new(pool)),
        })
    }
}
