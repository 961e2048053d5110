//! One page of a list.

/// One page of a list, and the way to the next.
///
/// A page may be empty although more follow: only the missing token tells the end.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// The token for the next page; `None` at the end. All filters have to stay the same between pages.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page from what the API sends. An empty token means the end, like a missing one.
    pub(crate) fn new(items: Vec<T>, next: Option<String>) -> Self {
        Self {
            items,
            next: next.filter(|token| !token.is_empty()),
        }
    }
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}
