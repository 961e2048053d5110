//! Which part of a list that grows is wanted.

/// At most `limit` items behind the number `after`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) after: i64,
    pub(crate) limit: u32,
}

impl Window {
    pub(crate) const ALL: Self = Self {
        after: 0,
        limit: u32::MAX,
    };

    /// The limit, to count with.
    pub(crate) fn size(self) -> usize {
        usize::try_from(self.limit).unwrap_or(usize::MAX)
    }
}
