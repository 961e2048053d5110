//! Opting out and in: by keyword, with the Batch API, and the effect on messages.

use reqwest::Method;
use serde_json::{Value, json};
use sinch_conversation_sandbox::{ConsentManagement, ControlError, Sandbox};

use crate::support::{Answer, Api, Receiver, SOON, send, text_request};

const NUMBER: &str = "46701234567";

struct Fixture {
    sandbox: Sandbox,
    api: Api,
    app: String,
}

impl Fixture {
    async fn start(mode: &str, consents: ConsentManagement) -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let api = Api::of(&sandbox).await;
        let app = api.app(mode, &["SMS", "RCS", "MESSENGER"]).await;
        sandbox.consent_management(&app, consents).await.unwrap();
        Self { sandbox, api, app }
    }

    async fn says(&self, text: &str) {
        let handset = self.sandbox.handset(&self.app, "SMS", NUMBER);
        handset.says(text).await.unwrap();
    }

    async fn insert(&self, records: Value) -> Answer {
        let mut batch = self.api.clone();
        batch.base = self.sandbox.endpoints().batch().to_owned();
        let body = json!({"app_id": self.app, "consent_records": records});
        let answer = batch.post("consents", body).await;
        self.sandbox.wait_until_quiet(SOON).await.unwrap();
        answer
    }

    async fn get(&self, path: &str) -> Answer {
        self.api
            .get(&format!("apps/{}/consents/{path}", self.app))
            .await
    }

    async fn list(&self, list: &str) -> Vec<String> {
        let body = self.get(&format!("{list}?page_size=50")).await.ok();
        identities(&body)
    }

    /// Returns origin, operation and list of each record.
    async fn records(&self, identity: &str) -> Vec<[String; 3]> {
        let body = self.get(&format!("identities/{identity}")).await.ok();
        let records = body["audit_records"].as_array().unwrap().iter();
        records
            .map(|record| {
                ["origin", "operation", "list_type"]
                    .map(|it| record[it].as_str().unwrap().to_owned())
            })
            .collect()
    }

    /// Sends a message of this type to this number, and returns its statuses and the failure.
    async fn outcome(&self, to: &[(&str, &str)], content: Option<&str>) -> String {
        let mut request = text_request(&self.app, to, "x");
        if let Some(content) = content {
            request["message_content_type"] = json!(content);
        }
        let id = self.api.send(request).await;
        let sent = self.sandbox.wait_for_delivery(&id, SOON).await.unwrap();
        let last = sent.receipts.last().unwrap();
        match &last.reason {
            Some(reason) => reason.code.as_ref().unwrap().as_str().to_owned(),
            None => last.status.as_str().to_owned(),
        }
    }
}

fn identities(body: &Value) -> Vec<String> {
    let found = body["identities"].as_array().unwrap().iter();
    found
        .map(|it| it["identity"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn keywords_change_the_lists_and_are_reported() {
    let it = Fixture::start("CONVERSATION", ConsentManagement::Secondary).await;
    let receiver = Receiver::start().await;
    let triggers = ["MESSAGE_INBOUND", "OPT_OUT", "OPT_IN"];
    it.api.webhook(&it.app, &receiver.url, &triggers).await;
    it.says("Stop").await;
    let bodies = receiver.wait_for(2).await;
    let (inbound, out) = (bodies[0].json(), bodies[1].json());
    assert_eq!(
        inbound["message"]["contact_message"],
        json!({"text_message": {"text": "Stop"}})
    );
    let mut notification = out["opt_out_notification"].clone();
    let request_id = notification["request_id"].take();
    assert_eq!(request_id.as_str().unwrap().len(), 26);
    assert_eq!(out["app_id"], it.app);
    assert_eq!(
        notification,
        json!({
            "request_id": null, "contact_id": inbound["message"]["contact_id"], "channel": "SMS",
            "identity": NUMBER, "status": "OPT_OUT_SUCCEEDED", "processing_mode": "CONVERSATION",
        })
    );
    assert_eq!(it.list("OPT_OUT_ALL").await, [NUMBER]);
    it.says("unsubscribe").await;
    it.says("START").await;
    it.says("start").await;
    assert_eq!(it.list("OPT_OUT_ALL").await.len(), 0);
    let bodies = receiver.wait_for(8).await;
    let back = bodies[5].json()["opt_in_notification"].clone();
    assert_eq!(
        (&back["status"], &back["identity"]),
        (&json!("OPT_IN_SUCCEEDED"), &json!(NUMBER))
    );
    let records: Vec<[String; 3]> = it.records(&format!("%2B{NUMBER}")).await;
    let expected = |operation: &str| ["ORIGIN_MO", operation, "OPT_OUT_ALL"].map(str::to_owned);
    assert_eq!(
        records,
        ["OPERATION_INSERT", "OPERATION_UPDATE", "OPERATION_DELETE"].map(expected)
    );
}

#[tokio::test]
async fn every_keyword_has_its_list() {
    let it = Fixture::start("DISPATCH", ConsentManagement::Primary).await;
    let lists = ["OPT_OUT_ALL", "OPT_OUT_MARKETING", "OPT_OUT_NOTIFICATION"];
    for (out, back, list) in [
        ("UNSUBSCRIBE", "subscribe", 0),
        ("OptOut_All_EN", "OptIn_All_EN", 0),
        ("stop marketing", "START MARKETING", 1),
        ("OPTOUT_MARKETING_EN", "OptIn_Marketing_EN", 1),
        ("Unsubscribe Notification", "Subscribe Notification", 2),
        ("Detener", "Volver", 0),
        ("Parar", "Receber", 0),
    ] {
        it.says(out).await;
        for (index, name) in lists.iter().enumerate() {
            let expected = usize::from(index == list);
            assert_eq!(it.list(name).await.len(), expected, "{out}: {name}");
        }
        it.says(back).await;
        assert_eq!(it.list(lists[list]).await.len(), 0, "{back}");
    }
    for text in ["Please stop", "stop ", "STOP!", "STOP  MARKETING", ""] {
        it.says(text).await;
        assert_eq!(it.list("OPT_OUT_ALL").await.len(), 0, "{text:?}");
    }
}

#[tokio::test]
async fn without_consent_management_stop_is_ordinary_text() {
    let it = Fixture::start("CONVERSATION", ConsentManagement::Off).await;
    let receiver = Receiver::start().await;
    let triggers = ["MESSAGE_INBOUND", "OPT_OUT"];
    it.api.webhook(&it.app, &receiver.url, &triggers).await;
    it.says("STOP").await;
    it.sandbox.wait_until_quiet(SOON).await.unwrap();
    assert_eq!(receiver.received().len(), 1);
    assert_eq!(it.list("OPT_OUT_ALL").await.len(), 0);
    let answer = it.get(&format!("identities/{NUMBER}")).await;
    answer.refused(404, "NOT_FOUND");
    assert_eq!(it.outcome(&[("SMS", NUMBER)], None).await, "DELIVERED");
}

#[tokio::test]
async fn primary_mode_blocks_opted_out_recipients() {
    let it = Fixture::start("CONVERSATION", ConsentManagement::Primary).await;
    let sms = [("SMS", NUMBER)];
    let (marketing, notification) = (Some("CONTENT_MARKETING"), Some("CONTENT_NOTIFICATION"));
    let outcomes = async || {
        let types = [None, Some("CONTENT_UNKNOWN"), marketing, notification];
        let mut blocked = Vec::new();
        for content in types {
            blocked.push(match it.outcome(&sms, content).await.as_str() {
                "RECIPIENT_NOT_OPTED_IN" => true,
                "DELIVERED" => false,
                other => panic!("{other}"),
            });
        }
        blocked
    };
    assert_eq!(outcomes().await, [false; 4]);
    it.says("STOP MARKETING").await;
    assert_eq!(outcomes().await, [false, false, true, false]);
    it.says("STOP").await;
    assert_eq!(outcomes().await, [true; 4]);
    it.says("START").await;
    assert_eq!(outcomes().await, [false, false, true, false]);
    it.says("STOP NOTIFICATION").await;
    assert_eq!(outcomes().await, [false, false, true, true]);
    // Other people are not affected, nor other identities of the same person.
    assert_eq!(it.outcome(&[("SMS", "4611")], marketing).await, "DELIVERED");
    let two = [("SMS", NUMBER), ("MESSENGER", "psid")];
    assert_eq!(it.outcome(&two, marketing).await, "DELIVERED");
    let secondary = ConsentManagement::Secondary;
    it.sandbox
        .consent_management(&it.app, secondary)
        .await
        .unwrap();
    assert_eq!(outcomes().await, [false; 4]);
}

#[tokio::test]
async fn a_batch_skips_recipients_who_opted_out() {
    let it = Fixture::start("DISPATCH", ConsentManagement::Primary).await;
    it.says("STOP").await;
    let to = |identity: &str| json!({"recipient": {"identified_by": {"channel_identities": [{"channel": "SMS", "identity": identity}]}}});
    let body = json!({
        "app_id": it.app, "message": {"text_message": {"text": "x"}},
        "recipient_and_params": [to("461"), to(NUMBER)],
    });
    let mut batch = it.api.clone();
    batch.base = it.sandbox.endpoints().batch().to_owned();
    batch.post("messages", body).await.ok();
    it.sandbox.wait_until_quiet(SOON).await.unwrap();
    let sent = it.sandbox.sent().await.unwrap();
    assert_eq!(sent[0].statuses(), ["QUEUED_ON_CHANNEL", "DELIVERED"]);
    assert_eq!(sent[1].statuses(), ["FAILED"]);
}

#[tokio::test]
async fn records_of_the_api_accept_numbers_and_contacts() {
    let it = Fixture::start("CONVERSATION", ConsentManagement::Primary).await;
    let other = it.api.app("CONVERSATION", &["MESSENGER"]).await;
    let contact = json!({"language": "EN", "channel_identities": [
        {"channel": "SMS", "identity": "461"},
        {"channel": "MESSENGER", "identity": "ours", "app_id": it.app},
        {"channel": "MESSENGER", "identity": "theirs", "app_id": other},
    ]});
    let contact = it.api.post("contacts", contact).await.ok()["id"].clone();
    let answer = it
        .insert(json!([
            {"identification": "+462", "consent_type": "OPT_OUT_MARKETING"},
            {"identification": "462", "consent_type": "OPT_OUT_MARKETING"},
            {"identification": "462", "consent_type": "OPT_OUT_ALL"},
            {"identification": contact, "consent_type": "OPT_OUT_ALL"},
        ]))
        .await
        .ok();
    assert_eq!(answer["batch_id"].as_str().unwrap().len(), 26);
    assert_eq!(it.list("OPT_OUT_ALL").await, ["461", "462", "ours"]);
    assert_eq!(it.list("OPT_OUT_MARKETING").await, ["462"]);
    let expected = [
        ["ORIGIN_API", "OPERATION_INSERT", "OPT_OUT_MARKETING"],
        ["ORIGIN_API", "OPERATION_UPDATE", "OPT_OUT_MARKETING"],
        ["ORIGIN_API", "OPERATION_INSERT", "OPT_OUT_ALL"],
    ];
    assert_eq!(
        it.records("462").await,
        expected.map(|it| it.map(str::to_owned))
    );
    let body = it.get("identities/462").await.ok();
    assert_eq!(body["identity"], json!({"identity": "462"}));
    let record = &body["audit_records"][0];
    assert_eq!(
        (&record["app_id"], &record["project_id"]),
        (&json!(it.app), &json!("sandbox-project"))
    );
    assert!(chrono::DateTime::parse_from_rfc3339(record["datetime"].as_str().unwrap()).is_ok());
    // A batch of records is not one of messages.
    let mut batch = it.api.clone();
    batch.base = it.sandbox.endpoints().batch().to_owned();
    let path = format!("messages/{}", answer["batch_id"].as_str().unwrap());
    batch.get(&path).await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn records_that_cannot_be_stored_are_refused() {
    let mut it = Fixture::start("DISPATCH", ConsentManagement::Off).await;
    let answer = it
        .insert(json!([
            {"identification": "461", "consent_type": "OPT_OUT_ALL"},
            {"identification": "462"},
        ]))
        .await;
    answer.invalid(&["consent_records[1].consent_type"]);
    assert_eq!(it.list("OPT_OUT_ALL").await.len(), 0);
    it.get("OPT_OUT_SOME").await.invalid(&["list_type"]);
    let answer = it.get("OPT_OUT_ALL?page_size=51").await;
    answer.invalid(&["page_size"]);
    let answer = it.get("OPT_OUT_ALL?page_number=-1").await;
    answer.invalid(&["page_number"]);

    it.app = "01EXA07N79THJ20WSN6AS30TMW".to_owned();
    let one = json!([{"identification": "461", "consent_type": "OPT_OUT_ALL"}]);
    it.insert(one).await.refused(404, "NOT_FOUND");
    it.get("OPT_OUT_ALL").await.refused(404, "NOT_FOUND");
    it.get("identities/461").await.refused(404, "NOT_FOUND");
    let set = it
        .sandbox
        .consent_management(&it.app, ConsentManagement::Primary);
    let error = set.await.unwrap_err();
    assert!(matches!(error, ControlError::UnknownApp { .. }), "{error}");
}

#[tokio::test]
async fn lists_are_paged_by_token_and_by_number() {
    let it = Fixture::start("DISPATCH", ConsentManagement::Off).await;
    let all: Vec<String> = (0..25).map(|number| format!("46{number:02}")).collect();
    let records = all
        .iter()
        .map(|number| json!({"identification": number, "consent_type": "OPT_OUT_ALL"}));
    it.insert(records.rev().collect()).await.ok();
    let (mut walked, mut token, mut sizes) = (Vec::new(), String::new(), Vec::new());
    loop {
        let body = it
            .get(&format!("OPT_OUT_ALL?page_token={token}"))
            .await
            .ok();
        let page = identities(&body);
        sizes.push(page.len());
        walked.extend(page);
        token = body["next_page_token"].as_str().unwrap().to_owned();
        if token.is_empty() {
            break;
        }
    }
    assert_eq!((sizes, walked), (vec![10, 10, 5], all.clone()));

    let page = it.get("OPT_OUT_ALL?page_size=7&page_number=2").await.ok();
    assert_eq!(identities(&page), all[14..21]);
    let token = page["next_page_token"].as_str().unwrap();
    let path = format!("OPT_OUT_ALL?page_size=7&page_number=2&page_token={token}");
    assert_eq!(identities(&it.get(&path).await.ok()), all[21..]);
    let beyond = it.get("OPT_OUT_ALL?page_number=2147483647").await;
    assert_eq!(identities(&beyond.ok()).len(), 0);
}

#[tokio::test]
async fn lists_and_the_mode_survive_a_restart_and_end_with_the_app() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let primary = ConsentManagement::Primary;
    sandbox.consent_management(&app, primary).await.unwrap();
    let handset = sandbox.handset(&app, "SMS", NUMBER);
    handset.says("STOP").await.unwrap();
    sandbox.shutdown().await;

    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let it = Fixture { sandbox, api, app };
    let outcome = it.outcome(&[("SMS", NUMBER)], None).await;
    assert_eq!(outcome, "RECIPIENT_NOT_OPTED_IN");
    assert_eq!(it.records(NUMBER).await.len(), 1);
    let delete = it.api.request(Method::DELETE, &format!("apps/{}", it.app));
    send(delete).await.ok();
    it.get("OPT_OUT_ALL").await.refused(404, "NOT_FOUND");
}
