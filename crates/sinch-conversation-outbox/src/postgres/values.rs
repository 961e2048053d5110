//! Values on their way to Postgres and back.

use std::error::Error;

use bytes::{BufMut, BytesMut};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::error::database_error;
use crate::row::RowId;
use crate::state::{Lease, WorkerId};
use crate::store::StoreError;
use crate::time::Time;

/// The id of a row, as `uuid`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Uuid(pub(super) RowId);

impl ToSql for Uuid {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.put_slice(&self.0.to_bytes());
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::UUID
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Uuid {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(RowId::from_bytes(raw.try_into()?)))
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::UUID
    }
}

pub(super) fn uuids(ids: impl IntoIterator<Item = RowId>) -> Vec<Uuid> {
    ids.into_iter().map(Uuid).collect()
}

/// A value of a column.
pub(super) fn get<'a, T: FromSql<'a>>(row: &'a Row, column: usize) -> Result<T, StoreError> {
    row.try_get(column).map_err(|error| database_error(&error))
}

/// What a number in a column stands for. One of a later version cannot be changed by this one.
pub(super) fn known<T>(
    row: &Row,
    column: usize,
    from_code: impl FnOnce(i64) -> Option<T>,
) -> Result<T, StoreError> {
    let code: i16 = get(row, column)?;
    from_code(code.into())
        .ok_or_else(|| StoreError::Database(format!("the number {code} is not known")))
}

pub(super) fn time(row: &Row, column: usize) -> Result<Time, StoreError> {
    get(row, column).map(Time::from_micros)
}

pub(super) fn maybe_time(row: &Row, column: usize) -> Result<Option<Time>, StoreError> {
    Ok(get::<Option<i64>>(row, column)?.map(Time::from_micros))
}

/// The lease in two columns.
pub(super) fn lease(row: &Row, column: usize) -> Result<Option<Lease>, StoreError> {
    let worker: Option<String> = get(row, column)?;
    let until = maybe_time(row, column + 1)?;
    Ok(worker.zip(until).map(|(worker, until)| Lease {
        worker: WorkerId::new(worker),
        until,
    }))
}

pub(super) fn attempt(row: &Row, column: usize) -> Result<u32, StoreError> {
    let attempt: i64 = get(row, column)?;
    Ok(u32::try_from(attempt).unwrap_or(u32::MAX))
}

/// A number that stores keep.
pub(super) fn code(code: i64) -> i16 {
    i16::try_from(code).unwrap_or(i16::MAX)
}

/// A limit of rows.
pub(super) fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
