//! Parameters and fields that a caller adds to requests, beyond those that the API documents.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use reqwest::Url;
use serde_json::Value;
use serde_json::value::RawValue;

/// Parameters in addition to those of the call. A name may have several values.
#[derive(Clone, Default)]
pub(crate) struct QueryParameters(Vec<(String, String)>);

/// Fields at the top of the body, in place of the call's own.
#[derive(Clone, Default)]
pub(crate) struct BodyFields(BTreeMap<String, Box<RawValue>>);

impl QueryParameters {
    pub(super) fn add(&mut self, name: String, value: String) {
        self.0.push((name, value));
    }

    /// Those of `base`, then these.
    pub(super) fn after(self, base: &Self) -> Self {
        Self(base.0.iter().cloned().chain(self.0).collect())
    }

    pub(super) fn add_to(&self, url: &mut Url) {
        if !self.0.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.0);
        }
    }
}

impl BodyFields {
    pub(super) fn set(&mut self, name: String, value: &Value) {
        // JSON that was written here is JSON.
        if let Ok(value) = RawValue::from_string(value.to_string()) {
            self.0.insert(name, value);
        }
    }

    /// These, and those of `base` whose names these do not have.
    pub(super) fn over(self, base: &Self) -> Self {
        let mut fields = base.0.clone();
        fields.extend(self.0);
        Self(fields)
    }

    /// The body with these fields; all others keep the text that they have. A body that is no object has no fields.
    pub(super) fn add_to(&self, body: &Bytes) -> Bytes {
        if self.0.is_empty() {
            return body.clone();
        }
        let Ok(mut fields) = serde_json::from_slice::<BTreeMap<String, &RawValue>>(body) else {
            return body.clone();
        };
        for (name, value) in &self.0 {
            fields.insert(name.clone(), value);
        }
        serde_json::to_vec(&fields).map_or_else(|_| body.clone(), Bytes::from)
    }
}

/// Shows the names; a value may be private.
impl fmt::Debug for QueryParameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

/// Shows the names; a value may be private.
impl fmt::Debug for BodyFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}
