//! A window of a growing list.

use rusqlite::{Row, Rows};

use super::StoreError;

/// The items after a position: at most so many, and so many bytes of documents, but at least one.
#[derive(Debug, Clone)]
pub(crate) struct Window<K = i64> {
    /// The last item that the caller has.
    pub(crate) after: K,
    pub(crate) limit: u32,
    pub(crate) bytes: usize,
}

/// A page of a list.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// Whether there are more items.
    pub(crate) more: bool,
}

impl<K: Default> Window<K> {
    /// Returns a window of everything.
    pub(crate) fn all() -> Self {
        Self {
            after: K::default(),
            limit: u32::MAX,
            bytes: usize::MAX,
        }
    }
}

impl<K> Window<K> {
    /// Returns the `LIMIT` of the query: one more than wanted, to see whether there are more.
    pub(super) fn rows(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// Makes a page of the rows. `read` returns an item and the length of its document.
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

    /// Returns whether a page with so many items and bytes is full.
    pub(crate) fn is_full(&self, items: usize, bytes: usize) -> bool {
        items >= usize::try_from(self.limit).unwrap_or(usize::MAX)
            || (items > 0 && bytes >= self.bytes)
    }
}

impl<T> Page<T> {
    /// Converts the items of a page.
    pub(crate) fn map<U>(self, to: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(to).collect(),
            more: self.more,
        }
    }
}
