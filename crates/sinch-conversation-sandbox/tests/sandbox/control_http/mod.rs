//! The controls under `/_sandbox/`.

mod callbacks;
mod channels;
mod handset;
mod page;
mod stream;

use reqwest::Method;
use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::support::{self, Api, Control, Receiver, SOON, text_request};

const NUMBER: &str = "46701234567";

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
async fn pages_of_other_origins_are_kept_out() {
    let (sandbox, _, control) = start().await;
    let own = sandbox.endpoints().conversation().to_owned();
    let port = own.rsplit_once(':').unwrap().1.to_owned();
    let ask = async |name: &'static str, value: &str| {
        let request = control.request(Method::POST, "reset").json(&json!({}));
        support::send(request.header(name, value)).await
    };
    for origin in [
        "null",
        "https://example.com",
        "http://127.0.0.1:1",
        "http://localhost",
    ] {
        ask("origin", origin)
            .await
            .refused(403, "PERMISSION_DENIED");
    }
    ask("origin", &own).await.ok();
    for host in [
        "example.com".to_owned(),
        format!("sandbox.example.com:{port}"),
    ] {
        ask("host", &host).await.refused(403, "PERMISSION_DENIED");
    }
    ask("host", &format!("sandbox.localhost:{port}")).await.ok();
    let origin = control
        .request(Method::GET, "events")
        .header("origin", "http://example.com");
    support::send(origin)
        .await
        .refused(403, "PERMISSION_DENIED");

    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        let form = control
            .request(Method::POST, "seed")
            .header("content-type", content_type)
            .body("{}");
        support::send(form).await.invalid(&["content-type"]);
    }
    let nothing = control.request(Method::POST, "reset");
    support::send(nothing).await.ok();
}

#[tokio::test]
async fn paths_and_methods_are_checked() {
    let (_sandbox, _, control) = start().await;
    control.get("nothing").await.refused(404, "NOT_FOUND");
    control.get("").await.refused(404, "NOT_FOUND");
    let answer = control.post("state", json!({})).await;
    assert_eq!(answer.headers["allow"], "GET");
    answer.refused(405, "UNIMPLEMENTED");
    control.get("timeline?after=x").await.invalid(&["after"]);
    control.get("sent/nothing").await.refused(404, "NOT_FOUND");
    let broken = control
        .request(Method::POST, "clock")
        .header("content-type", "application/json")
        .body("{\"set\": ");
    support::send(broken).await.refused(400, "INVALID_ARGUMENT");
}

#[tokio::test]
async fn junk_gets_a_specific_error() {
    let (_sandbox, _, control) = start().await;
    let deep = "[".repeat(100_000);
    let bodies = [
        "",
        "null",
        "[]",
        "{}",
        "5",
        "\"quiet\"",
        "{\"for\": {}}",
        "\u{0}",
        &deep,
        "{\"apps\": [[]]}",
        "{\"messages\": [[1, 2]]}",
        "{\"advance_seconds\": 1e400}",
        "{\"set\": \"-262143-01-01T00:00:00Z\"}",
        "{\"milliseconds\": 1e99}",
    ];
    let paths = [
        "callbacks/99999999999999999999:replay",
        "channels/SMS:delay",
        "channels/SMS:fail",
        "channels/%F0%9F%98%80:fail",
        "clock",
        "handset",
        "seed",
        "wait",
        "%00",
        "sent/%2F",
    ];
    for path in paths {
        for body in bodies {
            let request = control
                .request(Method::POST, path)
                .header("content-type", "application/json")
                .body(body.to_owned());
            let answer = support::send(request).await;
            let status = answer.status;
            // An empty seed is valid.
            if status != 200 {
                assert!(
                    (400..500).contains(&status),
                    "{path} {body:.40}: {}",
                    answer.body
                );
            }
        }
    }
    control.get("state").await.ok();
}
