//! A server that speaks TLS only, with the cryptography that the client of the API has.

use async_nats::ConnectOptions;
use sinch_conversation_outbox::inbox::StoredEvent;
use sinch_conversation_outbox::nats::EventPublisher;
use sinch_conversation_outbox::{Outbox, SqliteStore};
use sinch_conversation_test_server::tls::ANOTHER;

use super::server::{self, count, stream};
use super::source::{SEND, WINDOW, consumer, open, publish, rows, source};
use crate::inbox::until;

#[tokio::test]
async fn events_and_sends_go_over_tls_to_a_server_that_is_trusted() {
    let Some(server) = server::start_with_tls().await else {
        return;
    };
    let context = server.context().await;
    stream(&context, "events", WINDOW).await;
    let key = "MESSAGE_INBOUND/01M".to_owned();
    let body = r#"{"message": {"id": "01M"}}"#.to_owned();
    let stored = StoredEvent::new(1, key, body, 1, Default::default(), None);
    let publisher = EventPublisher::new(context.clone(), "events");
    publisher.publish(&stored).await.unwrap();
    assert_eq!(count(&context, "events").await, 1);

    stream(&context, "sends", WINDOW).await;
    publish(&context, &[], SEND).await;
    let outbox = Outbox::new(SqliteStore::builder().open_in_memory().unwrap(), "q");
    tokio::spawn(source(&outbox, &context, consumer(&context, WINDOW).await).run());
    until(async || open(&context).await == 0).await;
    assert_eq!(rows(&outbox).await, 1);

    let folder = tempfile::tempdir().unwrap();
    let another = folder.path().join("another.pem");
    std::fs::write(&another, ANOTHER).unwrap();
    let user = || ConnectOptions::with_user_and_password("test".to_owned(), "test".to_owned());
    for options in [user(), user().add_root_certificates(another)] {
        assert!(server.try_connect(options).await.is_err(), "not trusted");
    }
}
