//! What comes in: the bot of the examples, answers in both processing modes, waiting for deliveries and batches.

use std::time::Duration;

use sinch_conversation::message::Text;
use sinch_conversation::recipient::{sms, whatsapp};
use sinch_conversation::resources::{BatchRecipient, ChannelCredentials};
use sinch_conversation::types::{
    BatchStatus, ConversationDirection, DeliveryStatus, ProcessingMode, WebhookTrigger,
};
use sinch_conversation::webhook::{Deliveries, Event, EventKind, Receiver, Verifier};
use sinch_conversation::{AppId, Client, ContactId, ErrorKind};
use sinch_conversation_sandbox::{Sandbox, SentMessage, TimelineEntry};
use tokio::net::TcpListener;

use crate::{PERSON, SOON, bot, client, next, receiver};

const SECRET: &str = "hush";

async fn app(client: &Client, mode: ProcessingMode) -> AppId {
    let app = client.apps().create("Osteria");
    let app = app
        .channel(ChannelCredentials::whatsapp("46700000000", "wa-token"))
        .channel(ChannelCredentials::sms("plan", "sms-token"))
        .processing_mode(mode);
    app.await.unwrap().id().clone()
}

async fn call_back(client: &Client, app: &AppId, url: &str) {
    let webhook = client.webhooks().create(app, url).secret(SECRET);
    let triggers = [
        WebhookTrigger::MessageInbound,
        WebhookTrigger::MessageDelivery,
    ];
    webhook.triggers(triggers).await.unwrap();
}

/// The message that the app sent last.
async fn last_sent(sandbox: &Sandbox) -> SentMessage {
    sandbox.wait_until_quiet(SOON).await.unwrap();
    sandbox.sent().await.unwrap().pop().unwrap()
}

/// Serves the bot on a free port.
async fn start_bot(client: &Client, receiver: Receiver) -> String {
    let router = bot::router(client.clone(), receiver);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/sinch", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn answers(sandbox: &Sandbox) -> Vec<TimelineEntry> {
    sandbox.wait_until_quiet(SOON).await.unwrap();
    let entries = sandbox.timeline().await.unwrap().into_iter();
    let sent = |entry: &TimelineEntry| entry.direction == ConversationDirection::ToContact;
    entries.filter(sent).collect()
}

#[tokio::test]
async fn the_bot_answers_a_callback_once_that_comes_twice() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let app = app(&client, ProcessingMode::Dispatch).await;
    let receiver = Receiver::new(Verifier::new([SECRET]).unwrap());
    call_back(&client, &app, &start_bot(&client, receiver).await).await;
    let guest = sandbox.handset(app.as_str(), "WHATSAPP", PERSON);

    guest.says("Hello").await.unwrap();
    let inbound = |trigger: &str| trigger == "MESSAGE_INBOUND";
    let first = sandbox.wait_for_callback(SOON, |callback| inbound(&callback.trigger));
    let first = first.await.unwrap();
    assert_eq!(answers(&sandbox).await.len(), 1);
    sandbox.replay_callback(first.id).await.unwrap();
    assert_eq!(answers(&sandbox).await.len(), 1);

    let question = &answers(&sandbox).await[0];
    guest.chooses(&question.id, "Opening hours").await.unwrap();
    let answers = answers(&sandbox).await;
    assert_eq!(answers.len(), 2);
    let text = answers[1].message.as_ref().unwrap();
    assert!(text.to_string().contains("from 17 to 23"), "{text}");
}

#[tokio::test]
async fn the_bot_answers_later_what_it_could_not_answer() {
    let sandbox = Sandbox::builder()
        .callback_retries([Duration::from_millis(10); 3])
        .start()
        .await
        .unwrap();
    let client = client(&sandbox);
    let app = app(&client, ProcessingMode::Dispatch).await;
    let receiver = Receiver::new(Verifier::new([SECRET]).unwrap());
    call_back(&client, &app, &start_bot(&client, receiver).await).await;
    let refusal = sinch_conversation_sandbox::InjectedFault::status("Messages_SendMessage", 400);
    sandbox.inject(refusal).unwrap();

    let guest = sandbox.handset(app.as_str(), "WHATSAPP", PERSON);
    guest.says("Hello").await.unwrap();
    let answered = |entry: &TimelineEntry| entry.direction == ConversationDirection::ToContact;
    sandbox.wait_for_entry(SOON, answered).await.unwrap();
    assert_eq!(answers(&sandbox).await.len(), 1);
    let callback =
        sandbox.wait_for_callback(SOON, |callback| callback.trigger == "MESSAGE_INBOUND");
    let statuses: Vec<_> = callback.await.unwrap().attempts;
    assert_eq!(statuses.len(), 2, "{statuses:?}");
}

/// Lets the person write, and answers what comes in.
async fn answer(sandbox: &Sandbox, mode: ProcessingMode, channel: &str) -> (Event, SentMessage) {
    let client = client(sandbox);
    let app = app(&client, mode).await;
    let (url, mut events) = receiver::start(SECRET).await.unwrap();
    call_back(&client, &app, &url).await;
    let person = sandbox.handset(app.as_str(), channel, PERSON);
    person.says("A table for two?").await.unwrap();

    let event = next(&mut events).await;
    let EventKind::Inbound(message) = event.kind() else {
        panic!("{event:?}");
    };
    assert_eq!(message.text(), Some("A table for two?"));
    let sent = client.reply_to(message, Text::new("Certainly")).await;
    let sent_message = last_sent(sandbox).await;
    assert_eq!(sent_message.id, sent.unwrap().message_id.as_str());
    assert_eq!(sent_message.app_id, app.as_str());
    (event, sent_message)
}

#[tokio::test]
async fn an_answer_in_dispatch_mode_goes_to_the_address() {
    let sandbox = Sandbox::start().await.unwrap();
    let (event, sent) = answer(&sandbox, ProcessingMode::Dispatch, "SMS").await;
    let EventKind::Inbound(message) = event.kind() else {
        panic!("{event:?}");
    };
    assert_eq!((message.contact_id(), sent.contact_id.as_str()), (None, ""));
    let channel = sent.receipts[0].channel_identity.as_ref().unwrap();
    assert_eq!(channel.channel.as_str(), "SMS");
    assert_eq!(sent.statuses(), ["QUEUED_ON_CHANNEL", "DELIVERED"]);
}

#[tokio::test]
async fn an_answer_in_conversation_mode_goes_into_the_conversation() {
    let sandbox = Sandbox::start().await.unwrap();
    let (event, sent) = answer(&sandbox, ProcessingMode::Conversation, "SMS").await;
    let EventKind::Inbound(message) = event.kind() else {
        panic!("{event:?}");
    };
    assert_eq!(message.contact_id(), Some(sent.contact_id.as_str()));
    assert_eq!(
        message.conversation_id(),
        Some(sent.conversation_id.as_str())
    );
}

/// The contact prefers WhatsApp, and the last message went there; it wrote by SMS before.
#[tokio::test]
async fn an_answer_takes_the_channel_of_the_message_and_not_of_the_contact() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let app = app(&client, ProcessingMode::Conversation).await;
    let (url, mut events) = receiver::start(SECRET).await.unwrap();
    call_back(&client, &app, &url).await;
    let handset = |channel| sandbox.handset(app.as_str(), channel, PERSON);
    handset("SMS").says("By SMS").await.unwrap();
    let event = next(&mut events).await;
    let EventKind::Inbound(message) = event.kind() else {
        panic!("{event:?}");
    };
    let contact = ContactId::new(message.contact_id().unwrap()).unwrap();
    let identities = vec![whatsapp(PERSON).into(), sms(PERSON).into()];
    let edited = client.contacts().edit(&contact, |contact| {
        contact.channel_identities = Some(identities);
    });
    edited.await.unwrap();
    handset("WHATSAPP").says("By WhatsApp").await.unwrap();
    next(&mut events).await;

    client.reply_to(message, Text::new("Yes")).await.unwrap();
    let sent = last_sent(&sandbox).await;
    assert_eq!(sent.contact_id, contact.as_str());
    let channel = sent.receipts[0].channel_identity.as_ref().unwrap();
    assert_eq!(channel.channel.as_str(), "SMS");
}

#[tokio::test]
async fn a_send_is_awaited_until_its_message_has_arrived_or_failed() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let app = app(&client, ProcessingMode::Dispatch).await;
    let deliveries = Deliveries::new();
    let receiver = Receiver::new(Verifier::new([SECRET]).unwrap()).deliveries(&deliveries);
    call_back(&client, &app, &start_bot(&client, receiver).await).await;

    for (failure, expected) in [
        (None, DeliveryStatus::Delivered),
        (Some("RECIPIENT_NOT_REACHABLE"), DeliveryStatus::Failed),
    ] {
        if let Some(failure) = failure {
            sandbox.fail_channel("SMS", failure);
        }
        let send = client.app(&app).send(Text::new("1234")).to(sms(PERSON));
        let sent = send.await.unwrap();
        let delivery = deliveries.wait_for(&sent.message_id, SOON).await.unwrap();
        assert_eq!(delivery.report().status(), Some(&expected));
    }
}

#[tokio::test]
async fn a_batch_is_awaited_by_asking_for_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let app = app(&client, ProcessingMode::Dispatch).await;
    let batches = client.batches();
    let batch = || {
        let batch = batches.send(&app, Text::new("We open again"));
        batch.recipients([BatchRecipient::new(sms(PERSON))])
    };
    let sent = batch().await.unwrap();
    let done = batches.wait_for(&sent.batch_id, SOON).await.unwrap();
    assert_eq!(done.data().status, Some(BatchStatus::Processed));

    let hour = sandbox.now() + Duration::from_secs(3600);
    let later = batch().send_after(hour).await.unwrap();
    let early = batches.wait_for(&later.batch_id, Duration::from_millis(600));
    let error = early.await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout(_)), "{error:?}");
    let waiting = batches.wait_for(&later.batch_id, SOON);
    let (done, cancelled) = tokio::join!(waiting, batches.cancel(&later.batch_id));
    cancelled.unwrap();
    assert_eq!(done.unwrap().data().status, Some(BatchStatus::Cancelled));
}
