//! Lists of every kind: how they are read, and what is refused before they are.

use serde_json::{Value, json};
use sinch_conversation::error::ErrorKind;
use sinch_conversation::resources::{Paginator, StoredMessage};
use sinch_conversation::types::ConsentsListType;
use sinch_conversation::{Client, Error};

use crate::server::{Act, Server};
use crate::{always, client, good};

const OPT_OUT: ConsentsListType = ConsentsListType::OptOutAll;

/// 35 messages, 10 a page, as the API pages them. The request of the page `fails` is cut off once.
async fn messages(fails: Option<&'static str>) -> Server {
    Server::start(move |request, number| {
        if request.is_token() {
            return good(&request.path);
        }
        let token = request.path.split("page_token=").nth(1);
        if fails.is_some() && fails == token && number == 0 {
            return Act::reply(400, "{}");
        }
        let start: usize = token.map_or(0, |token| token.parse().unwrap());
        let ids = start..(start + 10).min(35);
        let messages: Vec<Value> = ids.map(|id| json!({"id": format!("{id}")})).collect();
        let next = if start < 30 {
            format!("{}", start + 10)
        } else {
            String::new()
        };
        Act::reply(200, json!({"messages": messages, "next_page_token": next}))
            .with("x-page", start)
    })
    .await
}

fn ids(messages: &[StoredMessage]) -> Vec<usize> {
    let ids = messages.iter().map(|message| message.id().as_str());
    ids.map(|id| id.parse().unwrap()).collect()
}

#[tokio::test]
async fn all_items_are_read_one_by_one() {
    let server = messages(None).await;
    let mut list = client(&server).messages().list().paginate();
    let mut seen = Vec::new();
    while let Some(message) = list.next().await.unwrap() {
        seen.push(message);
    }
    assert_eq!(ids(&seen), (0..35).collect::<Vec<_>>());
    assert_eq!(server.calls().len(), 4);
}

#[tokio::test]
async fn a_page_is_requested_when_it_is_needed() {
    let server = messages(None).await;
    let mut list = client(&server).messages().list().paginate();
    assert_eq!(server.calls().len(), 0);
    for _ in 0..10 {
        list.next().await.unwrap();
    }
    assert_eq!(server.calls().len(), 1);
    list.next().await.unwrap();
    assert_eq!(server.calls().len(), 2);
}

#[tokio::test]
async fn what_is_collected_is_all_or_an_error() {
    let server = messages(None).await;
    let list = || client(&server).messages().list();
    assert_eq!(list().collect(35).await.unwrap().len(), 35);
    let error = list().collect(34).await.unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::TooManyItems { limit: 34, .. }),
        "{error:?}"
    );
    assert!(!error.is_retryable());
    // It stops as soon as there are too many.
    let before = server.calls().len();
    list().collect(5).await.unwrap_err();
    assert_eq!(server.calls().len(), before + 1);
}

#[tokio::test]
async fn a_list_goes_on_from_a_token() {
    let server = messages(None).await;
    let list = || client(&server).messages().list();
    let mut first = list().paginate();
    let page = first.next_page().await.unwrap().unwrap();
    assert_eq!(first.next_token(), page.next.as_deref());
    let rest = list()
        .page_token(page.next.unwrap())
        .collect(100)
        .await
        .unwrap();
    assert_eq!(ids(&rest), (10..35).collect::<Vec<_>>());
}

#[tokio::test]
async fn one_page_comes_with_its_headers() {
    let server = messages(None).await;
    let list = client(&server).messages().list().page_token("20");
    let page = list.page().with_response().await.unwrap();
    assert_eq!(page.headers["x-page"], "20");
    assert_eq!(ids(&page.items), (20..30).collect::<Vec<_>>());
    assert_eq!(page.next.as_deref(), Some("30"));
}

#[tokio::test]
async fn after_an_error_the_same_page_is_requested_again() {
    let server = messages(Some("20")).await;
    let mut list = client(&server).messages().list().paginate();
    let mut seen = Vec::new();
    let mut errors = 0;
    loop {
        match list.next().await {
            Ok(Some(message)) => seen.push(message),
            Ok(None) => break,
            Err(_) => errors += 1,
        }
    }
    assert_eq!((errors, ids(&seen)), (1, (0..35).collect::<Vec<_>>()));
}

/// Reads whatever list this is.
async fn count<T>(list: impl Into<Paginator<T>>) -> Result<usize, Error> {
    let mut list = list.into();
    let mut count = 0;
    while list.next().await?.is_some() {
        count += 1;
    }
    Ok(count)
}

#[tokio::test]
async fn every_list_has_one_shape() {
    let item = json!({
        "id": "01X", "identity": "1", "target": "https://example.com", "language_code": "en-US",
        "conversation": {"id": "01X"}, "channel_identity": {"channel": "SMS", "identity": "1"},
        "direction": "TO_APP", "processing_mode": "CONVERSATION", "accept_time": "2025-01-02T03:04:05Z", "contact_event": {"composing_event": {}}
    });
    let names = [
        "apps",
        "conflicts",
        "contacts",
        "conversations",
        "events",
        "identities",
        "messages",
        "templates",
    ];
    let mut answer: serde_json::Map<String, Value> = names
        .iter()
        .map(|name| ((*name).to_owned(), json!([item, item])))
        .collect();
    answer.insert("webhooks".into(), json!([item, item]));
    answer.insert("translations".into(), json!([item, item]));
    let server = always(Act::reply(200, Value::Object(answer))).await;
    let client: Client = client(&server);
    let (contacts, conversations) = (client.contacts(), client.conversations());
    let messages = client.messages();
    let counted = [
        count(client.apps().list()).await,
        count(client.webhooks().list("01APP")).await,
        count(client.templates().list()).await,
        count(client.templates().translations("01T")).await,
        count(client.consents().list("01APP", OPT_OUT)).await,
        count(contacts.list()).await,
        count(contacts.identity_conflicts()).await,
        count(conversations.list().app("01APP")).await,
        count(conversations.recent("01APP")).await,
        count(client.events().list().contact("01C")).await,
        count(messages.list()).await,
        count(messages.last_of_identities(["1"])).await,
    ];
    for (index, counted) in counted.into_iter().enumerate() {
        assert_eq!(counted.unwrap(), 2, "list {index}");
    }
}

#[tokio::test]
async fn page_sizes_are_checked_for_every_list() {
    let server = always(Act::reply(200, "{}")).await;
    let client: Client = client(&server);
    let (contacts, conversations) = (client.contacts(), client.conversations());
    let messages = client.messages();
    for (most, size) in [0, 1]
        .into_iter()
        .flat_map(|least| [(true, least), (false, 1 - least)])
    {
        let size = |limit: i32| if most { limit + size } else { 1 - size };
        let ends = [
            (
                20,
                contacts.list().page_size(size(20)).collect(9).await.err(),
            ),
            (
                20,
                contacts
                    .identity_conflicts()
                    .page_size(size(20))
                    .collect(9)
                    .await
                    .err(),
            ),
            (
                20,
                conversations
                    .list()
                    .app("A")
                    .page_size(size(20))
                    .collect(9)
                    .await
                    .err(),
            ),
            (
                50,
                conversations
                    .recent("A")
                    .page_size(size(50))
                    .collect(9)
                    .await
                    .err(),
            ),
            (
                20,
                client
                    .events()
                    .list()
                    .contact("C")
                    .page_size(size(20))
                    .collect(9)
                    .await
                    .err(),
            ),
            (
                50,
                client
                    .consents()
                    .list("A", OPT_OUT)
                    .page_size(size(50))
                    .collect(9)
                    .await
                    .err(),
            ),
            (
                1000,
                messages.list().page_size(size(1000)).collect(9).await.err(),
            ),
            (
                1000,
                messages
                    .last_of_identities(["1"])
                    .page_size(size(1000))
                    .collect(9)
                    .await
                    .err(),
            ),
        ];
        for (index, (limit, error)) in ends.into_iter().enumerate() {
            let allowed = (1..=limit).contains(&size(limit));
            let said = error.map(|error| error.to_string());
            let expected = format!("page_size: {}, allowed are 1 to {limit}", size(limit));
            match said {
                None => assert!(allowed, "list {index} with {}", size(limit)),
                Some(said) => assert!(!allowed && said.contains(&expected), "list {index}: {said}"),
            }
        }
    }
}
