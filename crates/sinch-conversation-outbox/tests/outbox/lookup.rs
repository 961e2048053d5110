//! The list of messages of the sandbox, looked at for rows whose answer was lost.

use std::time::Duration;

use sinch_conversation::message::Text;
use sinch_conversation::recipient::sms;
use sinch_conversation::types::ProcessingMode;
use sinch_conversation::{AppId, Client};
use sinch_conversation_outbox::store::Key;
use sinch_conversation_outbox::{
    ClientSender, Clock, Decision, InvalidMessage, MessageLookup, NewRow, Reply, Row, RowId,
    Sender, SqliteStore, State, Store, SystemClock, UnknownPolicy, Worker, WorkerOptions,
};
use sinch_conversation_sandbox::{InjectedFault, Sandbox};

use crate::api;
use crate::inbox::until;

const SEND: &str = "Messages_SendMessage";
const LIST: &str = "Messages_ListMessages";

/// A message to a number, that can be found.
fn searchable(client: &Client, number: usize) -> NewRow {
    let app = client.app(AppId::new(api::APP).unwrap());
    let message = app.send(Text::new("Your table is ready"));
    NewRow::searchable(&message.to(sms(format!("+4670{number:07}")))).unwrap()
}

/// Sends a row, and returns it as it is when its answer was lost.
async fn send(client: &Client, row: NewRow) -> (Row, Reply) {
    let now = SystemClock.now();
    let id = RowId::random(now);
    let reply = ClientSender::new(client)
        .send(id, row.request.clone())
        .await;
    (Row::new(id, row.request, now), reply)
}

async fn lose(sandbox: &Sandbox, client: &Client, row: NewRow, is_performed: bool) -> Row {
    let reset = InjectedFault::reset(SEND);
    let fault = if is_performed {
        reset.after_performing()
    } else {
        reset
    };
    sandbox.inject(fault).unwrap();
    let (row, reply) = send(client, row).await;
    assert!(matches!(reply, Reply::Unknown { .. }), "{reply:?}");
    row
}

/// Whether the row was found as the one message that was sent.
async fn is_found(decision: &Decision, sandbox: &Sandbox) -> bool {
    let sent = sandbox.sent().await.unwrap().remove(0);
    matches!(decision, Decision::Found { message_id: Some(id), .. } if *id == sent.id)
}

/// Sends again without any wait.
fn eager(client: &Client) -> MessageLookup {
    MessageLookup::new(client)
        .send_again()
        .after(Duration::ZERO)
}

#[tokio::test]
async fn a_worker_finds_the_message_whose_answer_was_lost() {
    let sandbox = api::sandbox().await;
    let client = api::client(sandbox.endpoints());
    let lost = InjectedFault::reset(SEND).after_performing();
    sandbox.inject(lost).unwrap();
    let store = SqliteStore::builder().open_in_memory().unwrap();
    let soon = UnknownPolicy::AskAfter(Duration::from_millis(20));
    let row = searchable(&client, 1).on_unknown(soon);
    let stored = store.enqueue("q", vec![row], SystemClock.now()).await;
    let id = stored.unwrap()[0].id;
    let poll = Duration::from_millis(20);
    let worker = Worker::new(store.clone(), ClientSender::new(&client), "q")
        .options(WorkerOptions::default().intervals(poll, poll))
        .on_unknown(eager(&client).function());
    tokio::spawn(worker.run());
    let find = async || store.find("q", Key::Id(id)).await.unwrap().unwrap();
    until(async || find().await.message_id.is_some()).await;
    let sent = sandbox.sent().await.unwrap();
    assert_eq!(sent.len(), 1);
    let row = find().await;
    assert_eq!(row.message_id.as_ref(), Some(&sent[0].id));
    assert!(
        matches!(row.state, State::Accepted | State::Delivered),
        "{row:?}"
    );
}

#[tokio::test]
async fn a_message_that_is_not_listed_is_sent_again_only_when_the_list_is_that_far() {
    let sandbox = api::sandbox().await;
    let client = api::client(sandbox.endpoints());
    let row = lose(&sandbox, &client, searchable(&client, 1), false).await;
    let lookup = eager(&client);
    assert_eq!(lookup.decide(&row).await, Decision::AskAgain, "no other");
    send(&client, searchable(&client, 2)).await;
    assert_eq!(lookup.decide(&row).await, Decision::AskAgain, "too early");
    sandbox.advance_clock(Duration::from_secs(3600));
    send(&client, api::row(&client, api::APP, 3)).await;
    assert_eq!(lookup.decide(&row).await, Decision::AskAgain, "no metadata");
    send(&client, searchable(&client, 4)).await;
    assert_eq!(lookup.decide(&row).await, Decision::SendAgain);

    let careful = MessageLookup::new(&client);
    assert_eq!(careful.decide(&row).await, Decision::AskAgain);
    let patient = careful.clone().send_again();
    assert_eq!(patient.decide(&row).await, Decision::AskAgain);
    let over = lookup.clone().until(Duration::ZERO);
    assert_eq!(over.decide(&row).await, Decision::Leave);
    // What is known later is better than what was.
    sandbox.inject(InjectedFault::status(LIST, 400)).unwrap();
    assert_eq!(lookup.decide(&row).await, Decision::AskAgain);
    assert_eq!(lookup.decide(&row).await, Decision::SendAgain);
}

#[tokio::test]
async fn a_message_is_found_behind_a_thousand_others_and_under_another_address() {
    let sandbox = api::sandbox().await;
    let client = api::client(sandbox.endpoints());
    let mut row = lose(&sandbox, &client, searchable(&client, 1), true).await;
    let mut sends = tokio::task::JoinSet::new();
    for _ in 0..1_005 {
        let (client, row) = (client.clone(), api::row(&client, api::APP, 1));
        sends.spawn(async move { send(&client, row).await });
    }
    sends.join_all().await;
    sandbox.clear_requests();
    let decision = MessageLookup::new(&client).decide(&row).await;
    assert!(is_found(&decision, &sandbox).await, "{decision:?}");
    let requests = sandbox.requests().into_iter();
    let lists = requests.filter(|request| request.operation == Some(LIST));
    assert_eq!(lists.count(), 2);

    row.request = row.request.replace("0000001", "0000009");
    sandbox.advance_clock(Duration::from_secs(3600));
    send(&client, searchable(&client, 2)).await;
    let decision = eager(&client).decide(&row).await;
    assert!(is_found(&decision, &sandbox).await, "{decision:?}");
}

#[tokio::test]
async fn in_dispatch_mode_nothing_is_concluded() {
    let sandbox = api::sandbox().await;
    let client = api::client(sandbox.endpoints());
    let app = client.app(AppId::new(api::APP).unwrap());
    let message = app.send(Text::new("hi")).to(sms("+46700000001"));
    let only = NewRow::searchable(&message.dispatch_only()).unwrap();
    let only = lose(&sandbox, &client, only, false).await;
    let row = lose(&sandbox, &client, searchable(&client, 1), false).await;
    sandbox.advance_clock(Duration::from_secs(3600));
    send(&client, searchable(&client, 2)).await;
    assert_eq!(eager(&client).decide(&only).await, Decision::Leave);
    assert_eq!(eager(&client).decide(&row).await, Decision::SendAgain);
    let to_dispatch = app.edit(|app| app.processing_mode = Some(ProcessingMode::Dispatch));
    to_dispatch.await.unwrap();
    assert_eq!(eager(&client).decide(&row).await, Decision::Leave);
}

#[tokio::test]
async fn metadata_of_your_own_counts_when_you_say_that_it_is_unique() {
    let sandbox = api::sandbox().await;
    let client = api::client(sandbox.endpoints());
    let app = client.app(AppId::new(api::APP).unwrap());
    let message = app.send(Text::new("hi")).to(sms("+46700000001"));
    let message = message.metadata("order-4711");
    let refused = NewRow::searchable(&message);
    assert!(matches!(refused, Err(InvalidMessage::HasMetadata)));
    let row = NewRow::from_message(&message).unwrap();
    let row = lose(&sandbox, &client, row, true).await;
    assert_eq!(eager(&client).decide(&row).await, Decision::Leave);
    let decision = eager(&client).metadata_is_unique().decide(&row).await;
    assert!(is_found(&decision, &sandbox).await, "{decision:?}");
}
