//! Lists: one page, all pages, or all items.

use std::ops::Deref;

use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use sinch_conversation_raw::OperationId;
use sinch_conversation_raw::wire::JsonObject;

use super::Stored;
use super::stored::Identified;
use crate::error::{Error, ErrorKind, Violations};
use crate::transport::PendingCall;

/// One page of a list, and the way to the next. Derefs to a slice of the items.
///
/// A page may be empty although more follow: only the missing token tells the end. A list that the API returns all at
/// once is one page.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// The token for the next page; `None` at the end. All filters have to stay the same between pages.
    pub next: Option<String>,
    /// Fields of the answer, next to the items, that this crate does not know, and those that came as `null`.
    pub extra: JsonObject,
}

impl<T> Page<T> {
    /// Makes a page from what the API sends. An empty token means the end, like a missing one.
    pub(crate) fn new(items: Vec<T>, next: Option<String>, extra: JsonObject) -> Self {
        Self {
            items,
            next: next.filter(|token| !token.is_empty()),
            extra,
        }
    }
}

impl<I, T> Page<Stored<I, T>>
where
    I: TryFrom<String>,
    T: Identified,
{
    /// A page of resources, which the API lists under `name`.
    pub(crate) fn stored(
        name: &str,
        items: Option<Vec<T>>,
        next: Option<String>,
        extra: JsonObject,
    ) -> Result<Self, Error> {
        let items = Stored::read_all(name, items.unwrap_or_default())?;
        Ok(Self::new(items, next, extra))
    }
}

impl<T> Deref for Page<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

/// The pages of a list, one request each, made when it is polled. Ends after the first error.
pub type Pages<T> = BoxStream<'static, Result<Page<T>, Error>>;

/// The items of a list, page after page, with one page in memory. Ends after the first error.
pub type Items<T> = BoxStream<'static, Result<T, Error>>;

/// Checks the page size of a list against the most that the API allows.
pub(crate) fn check_size(size: Option<i32>, list: OperationId, violations: &mut Violations) {
    if let Some(size) = size {
        let most = list.operation().max_page_size.unwrap_or(i64::MAX);
        violations.range("page_size", i64::from(size), "", (1, most));
    }
}

/// Follows the tokens from page to page. `fetch` gets the token of the page to ask for, `None` for the first.
///
/// A server that answers with the token it was asked with would never end, so that is an error.
pub(crate) fn pages<T, F>(fetch: F) -> Pages<T>
where
    T: Send + 'static,
    F: Fn(Option<String>) -> PendingCall<'static, Page<T>> + Send + Sync + 'static,
{
    let first = Some(None);
    stream::try_unfold((fetch, first), |(fetch, token)| async move {
        let Some(token) = token else {
            return Ok(None);
        };
        let page = fetch(token.clone()).await?;
        if page.next.is_some() && page.next == token {
            return Err(Error::new(ErrorKind::RepeatedPage));
        }
        let next = page.next.clone().map(Some);
        Ok(Some((page, (fetch, next))))
    })
    .boxed()
}

/// The items of pages.
pub(crate) fn items<T: Send + 'static>(pages: Pages<T>) -> Items<T> {
    pages
        .map_ok(|page| stream::iter(page.items.into_iter().map(Ok)))
        .try_flatten()
        .boxed()
}

/// Gives a list builder, which has `page` and `page_token`, its three ways to be read. With the place of the token it
/// gets `page_token`, too.
macro_rules! listing {
    ($builder:ty => $item:ty, $($token:ident).+) => {
        impl $builder {
            /// Goes on from [`Page::next`]. All filters have to stay the same.
            pub fn page_token(mut self, token: impl Into<String>) -> Self {
                self.$($token).+ = Some(token.into());
                self
            }
        }

        $crate::resources::page::listing!($builder => $item);
    };
    ($builder:ty => $item:ty) => {
        impl $builder {
            /// All pages, from the one that the builder asks for.
            pub fn pages(self) -> $crate::resources::Pages<$item> {
                $crate::resources::page::pages(move |token| {
                    let listing = self.clone();
                    match token {
                        Some(token) => listing.page_token(token).page(),
                        None => listing.page(),
                    }
                })
            }

            /// All items of all pages. At most one page is in memory.
            pub fn stream(self) -> $crate::resources::Items<$item> {
                $crate::resources::page::items(self.pages())
            }
        }

        $crate::resources::awaitable::awaitable!($builder => $crate::resources::Page<$item>, page);
    };
}
pub(crate) use listing;

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::*;
    use crate::transport::Response;

    fn page(items: Vec<u8>, next: &str) -> Page<u8> {
        Page::new(items, Some(next.to_owned()), JsonObject::default())
    }

    fn on_its_way(page: Page<u8>) -> PendingCall<'static, Page<u8>> {
        PendingCall::new(|_| async { Ok(Response::new(page, StatusCode::OK, HeaderMap::new())) })
    }

    /// Pages by token: `a` -> `b` -> end, with an empty one in the middle.
    fn answer(token: Option<&str>) -> Page<u8> {
        match token {
            None => page(vec![1, 2], "a"),
            Some("a") => page(vec![], "b"),
            _ => page(vec![3], ""),
        }
    }

    #[tokio::test]
    async fn an_empty_page_in_the_middle_is_not_the_end() {
        let all = pages(|token| on_its_way(answer(token.as_deref())));
        let seen: Vec<u8> = items(all).try_collect().await.expect("no error");
        assert_eq!(seen, [1, 2, 3]);
    }

    #[tokio::test]
    async fn a_repeated_token_is_an_error_and_the_end() {
        let all = pages(|_| on_its_way(page(vec![1], "a")));
        let seen: Vec<Result<u8, Error>> = items(all).collect().await;
        assert_eq!(seen.len(), 2);
        let last = seen[1].as_ref().expect_err("the same token");
        assert!(matches!(last.kind(), ErrorKind::RepeatedPage));
    }
}
