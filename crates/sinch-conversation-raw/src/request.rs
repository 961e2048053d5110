//! A request as a value, with the type of its response.

use std::{
    fmt::{self, Write},
    marker::PhantomData,
};

use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::{Operation, OperationId, wire::Wire};

/// Characters that are encoded in a path segment: those of the URL standard, and those that would end or escape it.
const NOT_IN_A_SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'/')
    .add(b'%');

/// A request of an operation, complete except for host and credentials. `R` is the body of the response.
///
/// The functions of [`conversation`](crate::conversation), [`template`](crate::template) and [`batch`](crate::batch)
/// build it; a client such as [`Direct`](crate::Direct) sends it. It is cheap to clone, and can be sent again.
///
/// ```
/// use sinch_conversation_raw::conversation;
///
/// let request = conversation::messages_get_message("my project", "a/b", None);
/// assert_eq!(request.operation().method, "GET");
/// assert_eq!(request.path_and_query(), "/v1/projects/my%20project/messages/a%2Fb");
/// ```
#[derive(Clone)]
pub struct Request<R> {
    operation: &'static Operation,
    path_and_query: String,
    body: Option<Bytes>,
    answer: PhantomData<fn() -> R>,
}

impl<R: Wire> Request<R> {
    /// Fills the parameters into the path, each encoded so that it stays one segment.
    pub(crate) fn new(id: OperationId, parameters: &[&dyn fmt::Display]) -> Self {
        let operation = id.operation();
        Self::at(operation, fill(operation.path, parameters))
    }

    /// Takes a path and query that are complete.
    pub(crate) fn at(operation: &'static Operation, path_and_query: String) -> Self {
        Self {
            operation,
            path_and_query,
            body: None,
            answer: PhantomData,
        }
    }

    /// Adds a query parameter once for each value.
    pub(crate) fn query<V: fmt::Display>(
        mut self,
        name: &str,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        for value in values {
            append(&mut self.path_and_query, name, &value.to_string());
        }
        self
    }

    /// Sets the body.
    pub(crate) fn json(self, body: &impl Wire) -> Self {
        self.with_body(Some(body.to_json().into()))
    }

    /// Sets the text of the body.
    pub(crate) fn with_body(mut self, body: Option<Bytes>) -> Self {
        self.body = body;
        self
    }

    /// Returns the operation.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// Returns path and query, percent-encoded.
    pub fn path_and_query(&self) -> &str {
        &self.path_and_query
    }

    /// Returns the JSON body; `None` if the operation has none.
    pub fn body(&self) -> Option<&Bytes> {
        self.body.as_ref()
    }

    /// Decodes the body of a successful response.
    ///
    /// # Errors
    /// When the body is not JSON, or has another form.
    pub fn decode(&self, body: &[u8]) -> Result<R, crate::wire::JsonError> {
        R::from_json(body)
    }
}

/// Shows operation and path only: the query and the body may be confidential.
impl<R> fmt::Debug for Request<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation.id)
            .finish_non_exhaustive()
    }
}

/// Encodes what is written as one path segment.
struct Segment<'a>(&'a mut String);

impl fmt::Write for Segment<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend(utf8_percent_encode(text, NOT_IN_A_SEGMENT));
        Ok(())
    }
}

fn fill(template: &str, parameters: &[&dyn fmt::Display]) -> String {
    let mut path = String::with_capacity(template.len() + 64);
    let mut parameters = parameters.iter();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        path.push_str(before);
        if let Some(parameter) = parameters.next() {
            // Writing to memory does not fail.
            let _ = write!(Segment(&mut path), "{parameter}");
        }
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    path.push_str(rest);
    path
}

fn append(path: &mut String, name: &str, value: &str) {
    path.push(if path.contains('?') { '&' } else { '?' });
    path.extend(form_urlencoded::byte_serialize(name.as_bytes()));
    path.push('=');
    path.extend(form_urlencoded::byte_serialize(value.as_bytes()));
}
