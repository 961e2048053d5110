//! Which part of a list that grows is wanted, and the part itself.

use rusqlite::{Row, Rows};

use super::StoreError;

/// What stands behind a place of the list: so many items, and so many bytes of documents. One item is always in.
#[derive(Debug, Clone)]
pub(crate) struct Window<K = i64> {
    /// The last item that is known already.
    pub(crate) after: K,
    pub(crate) limit: u32,
    pub(crate) bytes: usize,
}

/// A part of a list.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// Whether there is something behind it.
    pub(crate) more: bool,
}

impl<K: Default> Window<K> {
    /// Everything.
    pub(crate) fn all() -> Self {
        Self {
            after: K::default(),
            limit: u32::MAX,
            bytes: usize::MAX,
        }
    }
}

impl<K> Window<K> {
    /// The `LIMIT` of the query: one more than is wanted tells whether there is more.
    pub(super) fn rows(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// The part of what a query gives. `read` gives an item and how long its document is.
    pub(super) fn page<T>(
        &self,
        mut rows: Rows<'_>,
        mut read: impl FnMut(&Row<'_>) -> Result<(T, usize), StoreError>,
    ) -> Result<Page<T>, StoreError> {
        let (mut items, mut bytes) = (Vec::new(), 0_usize);
        while let Some(row) = rows.next()? {
            if self.is_full(items.len(), bytes) {
                return Ok(Page { items, more: true });
            }
            let (item, length) = read(row)?;
            items.push(item);
            bytes = bytes.saturating_add(length);
        }
        Ok(Page { items, more: false })
    }

    /// Whether a page with so many items and bytes takes no more.
    pub(crate) fn is_full(&self, items: usize, bytes: usize) -> bool {
        items >= usize::try_from(self.limit).unwrap_or(usize::MAX)
            || (items > 0 && bytes >= self.bytes)
    }
}

impl<T> Page<T> {
    /// The same page of something else.
    pub(crate) fn map<U>(self, to: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(to).collect(),
            more: self.more,
        }
    }
}
