//! From the outcome of a call to what its caller gets.

use sinch_conversation_raw::wire::Wire;
use sinch_conversation_raw::{
    self as raw, Operation, ResponseValue, Transport, TransportError, TransportFuture,
};

use super::call::{Call, unbuildable};
use super::decode::decode;
use super::exchange::Answer;
use super::response::Response;
use crate::auth::Mask;
use crate::error::Error;

/// A success, and the credentials that it may repeat.
#[derive(Debug)]
pub(super) struct Success {
    pub(super) answer: Answer,
    pub(super) mask: Mask,
}

/// The outcome of a call on its way past the generated function, as that function's error. It would decode the
/// answer in the caller's task and outside of the timeout.
#[derive(Debug, thiserror::Error)]
#[error("the outcome of a call")]
struct Carried(Result<Success, Error>);

impl Transport for Call {
    fn execute<'a>(
        &'a self,
        client: &'a reqwest::Client,
        request: reqwest::Request,
        operation: &'static Operation,
    ) -> TransportFuture<'a> {
        Box::pin(async move {
            let outcome = self.run(client, request, operation).await;
            Err(TransportError::from(Carried(outcome)))
        })
    }
}

impl Call {
    /// The answer to a generated function, decoded.
    pub(crate) async fn finish<T, E>(
        &self,
        result: Result<ResponseValue<T>, raw::Error<E>>,
    ) -> Result<Response<T>, Error>
    where
        T: Wire + Send + 'static,
    {
        self.read(result, Ok).await
    }

    /// As [`finish`](Self::finish), for an answer that callers get in another form.
    pub(crate) async fn read<T, U, E>(
        &self,
        result: Result<ResponseValue<T>, raw::Error<E>>,
        read: impl FnOnce(T) -> Result<U, Error>,
    ) -> Result<Response<U>, Error>
    where
        T: Wire + Send + 'static,
    {
        let Success { answer, mask } = self.success(result)?;
        let decoded = decode(answer.body, self.largest(), self.end()).await;
        let value = decoded
            .and_then(read)
            .map_err(|error| self.describe(error.masked(&mask)))?;
        Ok(Response::new(value, answer.status, answer.headers))
    }

    /// As [`finish`](Self::finish), for an operation whose success says all there is: its body is not decoded.
    pub(crate) fn done<T, E>(
        &self,
        result: Result<ResponseValue<T>, raw::Error<E>>,
    ) -> Result<Response<()>, Error> {
        let Success { answer, .. } = self.success(result)?;
        Ok(Response::new((), answer.status, answer.headers))
    }

    /// Takes out what went past the generated function.
    fn success<T, E>(
        &self,
        result: Result<ResponseValue<T>, raw::Error<E>>,
    ) -> Result<Success, Error> {
        let carried = result.err().and_then(|mut error| {
            let carried = raw::take_transport_error(&mut error)?;
            carried.downcast::<Carried>().ok()
        });
        match carried {
            Some(carried) => carried.0,
            // The function did not get as far as the transport.
            None => Err(self.describe(unbuildable())),
        }
    }
}
