//! Injected faults, as a caller sees them.

use std::io::ErrorKind;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use sinch_conversation_raw::OperationId as Id;
use sinch_conversation_sandbox::{ControlError, InjectedFault, Sandbox};

use crate::support::wire::request;
use crate::support::{Api, SOON, Wire, client, send, text_request};

const SEND: &str = Id::MessagesSendMessage.as_str();

async fn setup() -> (Sandbox, Api, String) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    (sandbox, api, app)
}

#[tokio::test]
async fn a_status_applies_once_and_only_to_its_operation() {
    let (sandbox, api, app) = setup().await;
    let body = text_request(&app, &[("SMS", "461")], "x");
    sandbox.inject(InjectedFault::status(SEND, 503)).unwrap();
    api.get("apps").await.ok();
    let refused = api.post("messages:send", body.clone()).await;
    assert!(!refused.headers.contains_key("retry-after"));
    assert_eq!(refused.headers["content-type"], "application/json");
    refused.refused(503, "UNAVAILABLE");
    assert!(sandbox.sent().await.unwrap().is_empty());
    api.post("messages:send", body).await.ok();
    assert_eq!(sandbox.sent().await.unwrap().len(), 1);
    assert!(sandbox.faults().is_empty());
}

#[tokio::test]
async fn every_status_has_the_documented_error_object() {
    let (sandbox, api, _) = setup().await;
    for (status, name) in [
        (400, "INVALID_ARGUMENT"),
        (401, "UNAUTHENTICATED"),
        (403, "PERMISSION_DENIED"),
        (404, "NOT_FOUND"),
        (409, "ALREADY_EXISTS"),
        (429, "RESOURCE_EXHAUSTED"),
        (500, "INTERNAL"),
        (501, "UNIMPLEMENTED"),
        (504, "DEADLINE_EXCEEDED"),
        (599, "UNKNOWN"),
    ] {
        sandbox
            .inject(InjectedFault::status(Id::AppListApps, status))
            .unwrap();
        api.get("apps").await.refused(status, name);
    }
    sandbox
        .inject(InjectedFault::status(Id::AppListApps, 204))
        .unwrap();
    let answer = api.request(Method::GET, "apps").send().await.unwrap();
    assert_eq!(answer.status(), 204);
    assert_eq!(answer.text().await.unwrap(), "");
}

#[tokio::test]
async fn headers_and_bodies_are_as_given() {
    let (sandbox, api, _) = setup().await;
    let page = "<h1>Bad gateway</h1>";
    sandbox
        .inject(
            InjectedFault::status(Id::AppListApps, 502)
                .header("content-type", "text/html")
                .header("x-gateway", "g1")
                .retry_after(7)
                .body(page),
        )
        .unwrap();
    let answer = api.request(Method::GET, "apps").send().await.unwrap();
    assert_eq!(answer.status(), 502);
    assert_eq!(answer.headers()["content-type"], "text/html");
    assert_eq!(answer.headers()["x-gateway"], "g1");
    assert_eq!(answer.headers()["retry-after"], "7");
    assert_eq!(answer.text().await.unwrap(), page);

    let odd = InjectedFault::status(Id::AppListApps, 200).body(json!({"apps": 7}));
    sandbox.inject(odd).unwrap();
    assert_eq!(api.get("apps").await.ok(), json!({"apps": 7}));
    let text = InjectedFault::status(Id::AppListApps, 401).body(json!({"error": "token expired"}));
    sandbox.inject(text).unwrap();
    assert_eq!(api.get("apps").await.body["error"], "token expired");
}

#[tokio::test]
async fn a_fault_after_performing_keeps_the_effect() {
    let (sandbox, api, app) = setup().await;
    let fault = InjectedFault::status(SEND, 500).after_performing();
    sandbox.inject(fault).unwrap();
    let body = text_request(&app, &[("SMS", "461")], "lost answer");
    api.post("messages:send", body)
        .await
        .refused(500, "INTERNAL");
    let sent = sandbox.sent().await.unwrap();
    assert_eq!(sent.len(), 1);
    sandbox.wait_for_delivery(&sent[0].id, SOON).await.unwrap();
}

#[tokio::test]
async fn a_reset_fault_resets_the_connection() {
    let (sandbox, api, app) = setup().await;
    let body = text_request(&app, &[("SMS", "461")], "x").to_string();
    for (fault, sent) in [
        (InjectedFault::reset(SEND), 0),
        (InjectedFault::reset(SEND).after_performing(), 1),
        (
            InjectedFault::reset(SEND).delayed(Duration::from_millis(20)),
            1,
        ),
    ] {
        sandbox.inject(fault).unwrap();
        let mut wire = Wire::to(&sandbox).await;
        wire.send(request(&api, "POST", "messages:send", body.as_bytes()))
            .await;
        let error = wire.rest().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        assert_eq!(sandbox.sent().await.unwrap().len(), sent);
    }
    api.get("apps").await.ok();
}

#[tokio::test]
async fn a_truncated_body_announces_more_than_it_sends() {
    let (sandbox, api, _) = setup().await;
    let whole = api.get("apps").await.ok().to_string();
    for (fault, announced, kept) in [
        (
            InjectedFault::cut_body(Id::AppListApps, 10).after_performing(),
            whole.len(),
            &whole[..10],
        ),
        (
            InjectedFault::cut_body(Id::AppListApps, 0).after_performing(),
            whole.len(),
            "",
        ),
        (InjectedFault::cut_body(Id::AppListApps, 1), 2, "{"),
        (InjectedFault::cut_body(Id::AppListApps, 5), 6, "{}   "),
    ] {
        sandbox.inject(fault).unwrap();
        let mut wire = Wire::to(&sandbox).await;
        wire.send(request(&api, "GET", "apps", b"")).await;
        let answer = String::from_utf8(wire.rest().await.unwrap()).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        assert!(
            head.contains(&format!("content-length: {announced}")),
            "{head}"
        );
        // Compared without order: a map may have another one each time.
        assert_eq!(body.len(), kept.len());
        assert_eq!(body.get(..1), kept.get(..1));
    }
    sandbox
        .inject(InjectedFault::cut_body(Id::AppListApps, 3))
        .unwrap();
    let answer = api.request(Method::GET, "apps").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.bytes().await.is_err());
}

#[tokio::test]
async fn a_delay_affects_one_request_and_combines_with_other_faults() {
    let (sandbox, api, _) = setup().await;
    let pause = Duration::from_millis(60);
    for fault in [
        InjectedFault::delay(Id::AppListApps, pause),
        InjectedFault::delay(Id::AppListApps, pause).after_performing(),
    ] {
        sandbox.inject(fault).unwrap();
        api.get("apps").await.ok();
    }
    sandbox
        .inject(InjectedFault::status(Id::AppListApps, 429).delayed(pause))
        .unwrap();
    api.get("apps").await.refused(429, "RESOURCE_EXHAUSTED");
    let delayed: Vec<_> = sandbox
        .requests()
        .into_iter()
        .filter(|it| it.fault.is_some())
        .collect();
    assert_eq!(delayed.len(), 3);
    assert!(delayed.iter().all(|it| it.milliseconds >= 60));

    // Other requests are answered meanwhile, and a shutdown ends the delay.
    sandbox
        .inject(InjectedFault::delay(
            Id::AppListApps,
            Duration::from_secs(3600),
        ))
        .unwrap();
    let waiting = tokio::spawn({
        let api = api.clone();
        async move { api.request(Method::GET, "apps").send().await }
    });
    let faulted = async {
        while !sandbox.faults().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, faulted).await.unwrap();
    api.get("webhooks/none").await.refused(404, "NOT_FOUND");
    assert!(!waiting.is_finished());
    sandbox.shutdown().await;
    assert_eq!(waiting.await.unwrap().unwrap().status(), 200);
}

#[tokio::test]
async fn faults_apply_before_credentials_and_to_the_token_endpoint() {
    let (sandbox, api, _) = setup().await;
    let token = || {
        send(
            client()
                .post(format!("{}/oauth2/token", api.base))
                .basic_auth("key", Some("secret"))
                .header("content-type", "application/x-www-form-urlencoded")
                .body("grant_type=client_credentials"),
        )
    };
    sandbox
        .inject(InjectedFault::status("*", 503).times(2))
        .unwrap();
    sandbox
        .inject(InjectedFault::status("OAuth_Token", 500))
        .unwrap();
    let stranger = client().get(format!("{}/v1/projects/other/apps", api.base));
    send(stranger).await.refused(503, "UNAVAILABLE");
    // A path without an operation has no faults.
    let nowhere = client().get(format!("{}/v1/projects/{}/none", api.base, api.project));
    send(nowhere).await.refused(401, "UNAUTHENTICATED");
    let answer = token().await;
    assert_eq!(
        (answer.status, &answer.body["error"]),
        (503, &json!("temporarily_unavailable"))
    );
    let answer = token().await;
    assert_eq!(
        (answer.status, &answer.body["error"]),
        (500, &json!("server_error"))
    );
    assert!(token().await.ok()["access_token"].is_string());
}

#[tokio::test]
async fn the_oldest_fault_applies_first() {
    let (sandbox, api, _) = setup().await;
    let first = sandbox
        .inject(InjectedFault::status(Id::AppListApps, 500).times(2))
        .unwrap();
    sandbox
        .inject(InjectedFault::status("*", 503).until_cleared())
        .unwrap();
    for status in [500, 500, 503, 503, 503] {
        assert_eq!(api.get("apps").await.status, status);
        if sandbox.faults().len() == 2 {
            let fault = &sandbox.faults()[0];
            assert_eq!(
                (&fault.id, fault.remaining, fault.applied),
                (&first, Some(1), 1),
                "{fault:?}"
            );
        }
    }
    let active = sandbox.faults();
    assert_eq!(
        (active.len(), active[0].remaining, active[0].applied),
        (1, None, 3)
    );
    assert_eq!(serde_json::to_value(&active[0]).unwrap()["status"], 503);
    sandbox.clear_faults();
    api.get("apps").await.ok();
}

#[tokio::test]
async fn the_count_of_a_fault_holds_for_parallel_requests() {
    let (sandbox, api, _) = setup().await;
    sandbox
        .inject(InjectedFault::status(Id::AppListApps, 503).times(10))
        .unwrap();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let api = api.clone();
        calls.spawn(async move { api.get("apps").await.status });
    }
    let statuses = calls.join_all().await;
    assert_eq!(statuses.iter().filter(|status| **status == 503).count(), 10);
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 30);
}

#[tokio::test]
async fn what_cannot_be_injected_says_why() {
    let sandbox = Sandbox::start().await.unwrap();
    let error = sandbox
        .inject(InjectedFault::reset("Messages_Sendmessage"))
        .unwrap_err();
    let ControlError::UnknownOperation { operation, similar } = &error else {
        panic!("{error}");
    };
    assert_eq!(operation, "Messages_Sendmessage");
    assert_eq!(similar[0], Id::MessagesSendMessage.as_str());
    assert!(error.to_string().contains(Id::MessagesSendMessage.as_str()));

    for (json, field) in [
        (json!({"operation": "*"}), "status"),
        (
            json!({"operation": "*", "status": 500, "reset": true}),
            "status",
        ),
        (
            json!({"operation": "*", "reset": true, "cut_body": 1}),
            "status",
        ),
        (json!({"operation": "*", "status": 199}), "status"),
        (json!({"operation": "*", "status": 600}), "status"),
        (
            json!({"operation": "*", "reset": true, "retry_after": 1}),
            "retry_after",
        ),
        (json!({"operation": "*", "delay_ms": 1, "body": {}}), "body"),
        (
            json!({"operation": "*", "cut_body": 1, "headers": {"a": "b"}}),
            "headers",
        ),
        (
            json!({"operation": "*", "cut_body": 1_000_000_000}),
            "cut_body",
        ),
        (
            json!({"operation": "*", "status": 500, "headers": {"a b": "c"}}),
            "headers",
        ),
        (
            json!({"operation": "*", "status": 500, "headers": {"a": "b\r\nc: d"}}),
            "headers",
        ),
        (
            json!({"operation": "*", "status": 500, "headers": {"Content-Length": "3"}}),
            "headers",
        ),
        (json!({"operation": "*", "status": 204, "body": {}}), "body"),
    ] {
        let fault: InjectedFault = serde_json::from_value(json.clone()).unwrap();
        match sandbox.inject(fault).unwrap_err() {
            ControlError::InvalidFault { field: found, .. } => assert_eq!(found, field, "{json}"),
            other => panic!("{json}: {other}"),
        }
    }
    assert!(sandbox.faults().is_empty());
}

#[test]
fn faults_have_a_json_form() {
    let read = |json: Value| serde_json::from_value::<InjectedFault>(json);
    let fault = read(json!({
        "operation": SEND, "times": 0, "phase": "after", "status": 503, "retry_after": 2,
        "headers": {"x-a": "b"}, "body": {"a": 1}, "delay_ms": 20,
    }))
    .unwrap();
    let same = InjectedFault::status(SEND, 503)
        .until_cleared()
        .after_performing()
        .retry_after(2)
        .header("x-a", "b")
        .body(json!({"a": 1}))
        .delayed(Duration::from_millis(20));
    assert_eq!(fault, same);
    assert_eq!(read(serde_json::to_value(&same).unwrap()).unwrap(), same);
    assert_eq!(
        serde_json::to_value(InjectedFault::reset("*")).unwrap(),
        json!({"operation": "*", "times": 1, "phase": "before", "reset": true})
    );
    for (json, hint) in [
        (json!({"status": 503}), "operation"),
        (json!({"operation": "*", "statsu": 503}), "statsu"),
        (json!({"operation": "*", "phase": "later"}), "later"),
        (json!({"operation": "*", "status": "503"}), "u16"),
        (json!({"operation": "*", "status": -1}), "u16"),
    ] {
        let error = read(json).unwrap_err().to_string();
        assert!(error.contains(hint), "{error}");
    }
}
