//! Requests that are made of arguments, and their responses as JSON.

mod body;
mod fields;
mod pages;

use serde_json::Value;
use sinch_conversation::Client;
use sinch_conversation::raw::{AnyBody, Operation, Request};

pub(crate) use body::{BodyArguments, read_json};
pub(crate) use fields::Types;
pub(crate) use pages::{Extent, Pages, leads_on, next_page};

use crate::error::Failure;

/// A request of an operation, before it is made.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) target: Target,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Option<Value>,
}

/// Where a request goes.
#[derive(Clone)]
pub(crate) enum Target {
    /// To an operation, with the parameters of its path.
    Operation(&'static Operation, Vec<String>),
    /// To a path that no document has, as one of this operation would be sent.
    Path(&'static Operation, String),
}

impl Call {
    /// Makes the request. Returns the body of the response; `None` if it is empty.
    ///
    /// # Errors
    ///
    /// Those of the client.
    pub(crate) async fn make(&self, client: &Client) -> Result<Option<Value>, Failure> {
        let response = client.execute(self.request()).await;
        let AnyBody(body) = response.map_err(|error| match &self.target {
            Target::Operation(..) => Failure::from(error),
            Target::Path(..) => Failure::of_undocumented(&error),
        })?;
        Ok(body)
    }

    fn request(&self) -> Request<AnyBody> {
        let query = self.query.iter();
        let query = query.map(|(name, value)| (name.as_str(), value.as_str()));
        let body = self.body.as_ref().map(|body| body.to_string().into());
        match &self.target {
            Target::Operation(operation, parameters) => {
                let parameters: Vec<&str> = parameters.iter().map(String::as_str).collect();
                Request::dynamic(operation, &parameters, query, body)
            }
            Target::Path(like, path) => {
                let mut path = path.clone();
                for (name, value) in query {
                    path.push(if path.contains('?') { '&' } else { '?' });
                    path.extend(form_urlencoded::byte_serialize(name.as_bytes()));
                    path.push('=');
                    path.extend(form_urlencoded::byte_serialize(value.as_bytes()));
                }
                Request::undocumented(like, path, body)
            }
        }
    }
}

/// Checks what becomes a segment of a path.
///
/// # Errors
///
/// It is empty, or would lead to another operation.
pub(crate) fn checked_id(name: &str, id: &str) -> Result<String, Failure> {
    match id {
        "" | "." | ".." => Err(Failure::usage(format!(
            "{name}: expected an id, found {id:?}"
        ))),
        id => Ok(id.to_owned()),
    }
}
