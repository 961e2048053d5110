//! A transaction, and how rows change in it.

use std::cell::RefCell;
use std::collections::HashMap;

use rusqlite::{
    CachedStatement, Connection, OptionalExtension, Params, Row as SqlRow, ToSql, params,
};

use super::error::database_error;
use crate::pace::PaceKey;
use crate::store::StoreError;

/// Rows of a queue and group in a state.
type Counted = (i64, i64, i64);

/// One request within a transaction.
pub(super) struct Scope<'a> {
    connection: &'a Connection,
    /// How the counts change, written once at the end.
    counts: RefCell<HashMap<Counted, i64>>,
}

/// A prepared statement.
pub(super) struct Prepared<'a>(CachedStatement<'a>);

impl Prepared<'_> {
    /// As [`Scope::execute`].
    pub(super) fn execute(&mut self, params: impl Params) -> Result<usize, StoreError> {
        self.0.execute(params).map_err(database_error)
    }

    /// As [`Scope::first`].
    pub(super) fn first<T>(
        &mut self,
        params: impl Params,
        read: impl FnOnce(&SqlRow<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        let row = self.0.query_row(params, read).optional();
        row.map_err(database_error)
    }
}

impl<'a> Scope<'a> {
    pub(super) fn new(connection: &'a Connection) -> Self {
        Self {
            connection,
            counts: RefCell::default(),
        }
    }

    /// A statement that is used for many rows: to find it again for each of them costs as much as some of them do.
    pub(super) fn prepare(&self, sql: &str) -> Result<Prepared<'a>, StoreError> {
        let statement = self.connection.prepare_cached(sql);
        statement.map(Prepared).map_err(database_error)
    }

    /// Runs a statement, and returns how many rows it changed.
    pub(super) fn execute(&self, sql: &str, params: impl Params) -> Result<usize, StoreError> {
        self.prepare(sql)?.execute(params)
    }

    /// The first row of an answer.
    pub(super) fn first<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&SqlRow<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        self.prepare(sql)?.first(params, read)
    }

    /// All rows of an answer. The statement limits how many that are.
    pub(super) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&SqlRow<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let Prepared(mut statement) = self.prepare(sql)?;
        let rows = statement.query_map(params, read).map_err(database_error)?;
        rows.collect::<Result<_, _>>().map_err(database_error)
    }

    /// The rows that a statement names by their place in the table.
    pub(super) fn places(&self, sql: &str, params: impl Params) -> Result<Vec<i64>, StoreError> {
        self.all(sql, params, |row| row.get(0))
    }

    /// The id of the last row that was inserted.
    pub(super) fn last_id(&self) -> i64 {
        self.connection.last_insert_rowid()
    }

    /// The number of a queue, which is made when there is none of this name.
    pub(super) fn queue(&self, name: &str) -> Result<i64, StoreError> {
        if let Some(id) = self.find_queue(name)? {
            return Ok(id);
        }
        self.execute("INSERT INTO queues (name) VALUES (?1)", [name])?;
        Ok(self.last_id())
    }

    /// The number of a queue, if there is one of this name.
    pub(super) fn find_queue(&self, name: &str) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT id FROM queues WHERE name = ?1";
        self.first(sql, [name], |row| row.get(0))
    }

    /// The number of a group, which is made when there is none of this name; 0 for no group.
    pub(super) fn group(&self, queue: i64, name: Option<&str>) -> Result<i64, StoreError> {
        let Some(name) = name else { return Ok(0) };
        if let Some(id) = self.find_group(queue, name)? {
            return Ok(id);
        }
        let sql = "INSERT INTO groups (queue, name) VALUES (?1, ?2)";
        self.execute(sql, params![queue, name])?;
        Ok(self.last_id())
    }

    /// The number of a group, if there is one of this name.
    pub(super) fn find_group(&self, queue: i64, name: &str) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT id FROM groups WHERE queue = ?1 AND name = ?2";
        self.first(sql, params![queue, name], |row| row.get(0))
    }

    /// The number of an app and a channel that rows count for, which is made when there is none.
    pub(super) fn pace(&self, queue: i64, key: &PaceKey) -> Result<i64, StoreError> {
        let channel = key.channel.as_deref().unwrap_or_default();
        let sql = "SELECT id FROM paces WHERE queue = ?1 AND app = ?2 AND channel = ?3";
        let found = self.first(sql, params![queue, key.app, channel], |row| row.get(0))?;
        if let Some(id) = found {
            return Ok(id);
        }
        let sql = "INSERT INTO paces (queue, app, channel) VALUES (?1, ?2, ?3)";
        self.execute(sql, params![queue, key.app, channel])?;
        Ok(self.last_id())
    }

    /// Notes that there are more or fewer rows of a kind.
    pub(super) fn count(&self, queue: i64, group: i64, state: i64, by: i64) {
        let mut counts = self.counts.borrow_mut();
        *counts.entry((queue, group, state)).or_default() += by;
    }

    /// Writes what was noted.
    pub(super) fn finish(&self) -> Result<(), StoreError> {
        let counts = self.counts.take();
        for ((queue, group, state), by) in counts.into_iter().filter(|(_, by)| *by != 0) {
            let values: [&dyn ToSql; 4] = [&queue, &group, &state, &by];
            self.execute(
                "INSERT INTO counts (queue, grp, state, rows) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET rows = rows + excluded.rows",
                &values[..],
            )?;
        }
        Ok(())
    }
}
