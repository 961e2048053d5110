//! One page of a list, and what all lists have in common.

use sinch_conversation_raw::OperationId;
use sinch_conversation_raw::wire::JsonObject;

use super::Stored;
use super::stored::Identified;
use crate::error::{Error, Violations};

/// One page of a list, with the token of the next one.
///
/// A page may be empty although more follow: only the missing token marks the end. A list that the API returns in
/// one answer is one page.
///
/// ```
/// # doctest::run(async |doctest::Setup { client, app, message, .. }| {
/// let first = client.messages().list().app(&app).page_size(100).page().await?;
/// println!("{} messages", first.items.len());
/// if let Some(token) = first.next {
///     let second = client.messages().list().app(&app).page_size(100).page_token(token).page().await?;
///     println!("{} more", second.items.len());
/// }
/// # assert_eq!(first.items[0].id(), &message);
/// # Ok(()) });
/// ```
///
/// A page is not an iterator, because a loop over it would look like one over the list. This does not compile; read
/// its [`items`](Self::items), or the list with its `paginate`:
///
/// ```compile_fail
/// # async fn example(client: sinch_conversation::Client) -> Result<(), sinch_conversation::Error> {
/// for message in client.messages().list().page().await? {}
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items of this page only.
    pub items: Vec<T>,
    /// The token of the next page; `None` at the end. All filters have to stay the same between pages.
    pub next: Option<String>,
    /// Fields of the response, next to the items, that this crate does not model, and those that were `null`.
    pub extra: JsonObject,
}

impl<T> Page<T> {
    /// Makes a page of a response. An empty token means the end, like a missing one.
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

/// Where a list begins and how long its pages are.
#[derive(Clone, Debug, Default)]
pub(super) struct Paging {
    pub(super) size: Option<i32>,
    pub(super) token: Option<String>,
}

impl Paging {
    /// Checks the page size against the most that the API allows.
    pub(super) fn check(&self, list: OperationId, violations: &mut Violations) {
        if let Some(size) = self.size {
            let most = list.operation().max_page_size.unwrap_or(i64::MAX);
            violations.range("page_size", i64::from(size), "", (1, most));
        }
    }
}

/// Adds to a list, which has `client`, `paging` and `fetch`, the ways to read it: `listing!(List => Item)`. With the
/// range of its page size it is a list with pages.
macro_rules! listing {
    ($list:ident => $item:ty, $sizes:literal) => {
        impl $list {
            #[doc = concat!("Sets how many items a page has: ", $sizes, ".")]
            pub fn page_size(mut self, size: i32) -> Self {
                self.paging.size = Some(size);
                self
            }

            /// Begins at the page of this token, which is a [`Page::next`](crate::resources::Page::next) or a
            /// [`Paginator::next_token`](crate::resources::Paginator::next_token). All filters have to be those of the
            /// list that it comes from.
            pub fn page_token(mut self, token: impl Into<String>) -> Self {
                self.paging.token = Some(token.into());
                self
            }
        }

        $crate::resources::page::listing!($list => $item);
    };
    ($list:ident => $item:ty) => {
        impl $list {
            /// Sets [options](crate::CallOptions) for the requests of this list, in place of the client's. What is not
            /// set stays as it is.
            pub fn with_options(mut self, options: $crate::CallOptions) -> Self {
                self.client = self.client.with_options(options);
                self
            }

            /// Reads the list item by item or page by page.
            pub fn paginate(self) -> $crate::resources::Paginator<$item> {
                let first = self.paging.token.clone();
                $crate::resources::Paginator::new(first, move |token| self.fetch(token))
            }

            /// Requests one page: the first, or that of the page token. Await it for the page, or take its
            /// `with_response` for the headers too.
            pub fn page(self) -> $crate::PendingCall<'static, $crate::resources::Page<$item>> {
                self.fetch(self.paging.token.as_deref())
            }

            /// Returns all items, of which there may be `limit` at most; see
            /// [`Paginator::collect`](crate::resources::Paginator::collect).
            ///
            /// # Errors
            ///
            /// [`TooManyItems`](crate::error::ErrorKind::TooManyItems) when the list has more than `limit`; those of
            /// the requests.
            pub async fn collect(
                self,
                limit: usize,
            ) -> Result<Vec<$item>, $crate::error::Error> {
                self.paginate().collect(limit).await
            }

            /// Turns the list into a stream of its items; see
            /// [`Paginator::into_stream`](crate::resources::Paginator::into_stream).
            pub fn into_stream(self) -> $crate::resources::Items<$item> {
                self.paginate().into_stream()
            }
        }

        impl From<$list> for $crate::resources::Paginator<$item> {
            fn from(list: $list) -> Self {
                list.paginate()
            }
        }
    };
}
pub(crate) use listing;
