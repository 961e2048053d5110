//! The bot: a route for callbacks, and what it answers.

use axum::Router;
use axum::routing::post;
use sinch_conversation::message::{Choice, Choices, Message, Text};
use sinch_conversation::webhook::{
    Event, EventKind, InboundMessage, MessageContent, Receiver, VerifiedEvent,
};
use sinch_conversation::{Client, Error};

/// The route for callbacks. The receiver checks them, and passes each event on once.
pub(crate) fn router(client: Client, receiver: Receiver) -> Router {
    let receive = async move |event: VerifiedEvent| {
        // An event that could not be answered is delivered again.
        event.handle(|event| answer(client, event)).await
    };
    Router::new()
        .route("/sinch", post(receive))
        .with_state(receiver)
}

async fn answer(client: Client, event: Event) -> Result<(), Error> {
    if let EventKind::Inbound(message) = event.kind() {
        client.reply_to(message, words(message)).await?;
    }
    Ok(())
}

/// What the bot says to a message.
fn words(message: InboundMessage<'_>) -> Message {
    match message.content() {
        MessageContent::Choice(choice) => match choice.postback_data {
            "book" => Text::new("For how many people, and when?").into(),
            "hours" => Text::new("We are open every day from 17 to 23.").into(),
            _ => menu(),
        },
        MessageContent::Text(_) => menu(),
        _ => Text::new("I can only read text.").into(),
    }
}

fn menu() -> Message {
    Choices::new(
        "How can I help?",
        [
            Choice::text("Book a table").postback("book"),
            Choice::text("Opening hours").postback("hours"),
        ],
    )
    .into()
}
