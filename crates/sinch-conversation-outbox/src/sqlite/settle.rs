//! What came of rows: answers and receipts.

use super::scope::Scope;
use crate::row::RowId;
use crate::store::{Receipt, Settlement, StoreError};
use crate::time::Time;

pub(super) fn settle(
    scope: &Scope<'_>,
    settlements: &[Settlement],
    now: Time,
) -> Result<usize, StoreError> {
    let mut batch = scope.by_id(settlements.iter().map(|settlement| settlement.id))?;
    let changed = batch.settle(settlements, now);
    scope.write(&batch, now)?;
    Ok(changed)
}

pub(super) fn receive(
    scope: &Scope<'_>,
    receipts: &[Receipt],
    now: Time,
) -> Result<Vec<Option<RowId>>, StoreError> {
    let rows: Vec<_> = receipts
        .iter()
        .map(|receipt| row_of(scope, receipt))
        .collect::<Result<_, _>>()?;
    let mut batch = scope.by_id(rows.iter().copied().flatten())?;
    let rows = batch.receive(receipts, rows, now);
    scope.write(&batch, now)?;
    Ok(rows)
}

/// The row with the correlation id of a receipt, or else the one with its message id.
fn row_of(scope: &Scope<'_>, receipt: &Receipt) -> Result<Option<RowId>, StoreError> {
    let read = |row: &rusqlite::Row<'_>| row.get(0).map(RowId::from_bytes);
    if let Some(id) = receipt.row {
        let sql = "SELECT id FROM outbox WHERE id = ?1";
        if let Some(found) = scope.first(sql, [id.to_bytes()], read)? {
            return Ok(Some(found));
        }
    }
    let Some(id) = &receipt.message_id else {
        return Ok(None);
    };
    scope.first("SELECT id FROM outbox WHERE message_id = ?1", [id], read)
}
