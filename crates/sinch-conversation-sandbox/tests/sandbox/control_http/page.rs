//! The controls that only the page uses: operation names, what is set, sends as an app, and code to copy.

use super::*;

#[tokio::test]
async fn lists_channels_that_do_not_work_as_usual() {
    let (_sandbox, _, control) = start().await;
    assert_eq!(control.get("channels").await.ok(), json!({"channels": []}));
    let failure = json!({"reason": "CHANNEL_FAILURE", "times": 2});
    control.post("channels/SMS:fail", failure).await.ok();
    let delay = json!({"milliseconds": 1500});
    control.post("channels/RCS:delay", delay).await.ok();
    control.post("channels/RCS:silence", json!({})).await.ok();
    let listed = control.get("channels").await.ok();
    assert_eq!(
        listed["channels"],
        json!([
            {"channel": "RCS", "fails": null, "fails_next": 0, "delay_ms": 1500, "silent": true},
            {"channel": "SMS", "fails": null, "fails_next": 2, "delay_ms": 0, "silent": false},
        ])
    );
    for channel in ["SMS", "RCS"] {
        let path = format!("channels/{channel}:restore");
        control.post(&path, json!({})).await.ok();
    }
    assert_eq!(control.get("channels").await.ok(), json!({"channels": []}));
}

#[tokio::test]
async fn a_fault_can_be_for_each_operation_that_is_named() {
    let (sandbox, _, control) = start().await;
    let named = control.get("operations").await.ok();
    let operations = named["operations"].as_array().unwrap();
    for operation in operations {
        let fault = json!({"operation": operation, "status": 503});
        control.post("faults", fault).await.ok();
    }
    assert_eq!(sandbox.faults().len(), operations.len());
}

#[tokio::test]
async fn an_app_sends_like_through_the_api() {
    let (sandbox, api, control) = start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    sandbox.clear_requests();
    let request = text_request(&app, &[("SMS", NUMBER)], "Hello");
    let sent = control.post("messages:send", request).await.ok();
    let id = sent["message_id"].as_str().unwrap();
    sandbox.wait_for_delivery(id, SOON).await.unwrap();
    // The same errors, for the same fields.
    let mut incomplete = text_request(&app, &[("SMS", NUMBER)], "Hello");
    incomplete.as_object_mut().unwrap().remove("recipient");
    let by_control = control.post("messages:send", incomplete.clone()).await;
    let by_api = api.post("messages:send", incomplete).await;
    assert_eq!(by_control.status, by_api.status);
    assert_eq!(by_control.body, by_api.body);
    by_control.invalid(&["recipient"]);
    assert_eq!(sandbox.requests().len(), 1);
}

#[tokio::test]
async fn a_request_becomes_code_to_copy() {
    let (sandbox, _, control) = start().await;
    let path = "/v1/projects/sandbox-project/apps";
    let secret = json!({"channel_credentials": [{"static_bearer": {"token": "hidden"}}]});
    let asked = json!({"method": "POST", "path": path, "body": secret.to_string()});
    let pasted = control.post("snippets", asked).await.ok();
    let (curl, rust) = (pasted["curl"].as_str(), pasted["rust"].as_str());
    let url = format!("{}{path}", sandbox.endpoints().conversation());
    assert!(curl.unwrap().contains(&url), "{pasted}");
    assert!(rust.unwrap().contains("app_create_app("), "{pasted}");
    assert!(!pasted.to_string().contains("hidden"), "{pasted}");
    for (wrong, field) in [
        (json!({"method": "a b", "path": "/"}), "method"),
        (json!({"method": "GET", "path": "@evil.example/"}), "path"),
    ] {
        control.post("snippets", wrong).await.invalid(&[field]);
    }
}
