//! What the requests of all attempts of a call have in common.

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Method};
use reqwest::Url;
use sinch_conversation_raw::Operation;

use super::CallOptions;
use super::headers::ExtraHeaders;
use crate::auth::Authorization;

/// The request of a call, without its authorization.
pub(super) struct RequestTemplate<'a> {
    operation: &'static Operation,
    method: Method,
    url: Url,
    headers: &'a ExtraHeaders,
    body: Option<Bytes>,
}

impl<'a> RequestTemplate<'a> {
    /// `None` when the method of the operation is none of HTTP's.
    pub(super) fn new(
        operation: &'static Operation,
        mut url: Url,
        body: Option<&Bytes>,
        options: &'a CallOptions,
    ) -> Option<Self> {
        options.query.add_to(&mut url);
        Some(Self {
            operation,
            method: operation.method.parse().ok()?,
            url,
            headers: &options.headers,
            body: body.map(|body| options.body_fields.add_to(body)),
        })
    }

    /// Whether it is about an app or a template, which exist in one region only.
    pub(super) fn names_app_or_template(&self) -> bool {
        let path = self.operation.path;
        let key = b"\"app_id\":";
        let body = self.body.as_deref().unwrap_or_default();
        path.contains("{app_id}")
            || path.contains("{template_id}")
            || self.url.query_pairs().any(|(name, _)| name == "app_id")
            || body.windows(key.len()).any(|part| part == key)
    }

    /// The request of one attempt. All attempts share the body.
    pub(super) fn authorized(
        &self,
        agent: &HeaderValue,
        authorization: &Authorization,
    ) -> reqwest::Request {
        let mut request = reqwest::Request::new(self.method.clone(), self.url.clone());
        let json = HeaderValue::from_static("application/json");
        let headers = request.headers_mut();
        // First, so that none of them replaces one of the client's.
        self.headers.add_to(headers);
        headers.insert(ACCEPT, json.clone());
        headers.insert(AUTHORIZATION, authorization.header.clone());
        headers.insert(USER_AGENT, agent.clone());
        if let Some(body) = &self.body {
            headers.insert(CONTENT_TYPE, json);
            *request.body_mut() = Some(body.clone().into());
        }
        request
    }
}
