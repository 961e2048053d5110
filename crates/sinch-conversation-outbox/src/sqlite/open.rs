//! Opens the database: a new one, or one that this crate has made. Anything else stays as it is.

use std::fs::OpenOptions;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::error::database_error;
use super::schema;
use crate::store::StoreError;

/// How many statements are kept prepared: more than there are.
const STATEMENTS: usize = 128;

/// What a file of SQLite begins with.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// How a file is opened.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) busy_timeout: Duration,
    pub(super) max_bytes: Option<u64>,
}

/// Opens the file, or a database in memory, and brings its tables to this version.
pub(super) fn open(file: Option<&Path>, settings: &Settings) -> Result<Connection, StoreError> {
    let mut connection = match file {
        None => Connection::open_in_memory().map_err(database_error)?,
        Some(path) => open_file(path)?,
    };
    connection
        .busy_timeout(settings.busy_timeout)
        .map_err(database_error)?;
    // Nothing is written before this.
    found_version(&connection)?;
    configure(&connection).map_err(database_error)?;
    migrate(&mut connection)?;
    if let Some(bytes) = settings.max_bytes {
        limit_size(&connection, bytes).map_err(database_error)?;
    }
    Ok(connection)
}

fn open_file(path: &Path) -> Result<Connection, StoreError> {
    keep_private(path);
    if holds_something_else(path) {
        return Err(StoreError::Corrupt("the file is no database".to_owned()));
    }
    // With a folder before it, nothing looks like a URI of SQLite.
    Connection::open(Path::new(".").join(path)).map_err(database_error)
}

/// Makes a new database readable for its owner only: it holds people's addresses and what is said to them. What goes
/// wrong here goes wrong again, and is told, when the database is opened.
fn keep_private(path: &Path) {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _ = options.open(path);
}

/// Whether a file holds what is no database. SQLite takes some of these for empty databases.
fn holds_something_else(path: &Path) -> bool {
    let mut begin = Vec::new();
    let length = u64::try_from(MAGIC.len()).unwrap_or(u64::MAX);
    let mut read = || {
        let file = std::fs::File::open(path)?;
        file.take(length).read_to_end(&mut begin)
    };
    path.is_file() && read().is_ok() && !begin.is_empty() && begin != MAGIC
}

/// The version of the tables; 0 when there is nothing in the database.
fn found_version(connection: &Connection) -> Result<i64, StoreError> {
    let number = |sql: &str| -> Result<i64, StoreError> {
        let row = connection.query_row(sql, [], |row| row.get(0));
        row.map_err(database_error)
    };
    let application = number("PRAGMA application_id")?;
    let version = number("PRAGMA user_version")?;
    let objects = number("SELECT count(*) FROM sqlite_master")?;
    let known = schema::version();
    match (application, version) {
        (schema::APPLICATION, found) if found > known => {
            let compatible_from = number("SELECT max(compatible_from) FROM compatibility")?;
            schema::check(found, compatible_from).map(|()| found)
        }
        (schema::APPLICATION, found) => Ok(found),
        (0, 0) if objects == 0 => Ok(0),
        _ => Err(StoreError::Foreign),
    }
}

/// WAL with FULL writes each commit to the disk before the caller learns of it, so that a row is begun on the disk
/// before its request goes out. Each request has a savepoint, which keeps a copy of every page that is changed in it:
/// `temp_store` has these copies in memory instead of in a file.
fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA temp_store = MEMORY;
         PRAGMA foreign_keys = ON;",
    )
}

/// Makes the steps that are missing, each with its version in one transaction. Another process may have made them
/// meanwhile.
fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(database_error)?;
    let found = found_version(&transaction)?;
    let done = usize::try_from(found).unwrap_or_default();
    for step in schema::MIGRATIONS.iter().skip(done) {
        transaction.execute_batch(step).map_err(database_error)?;
    }
    if found < schema::version() {
        let set = |name, value| transaction.pragma_update(None, name, value);
        set("application_id", schema::APPLICATION).map_err(database_error)?;
        set("user_version", schema::version()).map_err(database_error)?;
        let sql = "UPDATE compatibility SET compatible_from = ?1";
        let kept = transaction.execute(sql, [schema::COMPATIBLE_FROM]);
        kept.map_err(database_error)?;
    }
    transaction.commit().map_err(database_error)
}

fn limit_size(connection: &Connection, bytes: u64) -> rusqlite::Result<()> {
    let page: u64 = connection.query_row("PRAGMA page_size", [], |row| {
        row.get::<_, i64>(0).map(|size| size.unsigned_abs())
    })?;
    let pages = i64::try_from(bytes / page.max(1))
        .unwrap_or(i64::MAX)
        .max(1);
    // The answer is the size that holds now.
    connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
}
