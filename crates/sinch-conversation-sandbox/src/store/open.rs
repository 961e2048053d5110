//! Opens a database: a new one, or one of a sandbox. Any other file is left alone.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use super::schema;

/// Why the store could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error("no file name was given")]
    NoName,
    #[error("it is in use by another process")]
    InUse,
    #[error("it is not a database of this sandbox")]
    Foreign,
    #[error("its tables have version {found}, this program needs version {expected}", expected = schema::VERSION)]
    OtherVersion { found: i64 },
    #[error("{}", plain(.0))]
    Sqlite(rusqlite::Error),
    #[error("its thread cannot be started: {0}")]
    Thread(std::io::Error),
}

/// SQLite's name for a database in memory.
const MEMORY: &str = ":memory:";

/// The first bytes of a SQLite file.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// The most prepared statements in the cache: more than there are.
const STATEMENTS: usize = 512;

/// Opens the file, or a database in memory, and creates the tables if it is empty.
pub(super) fn open(file: Option<&Path>) -> Result<Connection, OpenError> {
    let mut connection = match file {
        None => Connection::open_in_memory().map_err(open_error)?,
        Some(path) if path == Path::new(MEMORY) => {
            Connection::open_in_memory().map_err(open_error)?
        }
        Some(path) => open_file(path)?,
    };
    connection
        .busy_timeout(Duration::ZERO)
        .map_err(open_error)?;
    // Nothing is written before this check.
    is_new(&connection)?;
    configure(&connection).map_err(open_error)?;
    make_tables(&mut connection)?;
    Ok(connection)
}

fn open_file(path: &Path) -> Result<Connection, OpenError> {
    if path.as_os_str().is_empty() {
        return Err(OpenError::NoName);
    }
    keep_private(path);
    if holds_something_else(path) {
        return Err(OpenError::Foreign);
    }
    // With a folder in front of it, no path can be taken for a URI by SQLite.
    Connection::open(Path::new(".").join(path)).map_err(open_error)
}

/// Makes a new database readable for its owner only: it holds secrets. An error here happens again, and is reported,
/// when the database is opened.
#[cfg(unix)]
fn keep_private(path: &Path) {
    use std::os::unix::fs::OpenOptionsExt;
    let _ = std::fs::OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path);
}

#[cfg(not(unix))]
fn keep_private(_: &Path) {}

/// Returns whether a file is not a database. SQLite takes some of these for empty databases.
fn holds_something_else(path: &Path) -> bool {
    let mut begin = Vec::new();
    let length = u64::try_from(MAGIC.len()).unwrap_or(u64::MAX);
    let mut read = || File::open(path)?.take(length).read_to_end(&mut begin);
    path.is_file() && read().is_ok() && !begin.is_empty() && begin != MAGIC
}

/// Returns whether the database is empty. Refuses one that is not of this version of the sandbox.
fn is_new(connection: &Connection) -> Result<bool, OpenError> {
    let number = |sql: &str| -> Result<i64, OpenError> {
        connection
            .query_row(sql, [], |row| row.get(0))
            .map_err(open_error)
    };
    let application = number("PRAGMA application_id")?;
    let version = number("PRAGMA user_version")?;
    let objects = number("SELECT count(*) FROM sqlite_master")?;
    match (application, version) {
        (schema::APPLICATION, schema::VERSION) => Ok(false),
        (schema::APPLICATION, found) => Err(OpenError::OtherVersion { found }),
        (0, 0) if objects == 0 => Ok(true),
        _ => Err(OpenError::Foreign),
    }
}

/// The exclusive lock keeps a second sandbox off the file. WAL with FULL syncs each commit before the caller gets the
/// result, so that what was acknowledged survives a kill of the process. Each request has a savepoint, which keeps a copy
/// of every page that is changed in it: `temp_store` has these copies in memory instead of in a file.
fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA temp_store = MEMORY;
         PRAGMA foreign_keys = ON;",
    )
}

/// Creates the tables, unless another sandbox has created them by now.
fn make_tables(connection: &mut Connection) -> Result<(), OpenError> {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Exclusive)
        .map_err(open_error)?;
    if is_new(&transaction)? {
        let made = transaction
            .execute_batch(schema::TABLES)
            .and_then(|()| transaction.pragma_update(None, "application_id", schema::APPLICATION))
            .and_then(|()| transaction.pragma_update(None, "user_version", schema::VERSION));
        made.map_err(open_error)?;
    }
    transaction.commit().map_err(open_error)
}

fn open_error(error: rusqlite::Error) -> OpenError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::InUse,
        _ => OpenError::Sqlite(error),
    }
}

/// Returns the message of an error, without the SQL statement.
pub(super) fn plain(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    }
}
