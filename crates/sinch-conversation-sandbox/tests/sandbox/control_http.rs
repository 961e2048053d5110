//! The control surface under `/_sandbox/`.

use reqwest::Method;
use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::support::{self, Answer, Api, Receiver, SOON, credentials, text_request};

const NUMBER: &str = "46701234567";

/// Calls the control surface, which takes no credentials.
struct Control {
    http: reqwest::Client,
    base: String,
}

impl Control {
    fn of(sandbox: &Sandbox) -> Self {
        Self {
            http: support::client(),
            base: sandbox.endpoints().conversation().to_owned(),
        }
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http
            .request(method, format!("{}/_sandbox/{path}", self.base))
    }

    async fn get(&self, path: &str) -> Answer {
        support::send(self.request(Method::GET, path)).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        support::send(self.request(Method::POST, path).json(&body)).await
    }

    async fn statuses(&self, message_id: &str) -> Vec<String> {
        let sent = self.get(&format!("sent/{message_id}")).await.ok();
        let statuses = sent["statuses"].as_array().unwrap().iter();
        statuses
            .map(|it| it["status"].as_str().unwrap().to_owned())
            .collect()
    }
}

async fn start() -> (Sandbox, Api, Control) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let control = Control::of(&sandbox);
    (sandbox, api, control)
}

fn act(app: &str, channel: &str, more: Value) -> Value {
    let mut act = json!({"app_id": app, "channel": channel, "identity": NUMBER});
    act.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    act
}

#[tokio::test]
async fn says_where_it_is_and_what_time_it_is() {
    let (sandbox, _, control) = start().await;
    let state = control.get("state").await.ok();
    assert_eq!(state["project_id"], sandbox.endpoints().project_id());
    assert_eq!(state["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(state["endpoints"]["batch"], sandbox.endpoints().batch());
    assert_eq!(state["endpoints"].as_object().unwrap().len(), 4);
    let now = chrono::DateTime::parse_from_rfc3339(state["now"].as_str().unwrap()).unwrap();
    assert!(now <= sandbox.now());
}

#[tokio::test]
async fn shows_all_there_is_without_secrets() {
    let (sandbox, api, control) = start().await;
    let body = json!({
        "display_name": "Shop", "processing_mode": "CONVERSATION",
        "callback_settings": {"secret_for_overridden_callback_urls": "hidden-1"},
        "channel_credentials": [
            {"channel": "SMS", "callback_secret": "hidden-2",
             "static_bearer": {"claimed_identity": "shop", "token": "hidden-3"}},
            {"channel": "TELEGRAM", "telegram_credentials": {"token": "hidden-4"}},
        ],
    });
    let app = api.post("apps", body).await.ok()["id"].clone();
    let app = app.as_str().unwrap();
    for number in 0..25 {
        let handset = sandbox.handset(app, "SMS", format!("4670{number}"));
        handset.says("Hello").await.unwrap();
    }
    let apps = control.get("apps").await.ok();
    assert!(!apps.to_string().contains("hidden-"), "{apps}");
    let shown = &apps["apps"][0];
    assert_eq!(
        (&shown["id"], &shown["display_name"]),
        (&json!(app), &json!("Shop"))
    );
    let sms = &shown["channel_credentials"][0];
    assert_eq!(
        sms["static_bearer"],
        json!({"claimed_identity": "shop", "token": "***"})
    );
    assert_eq!(
        (&sms["channel"], &sms["callback_secret"]),
        (&json!("SMS"), &json!("***"))
    );
    assert_eq!(
        shown["callback_settings"]["secret_for_overridden_callback_urls"],
        "***"
    );
    for list in ["contacts", "conversations"] {
        let answer = control.get(list).await.ok();
        assert_eq!(answer[list].as_array().unwrap().len(), 25, "{list}");
    }
}

#[tokio::test]
async fn the_handset_writes_chooses_and_reads() {
    let (_sandbox, api, control) = start().await;
    let app = api.app("CONVERSATION", &["WHATSAPP", "SMS"]).await;
    let message = json!({"card_message": {"title": "Table", "choices": [
        {"text_message": {"text": "Two"}},
        {"text_message": {"text": "Four"}, "postback_data": "table-4"},
    ]}});
    let mut request = text_request(&app, &[("WHATSAPP", NUMBER)], "");
    request["message"] = message;
    let card = api.send(request).await;
    control
        .post("wait", json!({"for": {"message_id": card}}))
        .await
        .ok();

    let mut ids = Vec::new();
    for what in [
        json!({"text": "Hello"}),
        json!({"media": "https://example.com/a.png"}),
        json!({"contact_message": {"location_message": {"title": "Here", "coordinates": {"latitude": 1.5, "longitude": 2.5}}}}),
        json!({"choice": {"message_id": card, "index": 0}}),
        json!({"choice": {"message_id": card, "index": 1}}),
    ] {
        let answer = control
            .post("handset", act(&app, "WHATSAPP", what))
            .await
            .ok();
        ids.push(answer["message_id"].clone());
    }
    let read = control
        .post("handset", act(&app, "WHATSAPP", json!({"read": card})))
        .await;
    assert_eq!(read.ok(), json!({}));
    assert_eq!(control.statuses(&card).await.last().unwrap(), "READ");

    let timeline = control.get(&format!("timeline?app_id={app}")).await.ok();
    let entries = timeline["entries"].as_array().unwrap();
    let kinds: Vec<&str> = entries
        .iter()
        .map(|it| it["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "sent", "received", "received", "received", "received", "received"
        ]
    );
    let said: Vec<Value> = entries[1..]
        .iter()
        .map(|it| it["message"].clone())
        .collect();
    assert_eq!(said[0], json!({"text_message": {"text": "Hello"}}));
    assert_eq!(said[1]["media_message"]["url"], "https://example.com/a.png");
    assert_eq!(said[2]["location_message"]["title"], "Here");
    assert_eq!(
        said[3]["choice_response_message"],
        json!({"message_id": card, "postback_data": format!("{card}_Two")})
    );
    assert_eq!(
        said[4]["choice_response_message"]["postback_data"],
        "table-4"
    );
    assert_eq!(
        entries[1..]
            .iter()
            .map(|it| it["id"].clone())
            .collect::<Vec<_>>(),
        ids
    );
    assert_eq!(
        (&entries[0]["id"], &entries[0]["channel"]),
        (&json!(card), &json!("WHATSAPP"))
    );
    let statuses = entries[0]["statuses"].as_array().unwrap();
    assert_eq!(statuses.len(), 3);
    assert_eq!(
        (
            &statuses[2]["status"],
            &statuses[2]["channel"],
            &statuses[2]["identity"]
        ),
        (&json!("READ"), &json!("WHATSAPP"), &json!(NUMBER))
    );
    let last = timeline["next"].as_i64().unwrap();
    let rest = control
        .get(&format!("timeline?after={}", last - 1))
        .await
        .ok();
    assert_eq!(rest["entries"].as_array().unwrap().len(), 1);
    let none = control.get(&format!("timeline?after={last}")).await.ok();
    assert_eq!(none, json!({"entries": [], "next": last}));

    let received = control.get("received").await.ok();
    assert_eq!(received["messages"].as_array().unwrap().len(), 5);
    assert_eq!(received["events"], json!([]));
    let sent = control.get("sent").await.ok();
    assert_eq!(sent["messages"][0]["id"], json!(card));
    assert_eq!(sent["messages"][0].as_object().unwrap().len(), 12);
}
