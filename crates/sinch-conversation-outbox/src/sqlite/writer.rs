//! The thread that has the connection, and makes many requests one transaction.
//!
//! A commit waits for the disk, so what has queued up meanwhile is committed together. Each request is in a savepoint
//! of its own: when one fails, the others are stored. Nobody gets an answer before the commit.

use std::sync::{Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::error::database_error;
use super::file::OpenFiles;
use super::scope::Scope;
use crate::store::StoreError;

/// The most requests of one transaction, so that one slow disk does not hold up all answers for long.
const TOGETHER: usize = 64;

/// Tells the caller, once the transaction is stored or has failed.
type Reply = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// A request: does its work within a transaction, or learns that there is none.
type Request = Box<dyn FnOnce(Result<&Connection, StoreError>) -> Reply + Send>;

pub(super) struct Writer {
    /// `None` once it is closed.
    requests: Mutex<Option<mpsc::Sender<Request>>>,
    handle: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    pub(super) fn start(connection: Connection, files: OpenFiles) -> Result<Self, StoreError> {
        let (requests, queue) = mpsc::channel();
        let handle = thread::Builder::new()
            .name("outbox-store".to_owned())
            .spawn(move || run(&connection, &files, &queue))
            .map_err(|error| StoreError::Database(error.to_string()))?;
        Ok(Self {
            requests: Mutex::new(Some(requests)),
            handle: Mutex::new(Some(handle)),
        })
    }

    /// Does work in a transaction. It is done also when nobody waits for the answer any more.
    pub(super) async fn run<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&Scope<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let request: Request = Box::new(move |connection| {
            let result = connection.and_then(|connection| within_savepoint(connection, work));
            Box::new(move |committed| {
                // The caller may have gone.
                let _ = reply.send(result.and_then(|answer| committed.map(|()| answer)));
            })
        });
        self.queue(request)?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    fn queue(&self, request: Request) -> Result<(), StoreError> {
        let requests = lock(&self.requests);
        let requests = requests.as_ref().ok_or(StoreError::Closed)?;
        requests.send(request).map_err(|_| StoreError::Closed)
    }

    /// Ends the thread after what is queued. Returns when the connection is closed.
    pub(super) fn close(&self) {
        lock(&self.requests).take();
        if let Some(handle) = lock(&self.handle).take() {
            // A panic was reported by its hook.
            let _ = handle.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run(connection: &Connection, files: &OpenFiles, queue: &mpsc::Receiver<Request>) {
    while let Ok(first) = queue.recv() {
        let mut requests = vec![first];
        requests.extend(queue.try_iter().take(TOGETHER - 1));
        perform(connection, files, requests);
    }
}

fn perform(connection: &Connection, files: &OpenFiles, requests: Vec<Request>) {
    let begun = files
        .check()
        .and_then(|()| execute(connection, "BEGIN IMMEDIATE"));
    let is_open = || match &begun {
        // After some errors, a full disk for one, SQLite has ended the whole transaction.
        Ok(()) if connection.is_autocommit() => Err(StoreError::RolledBack),
        other => other.clone(),
    };
    let replies: Vec<Reply> = requests
        .into_iter()
        .map(|request| request(is_open().map(|()| connection)))
        .collect();
    let stored = is_open().and_then(|()| {
        execute(connection, "COMMIT").inspect_err(|_| {
            // It is over already after some errors.
            let _ = execute(connection, "ROLLBACK");
        })
    });
    let stored = stored.and_then(|()| files.check());
    for reply in replies {
        reply(stored.clone());
    }
}

fn within_savepoint<T>(
    connection: &Connection,
    work: impl FnOnce(&Scope<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    execute(connection, "SAVEPOINT request")?;
    let scope = Scope::new(connection);
    let result = work(&scope).and_then(|answer| scope.finish().map(|()| answer));
    if result.is_err() {
        // The transaction may be gone, see `perform`. What counts is why.
        let _ = execute(connection, "ROLLBACK TO request");
        let _ = execute(connection, "RELEASE request");
        return result;
    }
    execute(connection, "RELEASE request")?;
    result
}

fn execute(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(database_error)?;
    statement.execute([]).map(|_| ()).map_err(database_error)
}
