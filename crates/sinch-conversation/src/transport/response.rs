//! Calls that can be awaited, and answers with their status and headers.

use std::fmt;
use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{HeaderMap, StatusCode};

use super::{CallOptions, request_id};
use crate::error::Error;

/// A value that the API answered with, and the head of that answer. Derefs to the value.
///
/// Every call returns one from its `with_response`. Of a call that takes several requests, such as an edit or one
/// that was retried, it has the head of the last answer.
///
/// ```
/// # doctest::run(async |doctest::Setup { client, message: id, .. }| {
/// let message = client.messages().get(id).with_response().await?;
/// println!("{} as request {:?}: {}", message.status, message.request_id(), message.id());
/// # assert_eq!(message.status, 200);
/// # Ok(()) });
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Response<T> {
    /// What an await without `with_response` returns.
    pub value: T,
    /// The HTTP status: a success.
    pub status: StatusCode,
    /// The headers. Where they quote the client's own credentials, these are masked.
    pub headers: HeaderMap,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, status: StatusCode, headers: HeaderMap) -> Self {
        Self {
            value,
            status,
            headers,
        }
    }

    /// Returns the id under which Sinch can find the request, when the headers name one.
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.headers)
    }

    /// Returns the value alone.
    pub fn into_value(self) -> T {
        self.value
    }

    /// Puts another value in the place of this one.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, .. }| {
    /// let response = client.apps().get(&app).with_response().await?;
    /// let name = response.map(|app| app.into_inner().display_name);
    /// println!("{}: {:?}", name.status, name.value);
    /// # assert_eq!(name.into_value().as_deref(), Some("Osteria"));
    /// # Ok(()) });
    /// ```
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response::new(change(self.value), self.status, self.headers)
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Response<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    /// Leaves the headers out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("value", &self.value)
            .field("status", &self.status)
            .field("request_id", &self.request_id())
            .finish_non_exhaustive()
    }
}

/// A call that is about to be made. Await it for its value, or take [`with_response`](Self::with_response) for the
/// status and the headers too.
#[must_use = "nothing is sent until it is awaited"]
pub struct PendingCall<'a, T> {
    /// Taken when the call is made.
    start: Option<Start<'a, T>>,
    running: Option<Running<'a, T>>,
    options: CallOptions,
}

type Start<'a, T> = Box<dyn FnOnce(CallOptions) -> Running<'a, T> + Send + 'a>;

type Running<'a, T> = Pin<Box<dyn Future<Output = Result<Response<T>, Error>> + Send + 'a>>;

impl<'a, T> PendingCall<'a, T> {
    /// A call that `start` makes, with options that go before those of the client.
    pub(crate) fn new<F>(start: impl FnOnce(CallOptions) -> F + Send + 'a) -> Self
    where
        F: Future<Output = Result<Response<T>, Error>> + Send + 'a,
    {
        let start: Start<'a, T> = Box::new(move |options| Box::pin(start(options)));
        Self {
            start: Some(start),
            running: None,
            options: CallOptions::default(),
        }
    }

    /// Sets options for this call alone, in place of the client's. What is not set stays as it is. They have no effect
    /// once the call was polled.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, message: id, .. }| {
    /// use std::time::Duration;
    ///
    /// use sinch_conversation::CallOptions;
    ///
    /// let quick = CallOptions::default().timeout(Duration::from_secs(3));
    /// let message = client.messages().get(id).with_options(quick).await?;
    /// # Ok(()) });
    /// ```
    pub fn with_options(mut self, options: CallOptions) -> Self {
        self.options = options.over(&self.options);
        self
    }

    /// Makes the call, and returns the value with the status and the headers of the answer.
    ///
    /// # Errors
    ///
    /// Those of the call.
    pub async fn with_response(mut self) -> Result<Response<T>, Error> {
        std::future::poll_fn(|context| self.poll_response(context)).await
    }

    fn poll_response(&mut self, context: &mut Context<'_>) -> Poll<Result<Response<T>, Error>> {
        if let Some(start) = self.start.take() {
            self.running = Some(start(std::mem::take(&mut self.options)));
        }
        match &mut self.running {
            Some(call) => call.as_mut().poll(context),
            // Only after a panic of `start`.
            None => Poll::Pending,
        }
    }
}

impl<T> Future for PendingCall<'_, T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.poll_response(context).map_ok(Response::into_value)
    }
}

impl<T> fmt::Debug for PendingCall<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingCall")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
