//! Contacts that are created unless they exist, against a server that has just the contacts of a test.

use std::future::IntoFuture;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use sinch_conversation::error::ErrorKind;
use sinch_conversation::identity;
use sinch_conversation::recipient::{sms, whatsapp};
use sinch_conversation::types::ContactLanguage;

use crate::server::{Act, Request, Server};
use crate::{client, good};

const PATH: &str = "/v1/projects/the-project/contacts";

/// Contacts that others create: after how many lists, and which.
type Others = Vec<(usize, Value)>;

/// A server with the contacts that are created through it, and those that others create in between.
async fn store(others: Others) -> (Server, Arc<Mutex<Vec<Value>>>) {
    let contacts = Arc::new(Mutex::new(Vec::new()));
    let stored = Arc::clone(&contacts);
    let lists = Mutex::new(0);
    let server = Server::start(move |request, _| {
        if request.is_token() {
            return good(&request.path);
        }
        let mut stored = stored.lock().unwrap();
        match request.method.as_str() {
            "POST" => Act::reply(200, create(&request, &mut stored)),
            "PATCH" => Act::reply(200, patch(&request, &mut stored)),
            _ => {
                let mut lists = lists.lock().unwrap();
                let new = others.iter().filter(|(after, _)| after == &*lists);
                stored.extend(new.map(|(_, contact)| contact.clone()));
                *lists += 1;
                Act::reply(200, json!({"contacts": *stored}))
            }
        }
    })
    .await;
    (server, contacts)
}

fn create(request: &Request, stored: &mut Vec<Value>) -> Value {
    let mut contact: Value = serde_json::from_str(&request.body).unwrap();
    contact["id"] = json!(format!("01M{}", stored.len()));
    stored.push(contact.clone());
    contact
}

fn patch(request: &Request, stored: &mut [Value]) -> Value {
    let change: Value = serde_json::from_str(&request.body).unwrap();
    let id = request.path.split(['/', '?']).nth(5).unwrap();
    let contact = stored
        .iter_mut()
        .find(|contact| contact["id"] == id)
        .unwrap();
    let change = change.as_object().unwrap().clone();
    contact.as_object_mut().unwrap().extend(change);
    contact.clone()
}

fn person(id: &str) -> Value {
    json!({"id": id, "display_name": "Ada", "language": "EN_GB", "colour": "red",
        "channel_identities": [{"channel": "SMS", "identity": "46700000001", "app_id": ""}]})
}

fn lines(server: &Server) -> Vec<String> {
    let calls = server.calls();
    let lines = calls
        .iter()
        .map(|call| format!("{} {}", call.method, call.path));
    lines.collect()
}

#[tokio::test]
async fn a_contact_is_created_when_there_is_none() {
    let (server, contacts) = store(Vec::new()).await;
    let upsert = client(&server)
        .contacts()
        .upsert(sms("46700000001"), ContactLanguage::EnGb);
    let upserted = upsert.display_name("Ada").await.unwrap();
    assert!(upserted.created && upserted.duplicates.is_empty());
    assert_eq!(upserted.contact.data().display_name.as_deref(), Some("Ada"));
    let list = format!("GET {PATH}?channel=SMS&identity=46700000001");
    assert_eq!(lines(&server), [list.clone(), format!("POST {PATH}"), list]);
    assert_eq!(contacts.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_contact_that_exists_gets_what_it_lacks_and_keeps_the_rest() {
    let (server, contacts) = store(vec![(0, person("01M5"))]).await;
    let upsert = client(&server)
        .contacts()
        .upsert(sms("+46700000001"), ContactLanguage::Sv)
        .identity(whatsapp("46700000001"))
        .external_id("crm-1")
        .with(|request| drop(request.extra.insert("shape".to_owned(), json!("round"))));
    let upserted = upsert.clone().await.unwrap();
    assert!(!upserted.created && upserted.duplicates.is_empty());
    assert_eq!(upserted.contact.id().as_str(), "01M5");
    let mut wanted = person("01M5");
    wanted["language"] = json!("SV");
    wanted["external_id"] = json!("crm-1");
    wanted["shape"] = json!("round");
    let whatsapp = json!({"channel": "WHATSAPP", "identity": "46700000001"});
    wanted["channel_identities"]
        .as_array_mut()
        .unwrap()
        .push(whatsapp);
    assert_eq!(*contacts.lock().unwrap(), [wanted]);
    assert_eq!(lines(&server).len(), 2);

    // The second time nothing differs, so nothing is sent.
    let again = upsert.await.unwrap();
    assert_eq!(again.contact, upserted.contact);
    assert_eq!(lines(&server).len(), 3);
}

#[tokio::test]
async fn an_unspecified_language_does_not_replace_one() {
    let (server, _) = store(vec![(0, person("01M5"))]).await;
    let contacts = client(&server).contacts();
    let upserted = contacts
        .upsert(sms("46700000001"), ContactLanguage::Unspecified)
        .await
        .unwrap();
    assert_eq!(
        upserted.contact.data().language,
        Some(ContactLanguage::EnGb)
    );
}

#[tokio::test]
async fn a_contact_that_came_in_between_is_told_and_the_oldest_is_taken() {
    // Others create one that is older and one that is younger than ours, which is `01M0`.
    let others = vec![(1, person("01M7")), (1, person("01A"))];
    let (server, _) = store(others).await;
    let upsert = client(&server)
        .contacts()
        .upsert(sms("46700000001"), ContactLanguage::Sv);
    let upserted = upsert.await.unwrap();
    assert!(upserted.created);
    assert_eq!(upserted.contact.id().as_str(), "01A");
    assert_eq!(upserted.contact.data().language, Some(ContactLanguage::Sv));
    let duplicates = upserted
        .duplicates
        .iter()
        .map(|contact| contact.id().as_str());
    assert_eq!(duplicates.collect::<Vec<_>>(), ["01M0", "01M7"]);
}

#[tokio::test]
async fn of_an_app_scoped_identity_only_the_contact_of_the_app_is_meant() {
    let of_app = |id: &str, app: &str| {
        json!({"id": id, "language": "EN_GB",
            "channel_identities": [{"channel": "MESSENGER", "identity": "77", "app_id": app}]})
    };
    let (server, _) = store(vec![
        (0, of_app("01A", "01OTHER")),
        (0, of_app("01B", "01APP")),
    ])
    .await;
    let app = sinch_conversation::AppId::new("01APP").unwrap();
    let contacts = client(&server).contacts();
    let upserted = contacts
        .upsert(identity::messenger(app, "77"), ContactLanguage::EnGb)
        .await
        .unwrap();
    assert_eq!(
        (upserted.contact.id().as_str(), upserted.created),
        ("01B", false)
    );
    assert!(upserted.duplicates.is_empty());
}

#[tokio::test]
async fn clones_of_a_client_create_one_contact() {
    let (server, contacts) = store(Vec::new()).await;
    let client = client(&server);
    let upserts = (0..50).map(|number| {
        let (client, plus) = (client.clone(), if number % 2 == 0 { "+" } else { "" });
        let number = format!("{plus}46700000001");
        tokio::spawn(async move {
            client
                .contacts()
                .upsert(sms(number), ContactLanguage::EnGb)
                .await
        })
    });
    let mut created = 0;
    for upserted in upserts.collect::<Vec<_>>() {
        let upserted = upserted.await.unwrap().unwrap();
        assert!(upserted.duplicates.is_empty());
        created += usize::from(upserted.created);
    }
    assert_eq!((created, contacts.lock().unwrap().len()), (1, 1));
}

#[tokio::test]
async fn other_identities_do_not_wait() {
    let server = Server::start(|request, _| match &request.path {
        path if path == "/oauth2/token" => good(path),
        path if path.contains("identity=1") => Act::Hang,
        _ => Act::reply(200, json!({"contacts": [person("01A")]})),
    })
    .await;
    let client = client(&server);
    let hanging = client.contacts().upsert(sms("1"), ContactLanguage::EnGb);
    let hanging = tokio::spawn(hanging.into_future());
    crate::until(|| !server.calls().is_empty()).await;
    let other = client.contacts().upsert(sms("2"), ContactLanguage::EnGb);
    tokio::time::timeout(Duration::from_secs(120), other)
        .await
        .unwrap()
        .unwrap();
    hanging.abort();
}

#[tokio::test]
async fn an_upsert_that_is_refused_sends_nothing() {
    let (server, _) = store(Vec::new()).await;
    let contacts = client(&server).contacts();
    let upsert = contacts
        .upsert(sms(""), ContactLanguage::EnGb)
        .metadata("x".repeat(1025));
    let error = upsert.await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)));
    assert_eq!(error.operation(), Some("Contact_CreateContact"));
    let fields: Vec<_> = error
        .violations()
        .iter()
        .map(|it| it.field.as_str())
        .collect();
    assert_eq!(fields, ["channel_identities[0].identity", "metadata"]);
    assert!(server.seen().is_empty());
}
