//! Callbacks on the wire: signatures, tokens, and failing receivers.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use sinch_conversation_sandbox::{Callback, CallbackState, Sandbox};

use crate::support::{Api, Receiver, SECRET, SOON};

const NUMBER: &str = "46701234567";

/// So long that only the sandbox's clock gets there.
const PAUSE: Duration = Duration::from_secs(86_400);

async fn start() -> (Sandbox, Api, Receiver) {
    let retries = [PAUSE, PAUSE * 2, PAUSE * 3];
    let sandbox = Sandbox::builder()
        .callback_retries(retries)
        .start()
        .await
        .unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api, Receiver::start().await)
}

#[tokio::test]
async fn every_attempt_is_signed_by_itself() {
    let (_sandbox, api, receiver) = start().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    api.webhook(&app, &receiver.url, &["MESSAGE_DELIVERY"])
        .await;
    api.send_text(&app, &[("SMS", NUMBER)], "Hällo ✓").await;
    let received = receiver.wait_for(2).await;
    for callback in &received {
        assert!(callback.is_signed_with(SECRET), "{callback:?}");
        assert!(!callback.is_signed_with("another"), "{callback:?}");
        let timestamp: i64 = callback
            .header("x-sinch-webhook-signature-timestamp")
            .parse()
            .unwrap();
        assert!((chrono::Utc::now().timestamp() - timestamp).abs() < 300);
    }
    let nonce = |index: usize| {
        received[index]
            .header("x-sinch-webhook-signature-nonce")
            .to_owned()
    };
    assert_ne!(nonce(0), nonce(1));
}

#[tokio::test]
async fn without_a_secret_there_is_no_signature() {
    let (_sandbox, api, receiver) = start().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let body = json!({"app_id": app, "target": receiver.url, "target_type": "HTTP", "triggers": ["MESSAGE_DELIVERY"]});
    api.post("webhooks", body).await.ok();
    api.send_text(&app, &[("SMS", NUMBER)], "x").await;
    assert!(
        receiver
            .wait_for(2)
            .await
            .iter()
            .all(|callback| !callback.is_signed())
    );
}

/// Returns the callbacks with this status of the message.
fn with_status<'a>(callbacks: &'a [Callback], status: &str) -> Vec<&'a Callback> {
    callbacks
        .iter()
        .filter(|it| it.json()["message_delivery_report"]["status"] == status)
        .collect()
}

#[tokio::test]
async fn a_failing_receiver_is_retried_in_order() {
    let (sandbox, api, receiver) = start().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    api.webhook(&app, &receiver.url, &["MESSAGE_DELIVERY"])
        .await;
    receiver.answer_next([500, 404, 302]);
    api.send_text(&app, &[("SMS", NUMBER)], "x").await;
    for count in 1..=3 {
        receiver.wait_for(count).await;
        sandbox.wait_until_attempted(count).await;
        assert_eq!(
            receiver.received().len(),
            count,
            "nothing is tried before its time"
        );
        sandbox.advance_clock(PAUSE * u32::try_from(count).unwrap());
    }
    let received = receiver.wait_for(5).await;
    sandbox.wait_until_quiet(SOON).await.unwrap();
    let statuses: Vec<Value> = receiver
        .bodies()
        .iter()
        .map(|body| body["message_delivery_report"]["status"].clone())
        .collect();
    let queued = "QUEUED_ON_CHANNEL";
    assert_eq!(statuses, [queued, queued, queued, queued, "DELIVERED"]);
    // A retry has the same bytes and another signature.
    assert!(
        received[1..4]
            .iter()
            .all(|again| again.raw == received[0].raw)
    );
    let nonces: HashSet<&str> = received
        .iter()
        .map(|it| it.header("x-sinch-webhook-signature-nonce"))
        .collect();
    assert_eq!(nonces.len(), 5);
    assert!(
        received
            .iter()
            .all(|callback| callback.is_signed_with(SECRET))
    );

    let log = sandbox.callbacks().await.unwrap();
    let first = with_status(&log, queued)[0];
    assert_eq!(first.state, CallbackState::Delivered);
    let statuses: Vec<Option<u16>> = first
        .attempts
        .iter()
        .map(|attempt| attempt.status)
        .collect();
    assert_eq!(statuses, [Some(500), Some(404), Some(302), Some(200)]);
}

/// Waits for the log, which is written after the receiver has responded.
trait Attempted {
    async fn wait_until_attempted(&self, count: usize);
}

impl Attempted for Sandbox {
    async fn wait_until_attempted(&self, count: usize) {
        let deadline = tokio::time::Instant::now() + SOON;
        loop {
            let log = self.callbacks().await.unwrap();
            if log
                .iter()
                .map(|callback| callback.attempts.len())
                .sum::<usize>()
                >= count
            {
                return;
            }
            assert!(tokio::time::Instant::now() < deadline, "{log:#?}");
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn a_callback_is_abandoned_after_the_last_retry() {
    let sandbox = Sandbox::builder()
        .callback_retries([Duration::from_millis(1); 2])
        .start()
        .await
        .unwrap();
    let (api, receiver) = (Api::of(&sandbox).await, Receiver::start().await);
    let app = api.app("DISPATCH", &["SMS"]).await;
    let failing = format!("{}/failing", receiver.url);
    api.webhook(&app, &failing, &["MESSAGE_DELIVERY"]).await;
    // Port 9 is discard: normally nothing listens there.
    api.webhook(&app, "http://127.0.0.1:9/", &["MESSAGE_DELIVERY"])
        .await;
    receiver.answer_next([503; 3]);
    api.send_text(&app, &[("SMS", NUMBER)], "x").await;
    sandbox.wait_until_quiet(SOON).await.unwrap();
    let log = sandbox.callbacks().await.unwrap();
    let (reachable, unreachable): (Vec<_>, Vec<_>) =
        log.iter().partition(|callback| callback.target == failing);
    assert_eq!(reachable[0].state, CallbackState::Abandoned);
    assert_eq!(reachable[0].attempts.len(), 3);
    assert_eq!(reachable[1].state, CallbackState::Delivered);
    for callback in unreachable {
        assert_eq!(
            (callback.state, callback.attempts.len()),
            (CallbackState::Abandoned, 3)
        );
        let problem = callback.attempts[0].problem.as_deref().unwrap();
        assert!(problem.starts_with("cannot connect"), "{problem}");
    }
}

#[tokio::test]
async fn a_failing_receiver_does_not_hold_up_others() {
    let (sandbox, api, receiver) = start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let stuck = Receiver::start().await;
    stuck.answer_next([500; 100]);
    api.webhook(&app, &stuck.url, &["MESSAGE_DELIVERY"]).await;
    api.webhook(&app, &receiver.url, &["MESSAGE_DELIVERY"])
        .await;
    for number in 0..20 {
        api.send_text(&app, &[("SMS", &format!("4670{number}"))], "x")
            .await;
    }
    receiver.wait_for(40).await;
    // One attempt for each contact: a contact's second callback waits for the first.
    stuck.wait_for(20).await;
    sandbox.wait_until_attempted(60).await;
    assert_eq!(stuck.received().len(), 20);
}

#[tokio::test]
async fn a_deleted_webhook_is_not_called_any_more() {
    let (sandbox, api, receiver) = start().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    receiver.answer_next([500]);
    let webhook = api
        .webhook(&app, &receiver.url, &["MESSAGE_DELIVERY"])
        .await;
    let id = api.send_text(&app, &[("SMS", NUMBER)], "x").await;
    sandbox.wait_for_delivery(&id, SOON).await.unwrap();
    sandbox.wait_until_attempted(1).await;
    api.delete(&format!("webhooks/{webhook}")).await.ok();
    sandbox.advance_clock(PAUSE);
    sandbox.wait_until_quiet(SOON).await.unwrap();
    assert_eq!(receiver.received().len(), 1);
    let log = sandbox.callbacks().await.unwrap();
    assert!(
        log.iter()
            .all(|callback| callback.state == CallbackState::Dropped),
        "{log:#?}"
    );
}

#[tokio::test]
async fn a_protected_target_gets_a_token_which_is_fetched_once() {
    let (sandbox, api, receiver) = start().await;
    let tokens = TokenHost::start().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    for form in ["BASIC", "FORM"] {
        let body = json!({"app_id": app, "target": format!("{}/{form}", receiver.url), "target_type": "HTTP",
            "triggers": ["MESSAGE_DELIVERY"], "secret": SECRET,
            "client_credentials": {"client_id": format!("id-{form}"), "client_secret": "s:&", "endpoint": tokens.url,
                "scope": "a b", "token_request_type": form}});
        api.post("webhooks", body).await.ok();
    }
    api.send_text(&app, &[("SMS", NUMBER)], "x").await;
    for callback in receiver.wait_for(4).await {
        assert_eq!(callback.header("authorization"), "Bearer the-token");
        assert!(callback.is_signed_with(SECRET));
    }
    sandbox.wait_until_quiet(SOON).await.unwrap();
    let mut requests = tokens.requests();
    requests.sort();
    assert_eq!(
        requests,
        [
            (
                "",
                "grant_type=client_credentials&scope=a+b&client_id=id-FORM&client_secret=s%3A%26"
            ),
            (
                "Basic aWQtQkFTSUM6czom",
                "grant_type=client_credentials&scope=a+b"
            ),
        ]
        .map(|(header, body)| (header.to_owned(), body.to_owned()))
    );
}

/// A token endpoint of a customer; it records the header `authorization` and the body of each request.
struct TokenHost {
    url: String,
    requests: Arc<Mutex<Vec<(String, String)>>>,
}

impl TokenHost {
    async fn start() -> Self {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        let answer = move |headers: axum::http::HeaderMap, body: String| {
            let header = headers
                .get("authorization")
                .map_or("", |it| it.to_str().unwrap())
                .to_owned();
            kept.lock().unwrap().push((header, body));
            std::future::ready(r#"{"access_token": "the-token", "expires_in": 60}"#)
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/token", listener.local_addr().unwrap());
        let app = axum::Router::new().fallback(answer);
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, requests }
    }

    fn requests(&self) -> Vec<(String, String)> {
        self.requests.lock().unwrap().clone()
    }
}
