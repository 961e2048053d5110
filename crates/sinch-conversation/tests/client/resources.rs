//! Apps, webhooks, contacts and settings: the request of each operation, and what comes of its answer.

use futures_util::TryStreamExt;
use serde_json::{Value, json};
use sinch_conversation::error::ErrorKind;
use sinch_conversation::recipient::{messenger, sms, viber_business, whatsapp};
use sinch_conversation::types::ContactLanguage;
use sinch_conversation::{AppId, Channel, Client, ContactId, Error, WebhookId};
use sinch_conversation_raw::OperationId as Id;

use crate::server::{Act, Server};
use crate::{always, client, first, good};

fn app() -> AppId {
    AppId::new("01APP").unwrap()
}

fn contact(id: &str) -> ContactId {
    ContactId::new(id).unwrap()
}

/// The last request: method and path, and the body if there is one.
fn last(server: &Server) -> (String, Value) {
    let request = server.calls().pop().unwrap();
    let body = match request.body.as_str() {
        "" => Value::Null,
        body => serde_json::from_str(body).unwrap(),
    };
    (format!("{} {}", request.method, request.path), body)
}

fn line(server: &Server) -> String {
    last(server).0
}

fn fields(error: &Error) -> Vec<&str> {
    let violations = error.violations().iter();
    violations
        .map(|violation| violation.field.as_str())
        .collect()
}

#[tokio::test]
async fn apps_are_listed_read_and_deleted() {
    let listed =
        json!({"apps": [{"id": "01A", "display_name": "A"}, {"id": "01B", "colour": "red"}]});
    let server = always(Act::reply(200, listed)).await;
    let apps = client(&server).apps().list().page().await.unwrap();
    let ids: Vec<&str> = apps.items.iter().map(|app| app.id().as_str()).collect();
    assert_eq!(ids, ["01A", "01B"]);
    assert_eq!(apps.items[1].data().extra["colour"], "red");
    assert_eq!(line(&server), "GET /v1/projects/the-project/apps");

    let server = always(Act::reply(200, json!({"id": "01APP", "display_name": "A"}))).await;
    let found = client(&server).apps().get(app()).await.unwrap();
    assert_eq!(found.data().display_name.as_deref(), Some("A"));
    assert_eq!(line(&server), "GET /v1/projects/the-project/apps/01APP");

    let server = always(Act::reply(200, "{}")).await;
    client(&server).apps().delete(app()).await.unwrap();
    assert_eq!(line(&server), "DELETE /v1/projects/the-project/apps/01APP");
}

#[tokio::test]
async fn webhooks_are_listed_for_an_app_read_and_deleted() {
    let hook = json!({"id": "01HOOK", "target": "https://example.com/hook"});
    let server = always(Act::reply(200, json!({"webhooks": [hook]}))).await;
    let webhooks = client(&server).webhooks().list(app()).page().await.unwrap();
    assert_eq!(webhooks.items[0].id().as_str(), "01HOOK");
    assert_eq!(
        line(&server),
        "GET /v1/projects/the-project/apps/01APP/webhooks"
    );

    let id = WebhookId::new("01HOOK").unwrap();
    let server = always(Act::reply(200, hook)).await;
    let found = client(&server).webhooks().get(&id).await.unwrap();
    assert_eq!(found.data().target, "https://example.com/hook");
    assert_eq!(
        line(&server),
        "GET /v1/projects/the-project/webhooks/01HOOK"
    );

    let server = always(Act::reply(200, "")).await;
    client(&server).webhooks().delete(&id).await.unwrap();
    assert_eq!(
        line(&server),
        "DELETE /v1/projects/the-project/webhooks/01HOOK"
    );
}

#[tokio::test]
async fn a_list_with_an_item_without_an_id_names_it() {
    let server = always(Act::reply(
        200,
        json!({"apps": [{"id": "01A"}, {"id": ""}]}),
    ))
    .await;
    let error = client(&server).apps().list().page().await.unwrap_err();
    let ErrorKind::Decode(failure) = error.kind() else {
        panic!("{error:?}");
    };
    assert_eq!(failure.path, "apps[1].id");
    assert_eq!(error.operation(), Some(Id::AppListApps.as_str()));
}

#[tokio::test]
async fn a_contact_is_created_as_the_api_documents_it() {
    let server = always(Act::reply(200, json!({"id": "01NEW"}))).await;
    let created = client(&server)
        .contacts()
        .create(messenger("77"), ContactLanguage::EnGb)
        .identity(sms("+46700000001"))
        .identity(viber_business("+46700000001"))
        .app(app())
        .display_name("Ada Lovelace")
        .email("ada@example.com")
        .external_id("crm-7")
        .channel_priority([Channel::Sms, Channel::Messenger])
        .metadata("x".repeat(1024))
        .await
        .unwrap();
    assert_eq!(created.id().as_str(), "01NEW");
    let (line, body) = last(&server);
    assert_eq!(line, "POST /v1/projects/the-project/contacts");
    assert_eq!(
        body,
        json!({
            "channel_identities": [
                {"channel": "MESSENGER", "identity": "77", "app_id": "01APP"},
                {"channel": "SMS", "identity": "+46700000001"},
                {"channel": "VIBERBM", "identity": "+46700000001"},
            ],
            "language": "EN_GB",
            "display_name": "Ada Lovelace",
            "email": "ada@example.com",
            "external_id": "crm-7",
            "channel_priority": ["SMS", "MESSENGER"],
            "metadata": "x".repeat(1024),
        })
    );
}

#[tokio::test]
async fn a_contact_is_checked_before_it_is_created() {
    let server = always(Act::reply(200, json!({"id": "01NEW"}))).await;
    let error = client(&server)
        .contacts()
        .create(sms(""), "SV")
        .identity(messenger("77"))
        .metadata("x".repeat(1025))
        .await
        .unwrap_err();
    assert_eq!(
        fields(&error),
        [
            "channel_identities[0].identity",
            "channel_identities[1].app_id",
            "metadata"
        ]
    );
    assert_eq!(error.operation(), Some(Id::ContactCreateContact.as_str()));
    let without = client(&server)
        .contacts()
        .create(sms("1"), "SV")
        .with(|request| request.channel_identities.clear());
    let error = without.validate().unwrap_err();
    assert_eq!(fields(&error), ["channel_identities"]);
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn contacts_are_read_deleted_and_merged() {
    let server = always(Act::reply(
        200,
        json!({"id": "01KEPT", "language": "UNSPECIFIED"}),
    ))
    .await;
    let client = client(&server);
    let found = client.contacts().get(contact("01KEPT")).await.unwrap();
    assert_eq!(found.data().language, Some(ContactLanguage::Unspecified));
    assert_eq!(
        line(&server),
        "GET /v1/projects/the-project/contacts/01KEPT"
    );
    client.contacts().delete(contact("01KEPT")).await.unwrap();
    assert_eq!(
        line(&server),
        "DELETE /v1/projects/the-project/contacts/01KEPT"
    );

    let merged = client
        .contacts()
        .merge(contact("01DOUBLE"))
        .into(contact("01KEPT"))
        .await
        .unwrap();
    assert_eq!(merged.id().as_str(), "01KEPT");
    assert_eq!(
        last(&server),
        (
            "POST /v1/projects/the-project/contacts/01KEPT:merge".to_owned(),
            json!({"source_id": "01DOUBLE"})
        )
    );
    let before = server.calls().len();
    let error = client
        .contacts()
        .merge(contact("01KEPT"))
        .into(contact("01KEPT"))
        .await
        .unwrap_err();
    assert_eq!(fields(&error), ["source_id"]);
    assert_eq!(server.calls().len(), before);
}

#[tokio::test]
async fn a_merge_whose_answer_was_lost_is_not_repeated() {
    let server = first(Act::Close).await;
    let error = client(&server)
        .contacts()
        .merge(contact("01DOUBLE"))
        .into(contact("01KEPT"))
        .await
        .unwrap_err();
    assert_eq!(server.calls().len(), 1);
    assert!(error.may_have_been_processed());
}

#[tokio::test]
async fn a_deletion_whose_answer_was_lost_is_repeated() {
    let server = first(Act::Close).await;
    client(&server)
        .contacts()
        .delete(contact("01A"))
        .await
        .unwrap();
    assert_eq!(server.calls().len(), 2);
}

/// Returns the items one by one, with tokens that need encoding.
async fn pages(list: &'static str, items: [Value; 2]) -> Server {
    Server::start(move |request, _| {
        if request.is_token() {
            return good(&request.path);
        }
        let second = request.path.contains("page_token=a%2Bb%26c");
        let (item, token) = if second {
            (&items[1], "")
        } else {
            (&items[0], "a+b&c")
        };
        Act::reply(200, json!({list: [item], "next_page_token": token}))
    })
    .await
}

#[tokio::test]
async fn contacts_are_a_stream_over_pages() {
    let server = pages("contacts", [json!({"id": "01A"}), json!({"id": "01B"})]).await;
    let list = client(&server)
        .contacts()
        .list()
        .identity(whatsapp("+46700000001"))
        .page_size(1);
    let contacts: Vec<_> = list.into_stream().try_collect().await.unwrap();
    let ids: Vec<&str> = contacts
        .iter()
        .map(|contact| contact.id().as_str())
        .collect();
    assert_eq!(ids, ["01A", "01B"]);
    let asked: Vec<String> = server.calls().into_iter().map(|call| call.path).collect();
    let path =
        "/v1/projects/the-project/contacts?channel=WHATSAPP&identity=%2B46700000001&page_size=1";
    assert_eq!(
        asked,
        [path.to_owned(), format!("{path}&page_token=a%2Bb%26c")]
    );
}

#[tokio::test]
async fn contacts_are_found_by_one_kind_of_filter() {
    let server = always(Act::reply(200, "{}")).await;
    let client: Client = client(&server);
    let page = client
        .contacts()
        .list()
        .external_id("crm&7")
        .page()
        .await
        .unwrap();
    assert!(page.items.is_empty());
    assert_eq!(
        line(&server),
        "GET /v1/projects/the-project/contacts?external_id=crm%267"
    );
    let both = client.contacts().list().external_id("7").identity(sms("1"));
    assert_eq!(fields(&both.page().await.unwrap_err()), ["external_id"]);
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn identity_conflicts_are_a_stream_over_pages() {
    let conflict = |number: &str| json!({"identity": number, "channels": ["SMS", "RCS"], "contact_ids": ["01A", "01B"]});
    let server = pages("conflicts", [conflict("1"), conflict("2")]).await;
    let conflicts: Vec<_> = client(&server)
        .contacts()
        .identity_conflicts()
        .page_size(20)
        .into_stream()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(conflicts.len(), 2);
    assert_eq!(conflicts[1].identity.as_deref(), Some("2"));
    assert_eq!(
        server.calls()[0].path,
        "/v1/projects/the-project/contacts:identityConflicts?page_size=20"
    );
}

#[tokio::test]
async fn a_profile_is_asked_of_the_channels_that_have_them() {
    let server = always(Act::reply(200, json!({"profile_name": "Ada"}))).await;
    let app = client(&server).app(app());
    let profile = app
        .channel_profile(Channel::Messenger, messenger("77"))
        .await
        .unwrap();
    assert_eq!(profile.profile_name.as_deref(), Some("Ada"));
    let (line, body) = last(&server);
    assert_eq!(
        line,
        "POST /v1/projects/the-project/contacts:getChannelProfile"
    );
    assert_eq!(
        body,
        json!({
            "app_id": "01APP",
            "channel": "MESSENGER",
            "recipient": {"identified_by": {"channel_identities": [{"channel": "MESSENGER", "identity": "77"}]}},
        })
    );
    app.channel_profile(Channel::Line, contact("01CONTACT"))
        .await
        .unwrap();
    assert_eq!(
        last(&server).1["recipient"],
        json!({"contact_id": "01CONTACT"})
    );
    let error = app
        .channel_profile(Channel::WhatsApp, whatsapp("1"))
        .await
        .unwrap_err();
    assert_eq!(
        error.violations()[0].to_string(),
        "channel: has to be MESSENGER, INSTAGRAM, VIBER or LINE"
    );
    assert_eq!(server.calls().len(), 2);
}

#[tokio::test]
async fn settings_are_created_read_and_deleted() {
    let stored = json!({
        "project_id": "the-project",
        "settings": {"contact_settings": {"unified_contact_id_enabled": true}},
    });
    let server = always(Act::reply(200, &stored)).await;
    let settings = client(&server).settings();
    let created = settings
        .create()
        .unified_contact_id(true)
        .with(|request| {
            request.extra.insert("quiet_hours".to_owned(), json!(1));
        })
        .await
        .unwrap();
    assert_eq!(serde_json::to_value(created).unwrap(), stored);
    let (created, body) = last(&server);
    assert_eq!(created, "POST /v1/projects/the-project/settings");
    assert_eq!(
        body,
        json!({"contact_settings": {"unified_contact_id_enabled": true}, "quiet_hours": 1})
    );

    let read = settings.get().await.unwrap();
    assert_eq!(serde_json::to_value(read).unwrap(), stored);
    assert_eq!(line(&server), "GET /v1/projects/the-project/settings");
    settings.delete().await.unwrap();
    assert_eq!(line(&server), "DELETE /v1/projects/the-project/settings");
}
