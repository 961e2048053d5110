//! Headers that a caller adds to requests.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::error::{InvalidArgument, Problem};

/// Headers of which the client or the connection decides, by their names.
const RESERVED: [&str; 11] = [
    "authorization",
    "connection",
    "expect",
    "host",
    "keep-alive",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// The same, by what their names begin with.
const RESERVED_FAMILIES: [&str; 4] = ["accept", "content-", "if-", "proxy-"];

/// Headers in addition to those of the client. One name has one value.
#[derive(Clone, Default)]
pub(crate) struct ExtraHeaders(Vec<(HeaderName, HeaderValue)>);

impl ExtraHeaders {
    pub(super) fn insert(
        &mut self,
        name: impl TryInto<HeaderName>,
        value: impl TryInto<HeaderValue>,
    ) -> Result<(), InvalidArgument> {
        let refused =
            |field: String, expected| InvalidArgument::one(field, Problem::Malformed { expected });
        let name = name
            .try_into()
            .map_err(|_| refused("header".to_owned(), "named as HTTP allows it"))?;
        let field = || format!("header {name}");
        if is_reserved(name.as_str()) {
            let expected = "left out: the client or the connection sets it";
            return Err(refused(field(), expected));
        }
        let value = value
            .try_into()
            .map_err(|_| refused(field(), "visible ASCII characters and spaces"))?;
        self.0.retain(|(known, _)| *known != name);
        self.0.push((name, value));
        Ok(())
    }

    /// These, and those of `base` whose names these do not have.
    pub(super) fn over(mut self, base: &Self) -> Self {
        for (name, value) in &base.0 {
            if self.0.iter().all(|(known, _)| known != name) {
                self.0.push((name.clone(), value.clone()));
            }
        }
        self
    }

    pub(super) fn add_to(&self, headers: &mut HeaderMap) {
        headers.extend(self.0.iter().cloned());
    }
}

/// Shows the names; a value may be a credential.
impl fmt::Debug for ExtraHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name.as_str()))
            .finish()
    }
}

fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
        || RESERVED_FAMILIES
            .iter()
            .any(|family| name.starts_with(family))
}
