//! Many upserts of one identity at the same time, against the API's own contacts.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use sinch_conversation::recipient::{sms, whatsapp};
use sinch_conversation::resources::{Contact, Upserted};
use sinch_conversation::types::ContactLanguage;
use sinch_conversation::{Client, ContactId, Error};
use sinch_conversation_sandbox::Sandbox;

use crate::client;

async fn upsert(client: Client, number: String) -> Result<Upserted, Error> {
    let upsert = client.contacts().upsert(sms(number), ContactLanguage::EnGb);
    upsert.display_name("Ada").await
}

async fn stored(client: &Client) -> Vec<Contact> {
    client.contacts().list().collect(1000).await.unwrap()
}

fn ids<'a>(contacts: impl IntoIterator<Item = &'a Contact>) -> BTreeSet<ContactId> {
    contacts.into_iter().map(ContactId::from).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn clones_of_one_client_create_one_contact_for_each_identity() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let numbers = (0..100).map(|task| format!("+4670000000{}", task % 5));
    let tasks = numbers.map(|number| tokio::spawn(upsert(client.clone(), number)));
    let upserted = try_join_all(tasks.collect::<Vec<_>>()).await.unwrap();
    let upserted: Vec<Upserted> = upserted.into_iter().map(Result::unwrap).collect();
    assert!(upserted.iter().all(|one| one.duplicates.is_empty()));
    assert_eq!(upserted.iter().filter(|one| one.created).count(), 5);
    let contacts = stored(&client).await;
    assert_eq!(contacts.len(), 5);
    assert_eq!(ids(upserted.iter().map(|one| &one.contact)), ids(&contacts));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn clients_apart_from_each_other_find_the_duplicates_that_they_made() {
    let sandbox = Sandbox::start().await.unwrap();
    let clients: Vec<Client> = (0..8).map(|_| client(&sandbox)).collect();
    let mut raced = false;
    for number in 0..10 {
        let number = format!("+4670000001{number}");
        let tasks = clients
            .iter()
            .map(|client| tokio::spawn(upsert(client.clone(), number.clone())));
        let upserted = try_join_all(tasks.collect::<Vec<_>>()).await.unwrap();
        let upserted: Vec<Upserted> = upserted.into_iter().map(Result::unwrap).collect();

        let contacts = clients[0].contacts();
        let found = contacts
            .list()
            .identity(sms(number))
            .collect(100)
            .await
            .unwrap();
        raced |= found.len() > 1;
        let all = |one: &Upserted| ids(one.duplicates.iter().chain([&one.contact]));
        let told: Vec<_> = upserted
            .iter()
            .filter(|one| all(one) == ids(&found))
            .collect();
        assert!(
            !told.is_empty(),
            "{} contacts, and nobody says so",
            found.len()
        );
        for duplicate in &told[0].duplicates {
            contacts
                .merge(duplicate)
                .into(&told[0].contact)
                .await
                .unwrap();
        }
    }
    assert!(raced, "the upserts were never at the same time");
    assert_eq!(stored(&clients[0]).await.len(), 10);
}

#[tokio::test]
async fn a_contact_that_the_api_made_is_updated() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    let contacts = client.contacts();
    let first = contacts
        .create(sms("46700000001"), ContactLanguage::Sv)
        .await
        .unwrap();
    let upserted = contacts
        .upsert(sms("+46700000001"), ContactLanguage::EnGb)
        .identity(whatsapp("46700000001"))
        .display_name("Ada")
        .metadata("table 4")
        .await
        .unwrap();
    assert_eq!(
        (upserted.created, upserted.contact.id()),
        (false, first.id())
    );
    let stored = contacts.get(&first).await.unwrap();
    assert_eq!(stored, upserted.contact);
    let stored = stored.into_inner();
    assert_eq!(stored.display_name.as_deref(), Some("Ada"));
    assert_eq!(stored.metadata.as_deref(), Some("table 4"));
    assert_eq!(stored.language, Some(ContactLanguage::EnGb));
    assert_eq!(stored.channel_identities.map(|all| all.len()), Some(2));
}
