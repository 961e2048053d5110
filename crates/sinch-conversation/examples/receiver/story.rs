//! A receipt comes twice, because the answer to the first one got lost, and is handled once.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use sinch_conversation::message::Text;
use sinch_conversation::recipient::sms;
use sinch_conversation::resources::ChannelCredentials;
use sinch_conversation::types::{ConversationWebhookEvent as Callback, WebhookTrigger};
use sinch_conversation::webhook::{Event, Receiver, Verifier};
use sinch_conversation::{AppId, Client};
use sinch_conversation_sandbox::Sandbox;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::desk;

const GUEST: &str = "+46700000001";
const SECRET: &str = "a long random text";
const PATIENCE: Duration = Duration::from_secs(30);

/// What the worker did with an event.
struct Done {
    what: String,
    repeated: bool,
}

pub(crate) async fn tell() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::builder()
        .callback_retries([Duration::from_millis(10); 3])
        .start()
        .await?;
    let (url, mut done) = start_receiver().await?;
    println!("Callbacks go to {url}. Its first answer will get lost.");

    let client = client(&sandbox)?;
    let app = open_restaurant(&client, &url).await?;
    let sent = client
        .app(&app)
        .send(Text::new("Your table is ready"))
        .to(sms(GUEST))
        .await?;
    println!("Sent \"Your table is ready\" as {}.", sent.message_id);

    sandbox
        .wait_for_delivery(sent.message_id.as_str(), PATIENCE)
        .await?;
    sandbox.wait_until_quiet(PATIENCE).await?;
    let attempts = count_attempts(&sandbox).await?;
    let (handled, repeated) = read(&mut done, attempts).await?;
    println!("{attempts} callbacks came in: {handled} handled, {repeated} dropped.");

    sandbox.shutdown().await;
    if (handled, repeated) == (2, 1) {
        Ok(())
    } else {
        Err("expected two receipts, and one of them a second time".into())
    }
}

/// Starts the web server on a free port, and the worker. Gives the address, and what the worker does.
async fn start_receiver() -> Result<(String, UnboundedReceiver<Done>), Box<dyn Error>> {
    let (router, events) = desk::open(Receiver::new(Verifier::new([SECRET])?));
    let (reports, done) = unbounded_channel();
    tokio::spawn(desk::work(events, move |event, repeated| {
        report(&reports, event, repeated);
    }));

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/sinch", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, lose_first_answer(router)).await });
    Ok((url, done))
}

/// Lets the first callback be processed, and answers it with a failure all the same.
fn lose_first_answer(router: Router) -> Router {
    let lost = Arc::new(AtomicBool::new(false));
    router.layer(map_response(move |response: Response| {
        let is_first = !lost.swap(true, Ordering::Relaxed);
        async move {
            if is_first {
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            } else {
                response
            }
        }
    }))
}

/// The work itself would be here.
fn report(reports: &UnboundedSender<Done>, event: &Event, repeated: bool) {
    let what = match event.typed() {
        Callback::MessageDeliveryReceiptEvent(receipt) => {
            let status = receipt.message_delivery_report.status.as_ref();
            status.map_or("no status", |status| status.as_str())
        }
        _ => event.trigger().as_str(),
    };
    let _ = reports.send(Done {
        what: what.to_owned(),
        repeated,
    });
}

fn client(sandbox: &Sandbox) -> Result<Client, sinch_conversation::Error> {
    let endpoints = sandbox.endpoints();
    Client::builder()
        .project(endpoints.project_id())
        .access_key(endpoints.key_id(), endpoints.key_secret())
        .endpoints(endpoints.conversation())
        .build()
}

async fn open_restaurant(client: &Client, url: &str) -> Result<AppId, sinch_conversation::Error> {
    let app = client
        .apps()
        .create("Osteria")
        .channel(ChannelCredentials::sms("a service plan", "its token"))
        .await?;
    client
        .webhooks()
        .create(&app, url)
        .triggers([WebhookTrigger::MessageDelivery])
        .secret(SECRET)
        .await?;
    Ok(app.id().clone())
}

/// How often the sandbox has called the receiver.
async fn count_attempts(sandbox: &Sandbox) -> Result<usize, Box<dyn Error>> {
    let callbacks = sandbox.callbacks().await?;
    Ok(callbacks
        .iter()
        .map(|callback| callback.attempts.len())
        .sum())
}

/// Prints what was done with each callback, and counts what was handled and what was dropped.
async fn read(
    done: &mut UnboundedReceiver<Done>,
    callbacks: usize,
) -> Result<(usize, usize), Box<dyn Error>> {
    let (mut handled, mut dropped) = (0, 0);
    for _ in 0..callbacks {
        let next = tokio::time::timeout(PATIENCE, done.recv()).await?;
        let Done { what, repeated } = next.ok_or("the worker has stopped")?;
        if repeated {
            println!("  {what} came again and is dropped");
            dropped += 1;
        } else {
            println!("  {what} is handled");
            handled += 1;
        }
    }
    Ok((handled, dropped))
}
