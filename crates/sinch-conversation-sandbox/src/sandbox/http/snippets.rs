//! Requests as code to copy.

use std::sync::Arc;

use axum::http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Sandbox;
use super::input::Input;
use crate::api::error::ApiError;
use crate::sandbox::snippet::Snippet;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SnippetRequest {
    method: String,
    path: String,
    #[serde(default)]
    body: String,
}

pub(super) async fn write(sandbox: Arc<Sandbox>, input: Input) -> Result<Value, ApiError> {
    let SnippetRequest { method, path, body } = input.body()?;
    let method: Method = method.parse().map_err(|_| {
        ApiError::invalid(
            "method",
            format!("expected an HTTP method, found {method:?}"),
        )
    })?;
    if !path.starts_with('/') {
        let description = format!("expected a path that begins with /, found {path:?}");
        return Err(ApiError::invalid("path", description));
    }
    let snippet = Snippet::new(method, &path, &body);
    Ok(json!({
        "curl": snippet.curl(sandbox.endpoints.conversation()),
        "rust": snippet.rust(&sandbox.server.operations),
    }))
}
