//! The log of callbacks, and replays.

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::post;
use serde_json::{Value, json};
use sinch_conversation_sandbox::{Callback, CallbackState, ControlError, Sandbox};
use tokio::net::TcpListener;

use crate::support::{Api, Receiver, SECRET, SOON};

const NUMBER: &str = "46701234567";

async fn start() -> (Sandbox, Api, Receiver) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api, Receiver::start().await)
}

/// Makes a contact write to a new app, whose webhook is at `target`. Returns app and webhook.
async fn inbound(sandbox: &Sandbox, api: &Api, target: &str) -> (String, String) {
    let app = api.app("DISPATCH", &["SMS"]).await;
    let webhook = api.webhook(&app, target, &["MESSAGE_INBOUND"]).await;
    let handset = sandbox.handset(&app, "SMS", NUMBER);
    handset.says("Hello").await.unwrap();
    (app, webhook)
}

async fn only(sandbox: &Sandbox) -> Callback {
    let mut callbacks = sandbox.callbacks().await.unwrap();
    assert_eq!(callbacks.len(), 1);
    callbacks.remove(0)
}

/// Waits until this many attempts of the only callback are recorded, which is after the receiver has responded.
async fn attempted(sandbox: &Sandbox, count: usize) -> Callback {
    let recorded = async {
        loop {
            let callback = only(sandbox).await;
            if callback.attempts.len() >= count {
                return callback;
            }
        }
    };
    tokio::time::timeout(SOON, recorded).await.unwrap()
}

#[tokio::test]
async fn the_log_has_requests_and_responses() {
    let (sandbox, api, receiver) = start().await;
    let before = sandbox.now();
    inbound(&sandbox, &api, &receiver.url).await;
    let callback = sandbox.wait_for_callback(SOON, |_| true).await.unwrap();
    assert!(callback.id > 0 && callback.queued_at >= before);
    let received = receiver.received().remove(0);
    let attempt = &callback.attempts[0];
    assert_eq!(attempt.headers.len(), 4);
    for (name, value) in &attempt.headers {
        assert_eq!(received.header(name), value);
    }
    assert_eq!(
        (attempt.status, attempt.response.as_deref(), attempt.replay),
        (Some(200), Some(""), false)
    );
    assert_eq!(
        callback.message_id(),
        callback.json()["message"]["id"].as_str().map(str::to_owned)
    );
}

#[tokio::test]
async fn a_replay_has_the_same_body_and_a_new_signature() {
    let (sandbox, api, receiver) = start().await;
    inbound(&sandbox, &api, &receiver.url).await;
    let callback = sandbox.wait_for_callback(SOON, |_| true).await.unwrap();
    sandbox.replay_callback(callback.id).await.unwrap();
    let received = receiver.wait_for(2).await;
    assert_eq!(received[0].raw, received[1].raw);
    assert!(received.iter().all(|it| it.is_signed_with(SECRET)));
    let nonce = "x-sinch-webhook-signature-nonce";
    assert_ne!(received[0].header(nonce), received[1].header(nonce));
    sandbox.wait_until_quiet(SOON).await.unwrap();
    let after = only(&sandbox).await;
    assert_eq!(after.state, CallbackState::Delivered);
    let replays: Vec<bool> = after.attempts.iter().map(|it| it.replay).collect();
    assert_eq!(replays, [false, true]);

    let error = sandbox.replay_callback(callback.id + 1).await.unwrap_err();
    assert!(
        matches!(error, ControlError::UnknownCallback { .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_replay_reaches_the_target_of_a_deleted_webhook() {
    let (sandbox, api, receiver) = start().await;
    receiver.answer_next([500]);
    let (_, webhook) = inbound(&sandbox, &api, &receiver.url).await;
    receiver.wait_for(1).await;
    api.delete(&format!("webhooks/{webhook}")).await.ok();
    sandbox.wait_until_quiet(SOON).await.unwrap();
    let callback = only(&sandbox).await;
    assert_eq!(callback.state, CallbackState::Dropped);
    sandbox.replay_callback(callback.id).await.unwrap();
    let received = receiver.wait_for(2).await;
    assert!(received[1].is_signed_with(SECRET));
    let after = sandbox.wait_for_callback(SOON, |_| true).await.unwrap();
    assert_eq!(after.attempts.len(), 2);
}

#[tokio::test]
async fn a_replay_changes_nothing_about_the_retries() {
    let receiver = Receiver::start().await;
    receiver.answer_next([500, 500, 500]);
    // So long that only the sandbox's clock gets there.
    let pause = std::time::Duration::from_secs(86_400);
    let builder = Sandbox::builder().callback_retries([pause; 2]);
    let sandbox = builder.start().await.unwrap();
    let api = Api::of(&sandbox).await;
    inbound(&sandbox, &api, &receiver.url).await;
    let mut callback = attempted(&sandbox, 1).await;
    for round in 2..=4 {
        if round % 2 == 0 {
            // Immediately, although the ordering key waits for a retry.
            sandbox.replay_callback(callback.id).await.unwrap();
        } else {
            sandbox.advance_clock(pause);
        }
        callback = attempted(&sandbox, round).await;
    }
    assert_eq!(receiver.received().len(), 4);
    // Two replays and two attempts: the third attempt is still to come.
    assert_eq!(callback.state, CallbackState::Pending);
    sandbox.advance_clock(pause);
    let callback = sandbox.wait_for_callback(SOON, |_| true).await.unwrap();
    let replays: Vec<bool> = callback.attempts.iter().map(|it| it.replay).collect();
    assert_eq!(replays, [false, true, false, true, false]);
}

#[tokio::test]
async fn an_interrupted_replay_is_repeated_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = format!("http://{}/", silent.local_addr().unwrap());
    let builder = || Sandbox::builder().database(&file).callback_retries([]);
    let sandbox = builder()
        .callback_timeout(std::time::Duration::from_millis(50))
        .start()
        .await
        .unwrap();
    let api = Api::of(&sandbox).await;
    inbound(&sandbox, &api, &target).await;
    sandbox.wait_until_quiet(SOON).await.unwrap();
    let callback = only(&sandbox).await;
    assert_eq!(callback.state, CallbackState::Abandoned);
    drop(sandbox);

    let sandbox = builder().start().await.unwrap();
    let (first, _) = silent.accept().await.unwrap();
    sandbox.replay_callback(callback.id).await.unwrap();
    let (second, _) = silent.accept().await.unwrap();
    drop(sandbox);
    let _sandbox = builder().start().await.unwrap();
    let third = tokio::time::timeout(SOON, silent.accept()).await;
    assert!(third.is_ok());
    drop((first, second));
}

/// Responds with the request's own `authorization` header and a long text.
async fn repeat(headers: HeaderMap) -> String {
    let credentials = headers.get("authorization").map(|it| it.to_str().unwrap());
    format!("{} {}", credentials.unwrap_or_default(), "ü".repeat(4000))
}

async fn token() -> axum::Json<Value> {
    axum::Json(json!({"access_token": "the-token", "expires_in": 60}))
}

#[tokio::test]
async fn the_log_keeps_the_beginning_of_an_answer_and_no_token() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/target", post(repeat))
        .route("/token", post(token));
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let app = api.app("DISPATCH", &["SMS"]).await;
    let webhook = json!({
        "app_id": app, "target": format!("{base}/target"), "target_type": "HTTP", "triggers": ["MESSAGE_INBOUND"],
        "client_credentials": {"client_id": "me", "client_secret": "the-secret", "endpoint": format!("{base}/token")},
    });
    api.post("webhooks", webhook).await.ok();
    let handset = sandbox.handset(&app, "SMS", NUMBER);
    handset.says("Hello").await.unwrap();
    let callback = sandbox.wait_for_callback(SOON, |_| true).await.unwrap();
    let kept = callback.attempts[0].response.clone().unwrap();
    assert!(kept.starts_with("Bearer *** ü"), "{kept}");
    assert!((4090..=4096).contains(&kept.len()), "{}", kept.len());
    let shown = format!("{callback:?}");
    assert!(
        !shown.contains("the-token") && !shown.contains("the-secret"),
        "{shown}"
    );
    assert_eq!(callback.attempts[0].headers.len(), 0);
    server.abort();
}

#[tokio::test]
async fn attempts_can_be_followed() {
    let (sandbox, api, receiver) = start().await;
    receiver.answer_next([503]);
    let target = receiver.url.replace("http://", "http://user:hidden@") + "?key=hidden";
    let mut log = sandbox.callback_log().await.unwrap();
    inbound(&sandbox, &api, &target).await;
    let first = log.next().await.unwrap();
    let line = first.to_string();
    let id = first.callback.message_id().unwrap();
    assert_eq!((first.number, first.attempt.status), (1, Some(503)));
    assert!(!line.contains("hidden"), "{line}");
    let expected = format!(
        " MESSAGE_INBOUND {} 503 attempt=1 message={id}",
        receiver.url
    );
    assert!(line.ends_with(&expected), "{line}");
    sandbox.replay_callback(first.callback.id).await.unwrap();
    let second = log.next().await.unwrap();
    assert!(
        second
            .to_string()
            .contains(" 200 attempt=2 replay message=")
    );
    // A reset starts a new log; a reader continues with it.
    sandbox.reset().await.unwrap();
    inbound(&sandbox, &api, &receiver.url).await;
    assert_eq!(log.next().await.unwrap().number, 1);
    sandbox.shutdown().await;
    assert_eq!(log.next().await, None);
}

#[tokio::test]
async fn what_is_secret_in_a_target_is_not_shown() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let target = "http://user:HUNTER2@127.0.0.1:9/hook?key=QSECRET";
    api.webhook(&app, target, &["MESSAGE_SUBMIT"]).await;
    let sent = api.send_text(&app, &[("SMS", "461")], "Hi").await;
    sandbox.wait_for_delivery(&sent, SOON).await.unwrap();
    let callbacks = sandbox.callbacks().await.unwrap();
    assert_eq!(callbacks[0].target, target);
    let json = serde_json::to_string(&callbacks).unwrap();
    for shown in [format!("{callbacks:?}"), json] {
        assert!(shown.contains("http://127.0.0.1:9/hook"), "{shown}");
        assert!(
            !shown.contains("HUNTER2") && !shown.contains("QSECRET"),
            "{shown}"
        );
    }
}
