//! The rate limits of the project and of the token endpoint.

use sinch_conversation_sandbox::Sandbox;

use crate::support::wire::Raw;
use crate::support::{Api, SOON, Wire, send};

/// Requests this many tokens and returns the responses.
async fn tokens(sandbox: &Sandbox, count: usize) -> Vec<Raw> {
    let form = "grant_type=client_credentials&client_id=k&client_secret=s";
    let request = format!(
        "POST /oauth2/token HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\
         content-type: application/x-www-form-urlencoded\r\n\r\n{form}",
        form.len()
    );
    let mut wire = Wire::to(sandbox).await;
    wire.send(request.repeat(count)).await;
    let mut answers = Vec::new();
    for _ in 0..count {
        answers.push(wire.answer().await);
    }
    answers
}

#[tokio::test]
async fn requests_beyond_the_rate_limit_get_429() {
    let sandbox = Sandbox::builder()
        .requests_per_second(1)
        .start()
        .await
        .unwrap();
    let api = Api::of(&sandbox).await;
    // Requests without valid credentials do not count.
    for _ in 0..3 {
        let stranger = api
            .http
            .get(format!("{}/v1/projects/{}/apps", api.base, api.project));
        send(stranger).await.refused(401, "UNAUTHENTICATED");
        let elsewhere = api.http.get(format!("{}/v1/projects/other/apps", api.base));
        send(elsewhere.bearer_auth(&api.token))
            .await
            .refused(403, "PERMISSION_DENIED");
        api.get("nowhere").await.refused(404, "NOT_FOUND");
    }
    api.get("apps").await.ok();
    let mut refused = None;
    for _ in 0..30 {
        let answer = api.get("apps").await;
        if answer.status != 200 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("30 requests within a second or two");
    assert!(!refused.headers.contains_key("retry-after"));
    refused.refused(429, "RESOURCE_EXHAUSTED");
    // The limit uses the machine's clock, so it recovers by itself.
    let better = async { while api.get("apps").await.status != 200 {} };
    tokio::time::timeout(SOON, better).await.unwrap();
}

#[tokio::test]
async fn the_limit_can_be_turned_off() {
    for builder in [
        Sandbox::builder().requests_per_second(None),
        Sandbox::builder().requests_per_second(0),
    ] {
        let sandbox = builder.limit_token_requests(false).start().await.unwrap();
        let api = Api::of(&sandbox).await;
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let api = api.clone();
            calls.spawn(async move {
                for _ in 0..120 {
                    api.get("apps").await.ok();
                }
            });
        }
        calls.join_all().await;
        let answers = tokens(&sandbox, 60).await;
        assert!(answers.iter().all(|answer| answer.status == 200));
    }
}

#[tokio::test]
async fn the_token_endpoint_has_a_bucket_of_thirty() {
    let sandbox = Sandbox::start().await.unwrap();
    let answers = tokens(&sandbox, 100).await;
    assert!(answers[..30].iter().all(|answer| answer.status == 200));
    let refused = answers.iter().find(|answer| answer.status != 200);
    let refused = refused.expect("100 requests within a second or two");
    assert_eq!(refused.status, 429);
    assert_eq!(refused.json()["error"], "temporarily_unavailable");
    assert_eq!(refused.header("retry-after"), "");
}
