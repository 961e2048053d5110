//! The tables, and how they came to be.

use super::connection::Connection;
use super::values::get;
use crate::store::StoreError;

/// A step of the tables. What is released is never edited; a change is a step of its own.
struct Step {
    sql: &'static [&'static str],
    /// The first version that works with the tables after this step. Workers of the version before a step go on
    /// while it is made, so this is at most one less than the step's own number.
    compatible_from: i64,
}

const STEPS: [Step; 1] = [Step {
    sql: &[include_str!("schema.sql"), include_str!("enqueue.sql")],
    compatible_from: 1,
}];

/// The version of the tables that this program works with.
const VERSION: i64 = STEPS.len() as i64;

/// Fails when the tables are not for this program. Later ones are, when they say so.
pub(super) fn check(found: i64, compatible_from: i64) -> Result<(), StoreError> {
    if found > VERSION && compatible_from > VERSION {
        return Err(StoreError::NewerSchema {
            found,
            known: VERSION,
        });
    }
    Ok(())
}

/// Whether a name can be that of a schema as it is, without quotes.
pub(super) fn check_name(name: &str) -> Result<(), StoreError> {
    let is_first = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    let is_rest = |byte: u8| is_first(byte) || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    let fits = bytes.first().is_some_and(|byte| is_first(*byte))
        && bytes.iter().all(|byte| is_rest(*byte))
        && bytes.len() <= 63
        && !name.starts_with("pg_");
    if fits {
        return Ok(());
    }
    Err(StoreError::Address(format!(
        "the schema {name:?}: use up to 63 lower-case letters, digits and underscores, not first a digit or pg_"
    )))
}

/// Brings the tables to this version. One program at a time does so; nothing is written when there is nothing to do.
pub(super) async fn migrate(connection: &Connection, schema: &str) -> Result<(), StoreError> {
    if found(connection, schema).await? >= VERSION {
        return Ok(());
    }
    connection.execute_all("BEGIN").await?;
    let migrated = make_steps(connection, schema).await;
    let end = if migrated.is_ok() {
        "COMMIT"
    } else {
        "ROLLBACK"
    };
    let ended = connection.execute_all(end).await;
    migrated.and(ended)
}

async fn make_steps(connection: &Connection, schema: &str) -> Result<(), StoreError> {
    let lock = format!("SELECT pg_advisory_xact_lock(hashtextextended('tables of {schema}', 0))");
    connection.execute_all(&lock).await?;
    // Somebody else may have made them while this one waited.
    let found = found(connection, schema).await?;
    if found >= VERSION {
        return Ok(());
    }
    if found == 0 {
        let begin = format!(
            "CREATE SCHEMA IF NOT EXISTS {schema};
             CREATE TABLE {schema}.version (version bigint NOT NULL, compatible_from bigint NOT NULL);
             INSERT INTO {schema}.version VALUES (0, 0);"
        );
        connection.execute_all(&begin).await?;
    }
    let done = usize::try_from(found).unwrap_or_default();
    let mut compatible_from = 0;
    for step in STEPS.iter().skip(done) {
        for sql in step.sql {
            connection
                .execute_all(&sql.replace("SCHEMA", schema))
                .await?;
        }
        compatible_from = step.compatible_from;
    }
    let end = format!(
        "UPDATE {schema}.version SET version = {VERSION}, compatible_from = {compatible_from}"
    );
    connection.execute_all(&end).await
}

/// The version of the tables; 0 when there are none.
async fn found(connection: &Connection, schema: &str) -> Result<i64, StoreError> {
    let table = format!("{schema}.version");
    let sql = "SELECT to_regclass($1::text) IS NOT NULL,
                   EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace($2::text))";
    let row = connection.first(sql, &[&table, &schema]).await?;
    let Some(row) = row else { return Ok(0) };
    let (is_ours, is_used): (bool, bool) = (get(&row, 0)?, get(&row, 1)?);
    if !is_ours {
        return if is_used {
            Err(StoreError::Foreign)
        } else {
            Ok(0)
        };
    }
    let sql = format!("SELECT version, compatible_from FROM {schema}.version");
    let row = connection.first(&sql, &[]).await?;
    let row = row.ok_or(StoreError::Foreign)?;
    let version = get(&row, 0)?;
    check(version, get(&row, 1)?)?;
    Ok(version)
}
