//! `/healthz`: tells whether the sandbox is ready. It needs no credentials.

use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::api::error::ApiError;
use crate::server::response::ServerResponse;
use crate::store::{Store, StoreError};

/// The path of the health check.
pub(crate) const PATH: &str = "/healthz";

/// Responds with 200 if the store works.
pub(crate) async fn answer(store: &Store, method: &Method) -> Response {
    match check(store, method).await {
        Ok(()) => ServerResponse::json(StatusCode::OK, json!({ "status": "ok" }).to_string())
            .into_response(),
        Err(error) => error.into_response(),
    }
}

async fn check(store: &Store, method: &Method) -> Result<(), ApiError> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return Err(ApiError::wrong_method(&["GET", "HEAD"]));
    }
    let reads = store.read(|_| Ok::<_, StoreError>(())).await;
    reads.map_err(|error| {
        let (status, name) = (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE");
        ApiError::new(status, name, error.to_string())
    })
}
