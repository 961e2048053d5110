//! Paging: `page_size`, `page_token`, `next_page_token`.

use sinch_conversation_raw::OperationId;

use super::call::Call;
use crate::api::error::ApiError;
use crate::core::seal::Seal;

/// The requested page.
pub(crate) struct Page<'a> {
    size: usize,
    after: Option<String>,
    /// The operation whose tokens are valid here.
    list: OperationId,
    seal: &'a Seal,
}

/// A page of items and the token of the next, empty at the end.
#[derive(Debug)]
pub(crate) struct Paged<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: String,
}

/// The page size when `page_size` is absent or 0.
const DEFAULT_SIZE: usize = 10;

impl<'a> Page<'a> {
    /// Reads the page from the query parameters.
    pub(crate) fn read(seal: &'a Seal, call: &Call) -> Result<Self, ApiError> {
        Self::new(
            seal,
            call,
            call.query_number("page_size")?,
            call.query("page_token"),
        )
    }

    /// Returns the page with this size after the one that this token came from; both may be absent or empty.
    pub(crate) fn new(
        seal: &'a Seal,
        call: &Call,
        size: Option<i64>,
        token: Option<&str>,
    ) -> Result<Self, ApiError> {
        let largest = call.operation.max_page_size.unwrap_or(i64::MAX);
        let size = match size {
            None | Some(0) => DEFAULT_SIZE,
            Some(size) => usize::try_from(size)
                .ok()
                .filter(|_| size <= largest)
                .ok_or_else(|| {
                    ApiError::invalid(
                        "page_size",
                        format!("expected 1 to {largest}, found {size}"),
                    )
                })?,
        };
        let list = call.operation.id;
        let after = token
            .filter(|token| !token.is_empty())
            .map(|token| seal.open(list.as_str(), token).ok_or_else(foreign_token))
            .transpose()?;
        Ok(Self {
            size,
            after,
            list,
            seal,
        })
    }

    /// Returns the key of the last item of the previous page.
    pub(crate) fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// Returns the key of the last item of the previous page, parsed.
    pub(crate) fn after_key<K>(
        &self,
        parse: impl Fn(&str) -> Option<K>,
    ) -> Result<Option<K>, ApiError> {
        self.after()
            .map(|key| parse(key).ok_or_else(foreign_token))
            .transpose()
    }

    /// Returns how many items to fetch: one more than the page holds, to see whether there is another page.
    pub(crate) fn fetch(&self) -> usize {
        self.size + 1
    }

    /// Makes a page of the fetched items.
    pub(crate) fn cut<T>(&self, mut items: Vec<T>, key: impl Fn(&T) -> String) -> Paged<T> {
        let more = items.len() > self.size;
        items.truncate(self.size);
        let next = items
            .last()
            .filter(|_| more)
            .map(|last| self.seal.seal(self.list.as_str(), &key(last)));
        Paged {
            items,
            next: next.unwrap_or_default(),
        }
    }
}

fn foreign_token() -> ApiError {
    ApiError::invalid(
        "page_token",
        "not a token of this list: use next_page_token of the previous page",
    )
}
