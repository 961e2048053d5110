//! An inbox as a route of axum.

use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, post};
use sinch_conversation::webhook::{Receiver, SignedCallback};

use super::{CallbackError, EventStore, Inbox};

/// How long the API is asked to wait before it calls again, in seconds.
const RETRY_SECONDS: u32 = 5;

impl<S: EventStore + Clone> Inbox<S> {
    /// Makes a route that receives callbacks: each is checked, stored with what it says about rows of the outbox, and
    /// answered with 200 only then.
    ///
    /// A callback whose event is there already is answered with 200 too, so that the API stops to repeat it. What is not
    /// authentic is answered with 401, what is no JSON with 400, and a body that is too long with 413, each as by the
    /// extractor of the client and with its limits: those of the [`Receiver`] that the inbox was made with. When the store
    /// fails, is full, or does not answer in [time](Self::timeout), the answer is 503 with `Retry-After`, and the API calls
    /// again. Answers have no body; the reason goes to `tracing`.
    ///
    /// ```
    /// use axum::Router;
    /// use sinch_conversation::webhook::{Receiver, Verifier};
    /// use sinch_conversation_outbox::SqliteStore;
    /// use sinch_conversation_outbox::inbox::Inbox;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// let store = SqliteStore::open(folder.path().join("outbox.db"))?;
    /// let verifier = Verifier::new(["the secret of the webhook"])?;
    /// let receiver = Receiver::new(verifier).body_limit(256 * 1024);
    /// let inbox = Inbox::new(store, "callbacks", receiver);
    /// let router: Router = Router::new().route("/sinch", inbox.route());
    /// # Ok(())
    /// # }
    /// ```
    pub fn route<T: Clone + Send + Sync + 'static>(&self) -> MethodRouter<T> {
        post(receive::<S>).with_state(self.clone())
    }
}

impl<S> FromRef<Inbox<S>> for Receiver {
    fn from_ref(inbox: &Inbox<S>) -> Self {
        inbox.receiver.clone()
    }
}

/// The status of the error, with `Retry-After` if it is 503, and nothing else.
impl IntoResponse for CallbackError {
    fn into_response(self) -> Response {
        match self.status() {
            status @ StatusCode::SERVICE_UNAVAILABLE => {
                let seconds = RETRY_SECONDS.to_string();
                (status, [(RETRY_AFTER, seconds)]).into_response()
            }
            status => status.into_response(),
        }
    }
}

/// What the extractor refuses is in the log already.
async fn receive<S: EventStore + Clone>(
    State(inbox): State<Inbox<S>>,
    callback: Result<SignedCallback, sinch_conversation::webhook::WebhookError>,
) -> Result<StatusCode, CallbackError> {
    let stored = inbox.accept(&callback?).await;
    stored.map(|_| StatusCode::OK).inspect_err(|error| {
        tracing::error!(inbox = inbox.name, reason = %error, "callback refused");
    })
}
