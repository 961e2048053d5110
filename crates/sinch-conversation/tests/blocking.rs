//! Waiting for calls on a thread without a runtime of its own, against the sandbox.

use std::time::Duration;

use sinch_conversation::blocking::Blocking;
use sinch_conversation::message::Text;
use sinch_conversation::recipient::sms;
use sinch_conversation::resources::ChannelCredentials;
use sinch_conversation::types::ProcessingMode;
use sinch_conversation::{Client, Error, Service};
use sinch_conversation_sandbox::Sandbox;

fn client(sandbox: &Sandbox) -> Result<Client, Error> {
    let endpoints = sandbox.endpoints();
    Client::builder()
        .project(endpoints.project_id())
        .access_key(endpoints.key_id(), endpoints.key_secret())
        .endpoint(Service::Conversation, endpoints.conversation())
        .endpoint(Service::Template, endpoints.template())
        .endpoint(Service::Batch, endpoints.batch())
        .endpoint(Service::Auth, endpoints.auth())
        .build()
}

#[test]
fn calls_are_waited_for_and_lists_are_iterators() {
    let blocking = Blocking::new().unwrap();
    let sandbox = blocking.wait(Sandbox::start()).unwrap();
    let client = client(&sandbox).unwrap();
    let app = blocking
        .wait(
            client
                .apps()
                .create("shop")
                .channel(ChannelCredentials::sms("plan", "token"))
                .processing_mode(ProcessingMode::Conversation),
        )
        .unwrap();
    let app = client.app(app.id());
    for number in 0..5 {
        let sent = blocking
            .wait(
                app.send(Text::new(format!("{number}")))
                    .to(sms("+46700000001")),
            )
            .unwrap();
        let limit = Duration::from_secs(120);
        blocking
            .wait(sandbox.wait_for_delivery(sent.message_id.as_str(), limit))
            .unwrap();
    }
    let listed: Result<Vec<_>, _> = blocking.iter(app.messages().page_size(2)).collect();
    assert_eq!(listed.unwrap().len(), 5);
}

#[test]
fn threads_share_one() {
    let blocking = Blocking::new().unwrap();
    let sandbox = blocking.wait(Sandbox::start()).unwrap();
    let client = client(&sandbox).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                assert!(
                    blocking
                        .wait(client.apps().list().collect(9))
                        .unwrap()
                        .is_empty()
                )
            });
        }
    });
}
