//! Receives callbacks with actix-web, which has another version of `http` than this SDK.
//!
//! Settings: the `SINCH_*` variables of `Client::from_env`, and the secret of the webhook in `WEBHOOK_SECRET`.

use std::error::Error;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, PayloadConfig, post};
use actix_web::{App, HttpRequest, HttpServer};
use sinch_conversation::Client;
use sinch_conversation::webhook::{Receiver, Verifier, WebhookError};
use sinch_conversation_frameworks::answer;

/// The longest body that actix-web reads.
const BODY_LIMIT: usize = 1024 * 1024;

struct Bot {
    client: Client,
    receiver: Receiver,
}

impl Bot {
    async fn receive(&self, request: &HttpRequest, body: &[u8]) -> Result<(), WebhookError> {
        let event = self.receiver.receive(request.headers(), body).await?;
        let client = self.client.clone();
        event.handle(|event| answer(client, event)).await
    }
}

/// Answers with a status and an empty body.
async fn receive(bot: Data<Bot>, request: HttpRequest, body: Bytes) -> (&'static str, StatusCode) {
    let status = match bot.receive(&request, &body).await {
        Ok(()) => StatusCode::OK,
        Err(error) => {
            eprintln!("{error}");
            let status = StatusCode::from_u16(error.status().as_u16());
            status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
        }
    };
    ("", status)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let verifier = Verifier::new([std::env::var("WEBHOOK_SECRET")?])?;
    let bot = Data::new(Bot {
        client: Client::from_env()?,
        receiver: Receiver::new(verifier),
    });
    let app = move || {
        App::new()
            .app_data(bot.clone())
            .app_data(PayloadConfig::new(BODY_LIMIT))
            .route("/sinch", post().to(receive))
    };
    Ok(HttpServer::new(app).bind("127.0.0.1:8081")?.run().await?)
}
