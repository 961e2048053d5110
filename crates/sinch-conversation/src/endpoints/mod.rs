//! The services, and the address of each.

mod settings;

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use reqwest::Url;
use sinch_conversation_raw::Document;

pub(crate) use settings::{EndpointSettings, HOST, is_host, is_loopback};

use crate::region::Region;

/// A service with a host of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Service {
    /// The Conversation API.
    Conversation,
    /// The Template Management API.
    Template,
    /// The Batch API.
    Batch,
    /// The token host. One host serves all regions.
    Auth,
}

impl Service {
    pub(crate) const ALL: [Self; 4] = [Self::Conversation, Self::Template, Self::Batch, Self::Auth];

    /// The name of the setting, as errors show it.
    fn setting(self) -> &'static str {
        match self {
            Self::Conversation => "endpoint(Conversation)",
            Self::Template => "endpoint(Template)",
            Self::Batch => "endpoint(Batch)",
            Self::Auth => "endpoint(Auth)",
        }
    }

    fn host(self, region: Region) -> String {
        match self {
            Self::Conversation => format!("https://{region}.conversation.api.sinch.com"),
            Self::Template => format!("https://{region}.template.api.sinch.com"),
            Self::Batch => format!("https://{region}.conversationbatch.api.sinch.com"),
            Self::Auth => "https://auth.sinch.com".to_owned(),
        }
    }
}

/// The base address of every service, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoints {
    pub(crate) conversation: Base,
    pub(crate) template: Base,
    pub(crate) batch: Base,
    pub(crate) auth: Base,
}

/// The address of a host, without a slash at its end.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Base {
    text: String,
    /// The same, parsed once for all requests; `None` for none.
    url: Option<Url>,
    /// The host alone, and its port.
    pub(crate) host: Arc<str>,
    pub(crate) port: u16,
    /// The region that the host serves; `None` when the address was given.
    pub(crate) region: Option<Region>,
}

impl Base {
    fn new(text: String, region: Option<Region>) -> Self {
        let url: Option<Url> = text.parse().ok();
        let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
        Self {
            host: host.into(),
            port: url
                .as_ref()
                .and_then(Url::port_or_known_default)
                .unwrap_or_default(),
            text,
            url,
            region,
        }
    }

    /// The address of a path and its query, both encoded.
    pub(crate) fn with(&self, path_and_query: &str) -> Option<Url> {
        let mut url = self.url.clone()?;
        let (path, query) = match path_and_query.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path_and_query, None),
        };
        match url.path() {
            "/" => url.set_path(path),
            base => url.set_path(&format!("{base}{path}")),
        }
        url.set_query(query);
        Some(url)
    }
}

impl Deref for Base {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl Endpoints {
    /// The address that serves a document; `None` for one that this crate has no address for.
    pub(crate) fn of(&self, document: Document) -> Option<&Base> {
        match document {
            Document::Conversation => Some(&self.conversation),
            Document::Template => Some(&self.template),
            Document::Batch => Some(&self.batch),
            _ => None,
        }
    }
    pub(crate) fn all(&self) -> impl Iterator<Item = &Base> {
        [&self.conversation, &self.template, &self.batch, &self.auth].into_iter()
    }
}
