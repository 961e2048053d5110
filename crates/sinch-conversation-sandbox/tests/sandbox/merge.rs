//! Contacts that are the same person: merging them, and finding those that share a number.

use std::time::Duration;

use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::support::{Api, Receiver, SOON, assert_body, each, key, walk, walk_while};

const MISSING: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

async fn start() -> (Sandbox, Api) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api)
}

async fn made(api: &Api, body: Value) -> (Value, String) {
    let contact = api.post("contacts", body).await.ok();
    let id = contact["id"].as_str().unwrap().to_owned();
    (contact, id)
}

async fn merge(api: &Api, destination: &str, source: &str) -> Value {
    let path = format!("contacts/{destination}:merge");
    let body = json!({"source_id": source, "strategy": "MERGE"});
    api.post(&path, body).await.ok()
}

#[tokio::test]
async fn the_destination_is_completed_and_the_source_removed() {
    let (_sandbox, api) = start().await;
    let receiver = Receiver::start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let triggers = ["CONTACT_MERGE", "CONTACT_DELETE", "CONTACT_UPDATE"];
    api.webhook(&app, &receiver.url, &triggers).await;
    let (_, kept) = made(
        &api,
        json!({
            "channel_identities": [
                {"channel": "MESSENGER", "identity": "psid", "app_id": "a"}, {"channel": "MMS", "identity": "461"}],
            "channel_priority": ["MMS"], "language": "SV", "email": "kept@example.com",
        }),
    )
    .await;
    let (source, gone) = made(
        &api,
        json!({
            "channel_identities": [
                {"channel": "MMS", "identity": "462"}, {"channel": "SMS", "identity": "462"},
                {"channel": "SMS", "identity": "463"}],
            "channel_priority": ["SMS"], "language": "EN", "email": "gone@example.com",
            "display_name": "Åsa", "external_id": "crm", "metadata": "m",
        }),
    )
    .await;

    let merged = merge(&api, &kept, &gone).await;
    let identity =
        |channel, identity, app| json!({"channel": channel, "identity": identity, "app_id": app});
    let expected = json!({
        "id": kept,
        "channel_identities": [
            identity("MESSENGER", "psid", "a"), identity("MMS", "461", ""),
            identity("SMS", "462", ""), identity("SMS", "463", "")],
        "channel_priority": ["MMS", "MESSENGER", "SMS"],
        "language": "SV", "email": "kept@example.com",
        "display_name": "Åsa", "external_id": "crm", "metadata": "m",
    });
    assert_eq!(merged, expected);
    let path = format!("contacts/{kept}");
    assert_eq!(api.get(&path).await.ok(), expected);
    api.get(&format!("contacts/{gone}"))
        .await
        .refused(404, "NOT_FOUND");
    let found = api.get("contacts?channel=SMS&identity=462").await.ok();
    assert_eq!(found["contacts"], json!([expected]));
    let found = api.get("contacts?channel=MMS&identity=462").await.ok();
    assert_eq!(found["contacts"], json!([]));

    // The next callback shows that the merge caused no other.
    api.delete(&path).await.ok();
    receiver.wait_for(2).await;
    let bodies = receiver.bodies();
    assert_body(
        &bodies[0],
        json!({
            "app_id": "", "project_id": api.project, "message_metadata": "", "correlation_id": "",
            "contact_merge_notification": {"preserved_contact": expected, "deleted_contact": source},
        }),
    );
    assert_eq!(
        bodies[1]["contact_delete_notification"]["contact"]["id"],
        kept
    );
}

#[tokio::test]
async fn what_was_empty_is_filled_and_nothing_else() {
    let (_sandbox, api) = start().await;
    let sms = json!([{"channel": "SMS", "identity": "461"}]);
    let given = json!({"channel_identities": sms, "language": "SV", "display_name": "A", "email": "a",
        "external_id": "a", "metadata": "a"});
    let (before, kept) = made(&api, given).await;
    let other = json!({"channel_identities": sms, "language": "EN", "display_name": "B", "email": "b",
        "external_id": "b", "metadata": "b", "channel_priority": ["SMS"]});
    let (_, gone) = made(&api, other).await;
    assert_eq!(merge(&api, &kept, &gone).await, before);
}

#[tokio::test]
async fn conversations_move_and_active_ones_are_joined() {
    let (sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["SMS", "RCS"]).await;
    let other = api.app("CONVERSATION", &["RCS"]).await;
    let here = api.send_text(&app, &[("SMS", "461")], "to the one").await;
    let old = api.send_text(&app, &[("RCS", "462")], "old").await;
    let at = async |id: &str| api.get(&format!("messages/{id}")).await.ok();
    let stopped = at(&old).await["conversation_id"].clone();
    let path = format!("conversations/{}:stop", stopped.as_str().unwrap());
    api.post(&path, json!({})).await.ok();
    let there = api.send_text(&app, &[("RCS", "462")], "to the other").await;
    let elsewhere = api.send_text(&other, &[("RCS", "462")], "elsewhere").await;
    sandbox.wait_until_quiet(SOON).await.unwrap();
    let (one, two) = (at(&here).await, at(&there).await);
    let kept = one["contact_id"].as_str().unwrap();
    let gone = two["contact_id"].as_str().unwrap();
    assert_ne!(kept, gone);
    let joined = two["conversation_id"].as_str().unwrap();
    let newest = api.get(&format!("conversations/{joined}")).await.ok();

    merge(&api, kept, gone).await;
    for (id, conversation) in [
        (&here, &one["conversation_id"]),
        (&there, &one["conversation_id"]),
        (&old, &stopped),
    ] {
        let message = at(id).await;
        assert_eq!(message["contact_id"], kept);
        assert_eq!(message["conversation_id"], *conversation);
    }
    assert_eq!(at(&elsewhere).await["contact_id"], kept);
    let path = format!("conversations/{joined}");
    api.get(&path).await.refused(404, "NOT_FOUND");
    let list = api.get(&format!("conversations?contact_id={kept}")).await;
    let list = list.ok();
    assert_eq!(list["total_size"], 3);
    let active = one["conversation_id"].as_str().unwrap();
    let active = api.get(&format!("conversations/{active}")).await.ok();
    assert_eq!(active["active"], true);
    assert_eq!(active["last_received"], newest["last_received"]);
    assert_eq!(active["active_channel"], "RCS");
    let list = api.get(&format!("messages?contact_id={kept}")).await.ok();
    let listed = list["messages"].as_array().unwrap();
    assert_eq!(
        each(listed, "/id"),
        [&*elsewhere, &there, &old, &here].map(|id| id)
    );
    let list = api.get(&format!("messages?contact_id={gone}")).await.ok();
    assert_eq!(list["messages"], json!([]));

    // A message from either address is from the same person.
    for (channel, identity) in [("SMS", "461"), ("RCS", "462")] {
        let answer = sandbox.handset(&app, channel, identity).says("x").await;
        assert_eq!(at(&answer.unwrap()).await["contact_id"], kept);
    }
}

#[tokio::test]
async fn pending_messages_continue_under_the_destination() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let hour = Duration::from_secs(3600);
    let builder = || Sandbox::builder().database(&file).receipt_interval(hour);
    let sandbox = builder().start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let receiver = Receiver::start().await;
    let app = api.app("CONVERSATION", &["SMS", "RCS"]).await;
    api.webhook(&app, &receiver.url, &["MESSAGE_DELIVERY"])
        .await;
    let kept = api.contact(&[("SMS", "461")]).await;
    let open = json!({"app_id": app, "contact_id": kept});
    let conversation = api.post("conversations", open).await.ok()["id"].clone();
    let waiting = api.send_text(&app, &[("RCS", "462")], "waiting").await;
    let deleted = api.send_text(&app, &[("RCS", "462")], "deleted").await;
    api.delete(&format!("messages/{deleted}")).await.ok();
    let message = api.get(&format!("messages/{waiting}")).await.ok();
    merge(&api, &kept, message["contact_id"].as_str().unwrap()).await;
    sandbox.shutdown().await;

    let sandbox = builder().start().await.unwrap();
    for status in ["QUEUED_ON_CHANNEL", "DELIVERED"] {
        sandbox.advance_clock(hour);
        for id in [&waiting, &deleted] {
            let sent = sandbox.wait_for_status(id, status, SOON).await.unwrap();
            assert_eq!(sent.contact_id, kept);
            assert_eq!(sent.conversation_id, conversation);
        }
    }
    receiver.wait_for(4).await;
    for id in [&waiting, &deleted] {
        let bodies = receiver.bodies();
        let reports = bodies.iter().map(|body| &body["message_delivery_report"]);
        let own: Vec<&Value> = reports.filter(|one| one["message_id"] == **id).collect();
        let statuses: Vec<&Value> = own.iter().map(|report| &report["status"]).collect();
        assert_eq!(statuses, ["QUEUED_ON_CHANNEL", "DELIVERED"]);
        for report in own {
            assert_eq!(report["contact_id"], kept);
            assert_eq!(report["conversation_id"], conversation);
        }
    }
    let api = Api::of(&sandbox).await;
    let stored = api.get(&format!("messages/{waiting}")).await.ok();
    assert_eq!(stored["contact_id"], kept);
    api.get(&format!("messages/{deleted}"))
        .await
        .refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn receipts_stay_in_order_during_a_merge() {
    let (minutes, hours) = (Duration::from_secs(600), Duration::from_secs(7200));
    let builder = Sandbox::builder().receipt_interval(minutes);
    let sandbox = builder.callback_retries([hours]).start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let receiver = Receiver::start().await;
    let app = api.app("CONVERSATION", &["RCS"]).await;
    let triggers = ["MESSAGE_DELIVERY", "CONTACT_DELETE"];
    api.webhook(&app, &receiver.url, &triggers).await;
    let marker = api.contact(&[("SMS", "463")]).await;
    let kept = api.contact(&[("SMS", "461")]).await;
    receiver.answer_next([503]);
    let id = api.send_text(&app, &[("RCS", "462")], "x").await;
    let message = api.get(&format!("messages/{id}")).await.ok();
    sandbox.advance_clock(minutes);
    receiver.wait_for(1).await;
    merge(&api, &kept, message["contact_id"].as_str().unwrap()).await;
    sandbox.advance_clock(minutes);
    sandbox.wait_for_delivery(&id, SOON).await.unwrap();
    // Other ordering keys are not held up, so this callback shows that the receipt would have arrived.
    api.delete(&format!("contacts/{marker}")).await.ok();
    receiver.wait_for(2).await;
    sandbox.advance_clock(hours);
    receiver.wait_for(4).await;
    let mut bodies = receiver.bodies();
    bodies.retain(|body| key(body) == "message_delivery_report");
    assert_eq!(
        each(&bodies, "/message_delivery_report/status"),
        ["QUEUED_ON_CHANNEL", "QUEUED_ON_CHANNEL", "DELIVERED"]
    );
    assert_eq!(bodies[2]["message_delivery_report"]["contact_id"], kept);
}

#[tokio::test]
async fn a_contact_created_by_a_message_has_name_and_language() {
    let (_sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let message = api.send_text(&app, &[("SMS", "461")], "x").await;
    let message = api.get(&format!("messages/{message}")).await.ok();
    let kept = message["contact_id"].as_str().unwrap();
    let body = json!({"channel_identities": [{"channel": "RCS", "identity": "462"}], "language": "SV",
        "display_name": "Åsa"});
    let (_, gone) = made(&api, body).await;
    let merged = merge(&api, kept, &gone).await;
    assert_eq!(
        (&merged["display_name"], &merged["language"]),
        (&json!("Åsa"), &json!("SV"))
    );
    assert_eq!(merged["channel_priority"], json!(["SMS", "RCS"]));
}

#[tokio::test]
async fn what_cannot_be_merged() {
    let (_sandbox, api) = start().await;
    let contact = api.contact(&[("SMS", "461")]).await;
    let path = format!("contacts/{contact}:merge");
    api.post(&path, json!({"source_id": contact}))
        .await
        .invalid(&["source_id"]);
    api.post(&path, json!({"source_id": MISSING}))
        .await
        .refused(404, "NOT_FOUND");
    api.post(&path, json!({})).await.invalid(&["source_id"]);
    let path = format!("contacts/{MISSING}:merge");
    api.post(&path, json!({"source_id": contact}))
        .await
        .refused(404, "NOT_FOUND");
    api.get(&format!("contacts/{contact}")).await.ok();
}

#[tokio::test]
async fn numbers_that_several_contacts_have_are_conflicts() {
    let (_sandbox, api) = start().await;
    let none = api.get("contacts:identityConflicts").await.ok();
    assert_eq!(none, json!({"conflicts": [], "next_page_token": ""}));
    let one = api.contact(&[("SMS", "461"), ("WHATSAPP", "469")]).await;
    let two = api.contact(&[("RCS", "461"), ("WHATSAPP", "469")]).await;
    let three = api.contact(&[("SMS", "461"), ("MMS", "461")]).await;
    api.contact(&[("SMS", "462"), ("MMS", "462")]).await;
    let found = api.get("contacts:identityConflicts").await.ok();
    assert_eq!(
        found["conflicts"],
        json!([{"identity": "461", "channels": ["MMS", "RCS", "SMS"], "contact_ids": [one, two, three]}])
    );
    merge(&api, &one, &three).await;
    api.delete(&format!("contacts/{two}")).await.ok();
    assert_eq!(api.get("contacts:identityConflicts").await.ok(), none);
}

#[tokio::test]
async fn conflicts_are_walked_while_others_appear() {
    let (_sandbox, api) = start().await;
    let path = "contacts:identityConflicts?";
    let share = async |number: &str| {
        for channel in ["SMS", "RCS"] {
            api.contact(&[(channel, number)]).await;
        }
    };
    let mut numbers: Vec<String> = (100..125).map(|number| number.to_string()).collect();
    for number in &numbers {
        share(number).await;
    }
    for size in [1, 7, 20] {
        let found = walk(&api, path, "conflicts", size).await;
        assert_eq!(each(&found, "/identity"), numbers);
    }
    let (mut behind, mut ahead) = (0, 200);
    let found = walk_while(&api, path, "conflicts", 10, async || {
        share(&format!("0{behind}")).await;
        share(&ahead.to_string()).await;
        (behind, ahead) = (behind + 1, ahead + 1);
    })
    .await;
    numbers.extend((200..ahead).map(|number| number.to_string()));
    assert_eq!(each(&found, "/identity"), numbers);
    let first = api.get("contacts:identityConflicts").await.ok();
    assert_eq!(first["conflicts"].as_array().unwrap().len(), 10);
    api.get(&format!("{path}page_size=21"))
        .await
        .invalid(&["page_size"]);
    api.get(&format!("{path}page_token=%25"))
        .await
        .invalid(&["page_token"]);
}
