//! The log of requests.

use reqwest::Method;
use serde_json::json;
use sinch_conversation_raw::OperationId as Id;
use sinch_conversation_sandbox::{InjectedFault, Sandbox};

use crate::support::wire::request;
use crate::support::{Api, SECRET, SOON, Wire, client, send, text_request};

#[tokio::test]
async fn it_has_requests_and_responses() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    sandbox.clear_requests();
    let app = api.app("DISPATCH", &["SMS"]).await;
    api.get("webhooks/none?x=%20y")
        .await
        .refused(404, "NOT_FOUND");
    api.post("messages:send", json!({"app_id": 7}))
        .await
        .refused(400, "INVALID_ARGUMENT");
    api.get("nowhere").await.refused(404, "NOT_FOUND");
    sandbox
        .inject(InjectedFault::reset(Id::AppListApps))
        .unwrap();
    assert!(api.request(Method::GET, "apps").send().await.is_err());

    let log = sandbox.requests();
    let seen: Vec<_> = log
        .iter()
        .map(|it| (it.method.as_str(), it.operation, it.status))
        .collect();
    assert_eq!(
        seen,
        [
            ("POST", Some(Id::AppCreateApp.as_str()), Some(200)),
            ("GET", Some(Id::WebhooksGetWebhook.as_str()), Some(404)),
            ("POST", Some(Id::MessagesSendMessage.as_str()), Some(400)),
            ("GET", None, Some(404)),
            ("GET", Some(Id::AppListApps.as_str()), None),
        ]
    );
    assert!(log.windows(2).all(|pair| pair[0].id < pair[1].id));
    assert!(log[0].response.contains(&app) && log[0].problem.is_none());
    let path = format!("/v1/projects/{}/webhooks/none?x=%20y", api.project);
    assert_eq!(log[1].path, path);
    assert_eq!(log[1].problem.as_ref().unwrap()["status"], "NOT_FOUND");
    assert_eq!(log[2].request, r#"{"app_id":7}"#);
    assert!(log[2].problem.as_ref().unwrap()["details"][0]["field_violations"].is_array());
    assert_eq!(log[4].fault, Some(InjectedFault::reset(Id::AppListApps)));
    assert_eq!(log[4].response, "");

    let row = serde_json::to_value(&log[1]).unwrap();
    assert!(row["at"].is_string() && row["milliseconds"].is_u64());
    assert_eq!((&row["status"], &row["fault"]), (&json!(404), &json!(null)));
    assert_eq!(
        serde_json::to_value(&log[4]).unwrap()["fault"]["reset"],
        true
    );
}

#[tokio::test]
async fn it_shows_no_secrets() {
    let sandbox = Sandbox::builder()
        .access_key("the-key", "key-secret-1")
        .start()
        .await
        .unwrap();
    let api = Api::of(&sandbox).await;
    let token = send(
        client()
            .post(format!("{}/oauth2/token", api.base))
            .header("content-type", "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials&client_id=the-key&client_secret=key-secret-1"),
    )
    .await
    .ok();
    let app = json!({
        "display_name": "Shown", "callback_secret": "secret-2",
        "channel_credentials": [
            {"channel": "SMS", "static_bearer": {"claimed_identity": "shown too", "token": "secret-3"}},
            {"channel": "WECHAT", "wechat_credentials": {"app_id": "a", "app_secret": "secret-4", "token": "secret-5", "aes_key": "secret-6"}},
        ],
    });
    let app = api.post("apps", app).await.ok()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    api.webhook(&app, "http://127.0.0.1:9/x", &["MESSAGE_INBOUND"])
        .await;
    let broken = b"{\"secret\": \"secret-8\", }".to_vec();
    let request = api
        .request(Method::POST, "apps")
        .header("content-type", "application/json");
    send(request.body(broken)).await.invalid(&[""]);
    let long = format!("{{\"secret\": \"{}\"", "secret-9".repeat(9000));
    send(api.request(Method::POST, "apps").body(long)).await;
    send(api.request(Method::GET, "apps?access_token=secret-10")).await;

    let log = sandbox.requests();
    let shown = format!("{log:?}{}", serde_json::to_string(&log).unwrap());
    for hidden in [
        "key-secret",
        "secret-2",
        "secret-3",
        "secret-4",
        "secret-5",
        "secret-6",
        "secret-8",
        "secret-9",
        "secret-10",
        SECRET,
        &api.token,
        token["access_token"].as_str().unwrap(),
    ] {
        assert!(!shown.contains(hidden), "{hidden}: {shown}");
    }
    assert!(shown.contains("shown too") && shown.contains("***"));
    let form = &log[1];
    assert_eq!(form.operation, Some("OAuth_Token"));
    assert_eq!(
        form.request,
        "grant_type=client_credentials&client_id=the-key&client_secret=***"
    );
    assert!(form.response.contains(r#""access_token":"***""#));
}

#[tokio::test]
async fn it_keeps_the_last_thousand_and_the_beginning_of_bodies() {
    let sandbox = Sandbox::builder()
        .requests_per_second(None)
        .start()
        .await
        .unwrap();
    let api = Api::of(&sandbox).await;
    let mut body = vec![b'"'];
    body.extend_from_slice("é".repeat(10_000).as_bytes());
    send(api.request(Method::POST, "apps").body(body)).await;
    let kept = sandbox.requests().pop().unwrap().request;
    assert!(kept.len() > 16_000 && kept.len() <= 16 * 1024 && kept.ends_with('é'));
    send(
        api.request(Method::POST, "apps")
            .body(vec![b'a', 0xFF, b'b']),
    )
    .await;
    assert_eq!(sandbox.requests().pop().unwrap().request, "a\u{FFFD}b");

    let mut wire = Wire::to(&sandbox).await;
    for _ in 0..11 {
        wire.send(request(&api, "GET", "nowhere", b"").repeat(100))
            .await;
        for _ in 0..100 {
            assert_eq!(wire.answer().await.status, 404);
        }
    }
    let log = sandbox.requests();
    assert_eq!(log.len(), 1000);
    assert_eq!(log.last().unwrap().id - log[0].id, 999);
    sandbox.clear_requests();
    assert!(sandbox.requests().is_empty());
}

#[tokio::test]
async fn a_test_can_wait_for_a_request() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let waiting = sandbox.wait_for_request(SOON, |it| {
        it.operation == Some(Id::MessagesSendMessage.as_str()) && it.request.contains("hello")
    });
    let (found, _) = tokio::join!(waiting, async {
        api.get("apps").await.ok();
        api.send_text(&app, &[("SMS", "461")], "hello").await
    });
    assert_eq!(found.unwrap().status, Some(200));
    let none = sandbox.wait_for_request(std::time::Duration::from_millis(1), |_| false);
    let error = none.await.unwrap_err().to_string();
    assert!(error.contains("none of"), "{error}");
    let body = text_request(&app, &[("SMS", "461")], "x");
    api.post("messages:send", body).await.ok();
}
