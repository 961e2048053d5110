//! Lists, from page to page.

use std::fmt;
use std::vec;

use futures_util::stream::{self, BoxStream, StreamExt};
use sinch_conversation_raw::wire::JsonObject;

use super::Page;
use crate::error::{Error, ErrorKind};
use crate::transport::PendingCall;

/// The items of a list as a stream, with one page in memory. Ends after the first error.
pub type Items<T> = BoxStream<'static, Result<T, Error>>;

/// Requests one page by its token; without one, the first.
type Fetch<T> = Box<dyn Fn(Option<&str>) -> PendingCall<'static, Page<T>> + Send + Sync>;

/// Reads a list from page to page, with one page in memory. Made by the `paginate` of every list.
///
/// A page is requested when its first item is asked for. After an error the same page is requested again, so that a
/// loop can go on after a pause. A list that changes while it is read may show an item twice or not at all: the API
/// does not document what its tokens guarantee.
///
/// ```
/// # doctest::run(async |doctest::Setup { app, message: question, .. }| {
/// let mut messages = app.messages().paginate();
/// while let Some(message) = messages.next().await? {
///     println!("{}", message.id());
/// #   assert_eq!(message.id(), &question);
/// }
/// # assert!(messages.next().await?.is_none());
/// # Ok(()) });
/// ```
#[must_use = "nothing is requested until it is read"]
pub struct Paginator<T> {
    fetch: Fetch<T>,
    /// What is left of the page that `next` reads.
    items: vec::IntoIter<T>,
    position: Position,
}

/// What is requested next.
enum Position {
    Page(Option<String>),
    End,
}

impl<T> Paginator<T> {
    pub(crate) fn new(
        first: Option<String>,
        fetch: impl Fn(Option<&str>) -> PendingCall<'static, Page<T>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            fetch: Box::new(fetch),
            items: Vec::new().into_iter(),
            position: Position::Page(first),
        }
    }

    /// Returns the next item; `None` at the end of the list.
    ///
    /// Dropping the future loses no item.
    ///
    /// # Errors
    ///
    /// Those of the request for a page, and [`RepeatedPage`](ErrorKind::RepeatedPage).
    pub async fn next(&mut self) -> Result<Option<T>, Error> {
        loop {
            if let Some(item) = self.items.next() {
                return Ok(Some(item));
            }
            match self.request().await? {
                Some(page) => self.items = page.items.into_iter(),
                None => return Ok(None),
            }
        }
    }

    /// Returns the next page, which may be empty; `None` after the last one. Of a page that [`next`](Self::next) has
    /// begun, it returns the rest, without the other fields of the answer.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, .. }| {
    /// let mut messages = client.messages().list().page_size(100).paginate();
    /// while let Some(page) = messages.next_page().await? {
    ///     println!("{} messages, then {:?}", page.items.len(), page.next);
    /// #   assert_eq!(page.items.len(), 1);
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// As [`next`](Self::next).
    pub async fn next_page(&mut self) -> Result<Option<Page<T>>, Error> {
        if self.items.len() == 0 {
            return self.request().await;
        }
        let rest = std::mem::take(&mut self.items).collect();
        let next = self.next_token().map(str::to_owned);
        Ok(Some(Page::new(rest, next, JsonObject::default())))
    }

    /// Returns the token of the page that is requested next, to go on from in another process with the list's
    /// `page_token`. `None` before the first page and after the last one.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, .. }| {
    /// let mut messages = app.messages().page_size(100).paginate();
    /// let page = messages.next_page().await?;
    /// // Stored with what was read of this page, for the next run of the program.
    /// let token = messages.next_token();
    /// # assert!(page.is_some() && token.is_none());
    /// # Ok(()) });
    /// ```
    pub fn next_token(&self) -> Option<&str> {
        match &self.position {
            Position::Page(token) => token.as_deref(),
            Position::End => None,
        }
    }

    /// Returns all items, of which there may be `limit` at most.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, .. }| {
    /// let messages = app.messages().paginate().collect(1000).await?;
    /// println!("{} messages", messages.len());
    /// # assert!(app.messages().collect(0).await.is_err());
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// [`TooManyItems`](ErrorKind::TooManyItems) when the list has more, instead of a part of it; use
    /// [`next`](Self::next) for a part. Otherwise as [`next`](Self::next).
    pub async fn collect(mut self, limit: usize) -> Result<Vec<T>, Error> {
        let mut items = Vec::new();
        while let Some(page) = self.next_page().await? {
            items.extend(page.items);
            if items.len() > limit {
                return Err(Error::new(ErrorKind::TooManyItems { limit }));
            }
        }
        Ok(items)
    }

    /// Turns the list into a stream of its items, for the combinators of the `futures` crates.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { app, .. }| {
    /// use futures_util::TryStreamExt;
    ///
    /// let messages = app.messages().paginate().into_stream();
    /// let ids: Vec<String> = messages.map_ok(|message| message.id().to_string()).try_collect().await?;
    /// # assert_eq!(ids.len(), 1);
    /// # Ok(()) });
    /// ```
    pub fn into_stream(self) -> Items<T>
    where
        T: Send + 'static,
    {
        stream::try_unfold(self, |mut list| async move {
            let item = list.next().await?;
            Ok(item.map(|item| (item, list)))
        })
        .boxed()
    }

    /// Requests the next page. A server that answers with the token that it was asked with would never end the list.
    async fn request(&mut self) -> Result<Option<Page<T>>, Error> {
        let Position::Page(token) = &self.position else {
            return Ok(None);
        };
        let call = (self.fetch)(token.as_deref());
        let page = call.await?;
        let Some(next) = page.next.clone() else {
            self.position = Position::End;
            return Ok(Some(page));
        };
        if self.next_token() == Some(next.as_str()) {
            self.position = Position::End;
            return Err(Error::new(ErrorKind::RepeatedPage));
        }
        self.position = Position::Page(Some(next));
        Ok(Some(page))
    }
}

impl<T> fmt::Debug for Paginator<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Paginator")
            .field("next_token", &self.next_token())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use futures_util::TryStreamExt;
    use http::{HeaderMap, StatusCode};

    use super::*;
    use crate::transport::Response;

    fn page(items: Vec<u8>, next: &str) -> Page<u8> {
        Page::new(items, Some(next.to_owned()), JsonObject::default())
    }

    fn answered(page: Result<Page<u8>, Error>) -> PendingCall<'static, Page<u8>> {
        PendingCall::new(|_| async { Ok(Response::new(page?, StatusCode::OK, HeaderMap::new())) })
    }

    /// Pages by token: `a` -> `b` -> end, with an empty one in the middle.
    fn list() -> Paginator<u8> {
        Paginator::new(None, |token| {
            answered(Ok(match token {
                None => page(vec![1, 2], "a"),
                Some("a") => page(vec![], "b"),
                _ => page(vec![3], ""),
            }))
        })
    }

    #[tokio::test]
    async fn an_empty_page_in_the_middle_is_not_the_end() {
        let mut items = list();
        let mut seen = Vec::new();
        while let Some(item) = items.next().await.unwrap() {
            seen.push(item);
        }
        assert_eq!(seen, [1, 2, 3]);
        assert_eq!(items.next().await.unwrap(), None);
        let streamed: Vec<u8> = list().into_stream().try_collect().await.unwrap();
        assert_eq!(streamed, [1, 2, 3]);
    }

    #[tokio::test]
    async fn pages_and_items_can_be_mixed() {
        let mut items = list();
        assert_eq!(items.next_token(), None);
        assert_eq!(items.next().await.unwrap(), Some(1));
        assert_eq!(items.next_token(), Some("a"));
        let rest = items.next_page().await.unwrap();
        assert_eq!(rest, Some(page(vec![2], "a")));
        let empty = items.next_page().await.unwrap();
        assert_eq!(empty, Some(page(vec![], "b")));
        assert_eq!(items.next().await.unwrap(), Some(3));
        assert_eq!(items.next_page().await.unwrap(), None);
        assert_eq!(items.next_token(), None);
    }

    #[tokio::test]
    async fn collecting_never_cuts() {
        assert_eq!(list().collect(3).await.unwrap(), [1, 2, 3]);
        let error = list().collect(2).await.unwrap_err();
        assert!(matches!(
            error.kind(),
            ErrorKind::TooManyItems { limit: 2, .. }
        ));
        assert_eq!(error.to_string(), "the list has more than 2 items");
    }

    #[tokio::test]
    async fn a_repeated_token_is_an_error_and_the_end() {
        let repeated = || Paginator::new(None, |_| answered(Ok(page(vec![1], "a"))));
        let mut items = repeated();
        assert_eq!(items.next().await.unwrap(), Some(1));
        let error = items.next().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::RepeatedPage));
        assert_eq!(items.next().await.unwrap(), None);
        let seen: Vec<Result<u8, Error>> = repeated().into_stream().collect().await;
        assert_eq!(seen.len(), 2);
    }

    #[tokio::test]
    async fn a_page_that_failed_is_requested_again_but_ends_a_stream() {
        let failing = || {
            let fails = AtomicBool::new(true);
            Paginator::new(None, move |token| {
                let fails = token.is_some() && fails.swap(false, Ordering::Relaxed);
                answered(match token {
                    _ if fails => Err(Error::new(ErrorKind::Disconnected)),
                    None => Ok(page(vec![1], "a")),
                    _ => Ok(page(vec![2], "")),
                })
            })
        };
        let mut items = failing();
        assert_eq!(items.next().await.unwrap(), Some(1));
        assert!(items.next().await.is_err());
        assert_eq!(items.next().await.unwrap(), Some(2));
        let seen: Vec<Result<u8, Error>> = failing().into_stream().collect().await;
        assert_eq!(seen.len(), 2);
    }
}
