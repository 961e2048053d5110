//! What carries the requests of the generated operations.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

use progenitor_client::{ClientHooks, ClientInfo, Error, OperationInfo};
use reqwest::{Request, Response};

use crate::generated::{OPERATIONS, batch, conversation, template};

/// An operation of the API, as its document describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// `operationId`, such as `Messages_SendMessage`.
    pub id: &'static str,
    /// Name of the function that calls it, such as `messages_send_message`.
    pub function: &'static str,
    /// The document it is in: `conversation`, `template` or `batch`.
    pub document: &'static str,
    /// HTTP method in upper case.
    pub method: &'static str,
    /// Path with its parameters in braces, such as `/v1/projects/{project_id}/messages:send`.
    pub path: &'static str,
    /// Tag under which the document lists it.
    pub tag: &'static str,
}

impl Operation {
    /// The operation that a generated function calls.
    fn of_function(function: &str) -> Option<&'static Self> {
        OPERATIONS
            .iter()
            .find(|operation| operation.function == function)
    }
}

/// Why a request got no response.
pub type TransportError = Box<dyn std::error::Error + Send + Sync>;

/// A request on its way.
pub type TransportFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Response, TransportError>> + Send + 'a>>;

/// Carries a request to the API: the one place for authentication, limits, retries and logs.
///
/// It is called once for each call of an operation and gives the response that the operation decodes. An error of
/// its own kind comes out of the operation wrapped; [`take_transport_error`] unwraps it.
pub trait Transport: fmt::Debug + Send + Sync {
    /// Sends the request with the client, or does whatever it takes to get a response.
    fn execute<'a>(
        &'a self,
        client: &'a reqwest::Client,
        request: Request,
        operation: &'static Operation,
    ) -> TransportFuture<'a>;
}

/// The transport that a client holds.
pub type Pipeline = Arc<dyn Transport>;

/// Sends each request once, as it is. Credentials can be default headers of the `reqwest::Client`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Direct;

impl Transport for Direct {
    fn execute<'a>(
        &'a self,
        client: &'a reqwest::Client,
        request: Request,
        _operation: &'static Operation,
    ) -> TransportFuture<'a> {
        Box::pin(async move { Ok(client.execute(request).await?) })
    }
}

/// The error of a transport, travelling as an extension of a response that no server gave.
///
/// Progenitor's hook can fail with an error of `reqwest` only, and those cannot be made. Extensions have to be `Clone`.
#[derive(Clone)]
struct Carried(Arc<Mutex<Option<TransportError>>>);

impl Carried {
    fn new(error: TransportError) -> Self {
        Self(Arc::new(Mutex::new(Some(error))))
    }

    fn take(&self) -> Option<TransportError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A status outside of every range that an operation decodes, so the response comes back as it is.
const CARRIER_STATUS: u16 = 999;

fn carrier(error: TransportError) -> Response {
    let mut response = http::Response::new(Vec::new());
    if let Ok(status) = http::StatusCode::from_u16(CARRIER_STATUS) {
        *response.status_mut() = status;
    }
    response.extensions_mut().insert(Carried::new(error));
    Response::from(response)
}

/// Takes the error of a [`Transport`] out of the error of an operation; `None` if it did not come from there.
pub fn take_transport_error<E>(error: &mut Error<E>) -> Option<TransportError> {
    let Error::UnexpectedResponse(response) = error else {
        return None;
    };
    response.extensions_mut().remove::<Carried>()?.take()
}

async fn carry(
    pipeline: &Pipeline,
    client: &reqwest::Client,
    request: Request,
    info: &OperationInfo,
) -> reqwest::Result<Response> {
    let result = match Operation::of_function(info.operation_id) {
        Some(operation) => pipeline.execute(client, request, operation).await,
        None => Err(format!("{} is not in the table of operations", info.operation_id).into()),
    };
    Ok(result.unwrap_or_else(carrier))
}

macro_rules! carried_by_pipeline {
    ($($client:ty),*) => { $(
        impl ClientHooks<Pipeline> for $client {
            async fn exec(&self, request: Request, info: &OperationInfo) -> reqwest::Result<Response> {
                carry(self.inner(), self.client(), request, info).await
            }
        }
    )* };
}

carried_by_pipeline!(conversation::Client, template::Client, batch::Client);
