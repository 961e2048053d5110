//! Receives callbacks in a function of AWS Lambda, behind API Gateway.
//!
//! Settings: the `SINCH_*` variables of `Client::from_env`, and the secret of the webhook in `WEBHOOK_SECRET`.
//!
//! Each instance of a function remembers the events that it has handled. For all instances together, pass a store that
//! they share to `Receiver::events`.

use lambda_http::{Body, Error, Request, Response, run, service_fn};
use sinch_conversation::Client;
use sinch_conversation::webhook::{Receiver, Verifier, WebhookError};
use sinch_conversation_frameworks::answer;

struct Bot {
    client: Client,
    receiver: Receiver,
}

impl Bot {
    async fn receive(&self, request: &Request) -> Result<(), WebhookError> {
        let headers = request.headers();
        let event = self.receiver.receive(headers, request.body()).await?;
        let client = self.client.clone();
        event.handle(|event| answer(client, event)).await
    }

    /// Answers with a status and an empty body.
    async fn respond(&self, request: Request) -> Result<Response<Body>, Error> {
        let status = match self.receive(&request).await {
            Ok(()) => 200,
            Err(error) => {
                eprintln!("{error}");
                error.status().as_u16()
            }
        };
        Ok(Response::builder().status(status).body(Body::Empty)?)
    }
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let bot = &Bot {
        client: Client::from_env()?,
        receiver: Receiver::new(Verifier::new([std::env::var("WEBHOOK_SECRET")?])?),
    };
    run(service_fn(async |request| bot.respond(request).await)).await
}
