//! Connections, and transactions on them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Row, Statement};

use super::error::database_error;
use super::tls::Tls;
use crate::store::StoreError;

/// Values of a statement.
pub(super) type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// What is needed to connect.
#[derive(Clone)]
pub(super) struct Connector {
    pub(super) config: Config,
    pub(super) schema: String,
    pub(super) tls: Tls,
}

impl Connector {
    /// Connects. The connection is served by a task, which ends with it.
    pub(super) async fn connect(&self) -> Result<Connection, StoreError> {
        let connected = self.config.connect(self.tls.clone()).await;
        let (client, serving) = connected.map_err(|error| database_error(&error))?;
        tokio::spawn(async move {
            if let Err(error) = serving.await {
                tracing::debug!(error = %database_error(&error), "a connection to Postgres ended");
            }
        });
        let connection = Connection {
            client,
            statements: Mutex::default(),
        };
        connection.execute_all(&self.settings()).await?;
        Ok(connection)
    }

    /// What holds for each connection. What is acknowledged is on the disk, whatever the default of the server is.
    pub(super) fn settings(&self) -> String {
        format!(
            "SET search_path TO {}, pg_temp;
             SET default_transaction_isolation TO 'read committed';
             SET lock_timeout TO '30s';
             SET idle_in_transaction_session_timeout TO '60s';
             SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
            self.schema
        )
    }
}

pub(super) struct Connection {
    client: Client,
    statements: Mutex<HashMap<String, Statement>>,
}

impl Connection {
    /// Runs statements without values.
    pub(super) async fn execute_all(&self, sql: &str) -> Result<(), StoreError> {
        let done = self.client.batch_execute(sql).await;
        done.map_err(|error| database_error(&error))
    }

    /// Prepares a statement, once.
    async fn prepare(&self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(known) = lock(&self.statements).get(sql) {
            return Ok(known.clone());
        }
        let prepared = self.client.prepare(sql).await;
        let prepared = prepared.map_err(|error| database_error(&error))?;
        lock(&self.statements).insert(sql.to_owned(), prepared.clone());
        Ok(prepared)
    }

    pub(super) async fn query(
        &self,
        sql: &str,
        values: Values<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        let statement = self.prepare(sql).await?;
        let rows = self.client.query(&statement, values).await;
        rows.map_err(|error| database_error(&error))
    }

    pub(super) async fn first(
        &self,
        sql: &str,
        values: Values<'_>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, values).await?.into_iter().next())
    }

    pub(super) async fn execute(&self, sql: &str, values: Values<'_>) -> Result<usize, StoreError> {
        let statement = self.prepare(sql).await?;
        let changed = self.client.execute(&statement, values).await;
        let changed = changed.map_err(|error| database_error(&error))?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    fn is_closed(&self) -> bool {
        self.client.is_closed()
    }
}

/// A few connections, made when they are needed.
pub(super) struct Pool {
    pub(super) connector: Connector,
    idle: Mutex<Vec<Connection>>,
    permits: Semaphore,
    /// The numbers of queues, which never change.
    queues: Mutex<HashMap<String, i64>>,
}

/// A connection that is in use. One that is dropped without being given back is closed, and with it its transaction.
pub(super) struct Session<'a> {
    connection: Connection,
    pub(super) pool: &'a Pool,
    _permit: SemaphorePermit<'a>,
}

impl Pool {
    pub(super) fn new(connector: Connector, connections: usize) -> Arc<Self> {
        Arc::new(Self {
            connector,
            idle: Mutex::default(),
            permits: Semaphore::new(connections),
            queues: Mutex::default(),
        })
    }

    pub(super) async fn session(&self) -> Result<Session<'_>, StoreError> {
        let permit = self.permits.acquire().await;
        let permit = permit.map_err(|_| StoreError::Closed)?;
        let idle = {
            let mut idle = lock(&self.idle);
            idle.retain(|connection| !connection.is_closed());
            idle.pop()
        };
        let connection = match idle {
            Some(connection) => connection,
            None => self.connector.connect().await?,
        };
        Ok(Session {
            connection,
            pool: self,
            _permit: permit,
        })
    }

    /// Closes the connections that are idle, and lends no more.
    pub(super) fn close(&self) {
        self.permits.close();
        lock(&self.idle).clear();
    }

    pub(super) fn known_queue(&self, name: &str) -> Option<i64> {
        lock(&self.queues).get(name).copied()
    }

    pub(super) fn learn_queue(&self, name: &str, id: i64) {
        lock(&self.queues).insert(name.to_owned(), id);
    }
}

impl Session<'_> {
    /// Wakes workers or handlers after the commit.
    pub(super) async fn announce(&self, queue: &str) -> Result<(), StoreError> {
        let channel = &self.pool.connector.schema;
        let sql = "SELECT pg_notify($1, $2)";
        self.query(sql, &[channel, &queue]).await?;
        Ok(())
    }

    pub(super) fn give_back(self) {
        if !self.pool.permits.is_closed() && !self.connection.is_closed() {
            lock(&self.pool.idle).push(self.connection);
        }
    }
}

impl std::ops::Deref for Session<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
