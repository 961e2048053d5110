//! Rows that are listed, exported and sent again.

use std::io::Write;

use futures_util::stream::{self, Stream, StreamExt};

use super::{ExportError, Outbox, export};
use crate::row::{Row, RowId};
use crate::store::{Outcome, RowFilter, Settlement, Store, StoreError};

/// How many rows are read, or sent again, in one transaction.
const PAGE: usize = 500;

impl<S: Store> Outbox<S> {
    /// Lists rows in the order in which they were stored, a page at a time. Rows that come to pass the filter meanwhile may be
    /// among them. Ends after an error of the store.
    pub fn rows(&self, filter: RowFilter) -> impl Stream<Item = Result<Row, StoreError>> + Send {
        let pages = stream::unfold(Some(0), move |after| {
            let filter = filter.clone();
            async move {
                let after = after?;
                let page = self.store.list(&self.queue, &filter, after, PAGE).await;
                let last = page.as_ref().ok().and_then(|page| page.last());
                let next = last.map(|row| row.number);
                Some((page, next))
            }
        });
        pages.flat_map(|page| {
            let (rows, error) = match page {
                Ok(rows) => (rows, None),
                Err(error) => (Vec::new(), Some(Err(error))),
            };
            stream::iter(rows.into_iter().map(Ok).chain(error))
        })
    }

    /// Writes rows as CSV, and returns how many there were: their ids, states, reasons, keys, groups, messages and times in
    /// UTC, but not their requests. `reason_code` is the code that a receipt gave, such as `RECIPIENT_NOT_REACHABLE`.
    ///
    /// Cells have what is stored, unchanged, for programs that read them: [`find_by_key`](Self::find_by_key) finds a row by
    /// its cell. A spreadsheet takes one that begins with `=`, `+`, `-` or `@` for a formula, and keys, groups and reasons may
    /// come from others. So import the file into a spreadsheet as text, rather than opening it.
    ///
    /// ```
    /// use std::fs::File;
    /// use sinch_conversation_outbox::store::RowFilter;
    /// use sinch_conversation_outbox::{Outbox, SqliteStore};
    ///
    /// # async fn example(outbox: Outbox<SqliteStore>) -> Result<(), Box<dyn std::error::Error>> {
    /// let failures = RowFilter::failures().group("reopening");
    /// let written = outbox.export(failures, File::create("failures.csv")?).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the store and of the target.
    pub async fn export(&self, filter: RowFilter, target: impl Write) -> Result<u64, ExportError> {
        export::write(self.rows(filter), target).await
    }

    /// Sends rows again that were refused, or that have failed by a receipt, and returns how many that are. Others stay as
    /// they are: one that is unknown may have been sent, and its policy decides; what has expired or was cancelled is not
    /// wanted any more. A row whose time is over expires again.
    ///
    /// # Errors
    ///
    /// Those of the store. Some rows may be sent again then.
    pub async fn retry(&self, rows: impl IntoIterator<Item = RowId>) -> Result<usize, StoreError> {
        let rows: Vec<_> = rows.into_iter().collect();
        let mut changed = 0;
        for slice in rows.chunks(PAGE) {
            let settlements = slice.iter().map(|id| Settlement {
                id: *id,
                outcome: Outcome::Retry,
            });
            changed += self.store.settle(settlements.collect(), self.now()).await?;
        }
        Ok(changed)
    }
}
