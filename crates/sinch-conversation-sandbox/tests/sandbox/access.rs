//! Tokens, credentials, and responses that come before any operation runs.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::support::{Answer, Api, client, send};

async fn ask_for_token(sandbox: &Sandbox, key: Option<(&str, &str)>, form: &str) -> Answer {
    let mut request = client()
        .post(format!("{}/oauth2/token", sandbox.endpoints().auth()))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.to_owned());
    if let Some((id, secret)) = key {
        request = request.basic_auth(id, Some(secret));
    }
    send(request).await
}

const GRANT: &str = "grant_type=client_credentials";

#[tokio::test]
async fn a_token_is_a_jwt_with_its_end() {
    let sandbox = Sandbox::start().await.unwrap();
    let answer = ask_for_token(&sandbox, Some(("any", "key")), GRANT).await;
    assert_eq!(answer.headers["cache-control"], "no-store");
    let token = answer.ok();
    assert_eq!(token["expires_in"], 3600);
    assert_eq!(token["token_type"], "bearer");
    assert_eq!(token["scope"], "");
    let parts: Vec<&str> = token["access_token"].as_str().unwrap().split('.').collect();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        3600
    );
    assert_eq!(claims["sub"], "any");
}

#[tokio::test]
async fn the_key_may_be_in_the_form() {
    let sandbox = Sandbox::builder()
        .access_key("id", "secret")
        .start()
        .await
        .unwrap();
    let form = "grant_type=client_credentials&client_id=id&client_secret=secret";
    ask_for_token(&sandbox, None, form).await.ok();
}

#[tokio::test]
async fn token_errors_are_those_of_oauth() {
    let sandbox = Sandbox::builder()
        .access_key("id", "s3cr3t")
        .start()
        .await
        .unwrap();
    let cases = [
        (Some(("id", "wrong")), GRANT, 401, "invalid_client"),
        (Some(("other", "s3cr3t")), GRANT, 401, "invalid_client"),
        (None, GRANT, 401, "invalid_client"),
        (Some(("id", "s3cr3t")), "", 400, "invalid_request"),
        (
            Some(("id", "s3cr3t")),
            "grant_type=password",
            400,
            "unsupported_grant_type",
        ),
    ];
    for (key, form, status, error) in cases {
        let answer = ask_for_token(&sandbox, key, form).await;
        assert_eq!(
            (answer.status, answer.body["error"].as_str()),
            (status, Some(error)),
            "{form}"
        );
        assert!(
            answer.body["error_description"]
                .as_str()
                .is_some_and(|text| !text.contains("s3cr3t"))
        );
    }
    let json = client()
        .post(format!("{}/oauth2/token", sandbox.endpoints().auth()))
        .basic_auth("id", Some("s3cr3t"))
        .json(&json!({"grant_type": "client_credentials"}));
    assert_eq!(send(json).await.body["error"], "invalid_request");
}

#[tokio::test]
async fn calls_need_a_token_or_a_key() {
    let sandbox = Sandbox::builder()
        .access_key("id", "secret")
        .start()
        .await
        .unwrap();
    let api = Api::of(&sandbox).await;
    api.get("apps").await.ok();
    let url = format!("{}/v1/projects/{}/apps", api.base, api.project);
    send(api.http.get(&url).basic_auth("id", Some("secret")))
        .await
        .ok();

    let without = send(api.http.get(&url)).await;
    assert_eq!(
        without.headers["www-authenticate"],
        r#"Bearer realm="sinch""#
    );
    without.refused(401, "UNAUTHENTICATED");
    for request in [
        api.http.get(&url).basic_auth("id", Some("wrong")),
        api.http.get(&url).bearer_auth("made.up.token"),
        api.http.get(&url).header("authorization", "Digest x"),
        api.http.get(&url).header("authorization", "Basic %%%"),
    ] {
        let answer = send(request).await;
        assert!(answer.headers.contains_key("www-authenticate"));
        answer.refused(401, "UNAUTHENTICATED");
    }
}

#[tokio::test]
async fn expired_tokens_say_so() {
    let sandbox = Sandbox::builder()
        .token_lifetime(Duration::from_secs(60))
        .start()
        .await
        .unwrap();
    let api = Api::of(&sandbox).await;
    api.get("apps").await.ok();
    sandbox.advance_clock(Duration::from_secs(61));
    let expired = |answer: Answer| {
        let challenge = answer.headers["www-authenticate"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            challenge.contains(r#"error="invalid_token""#),
            "{challenge}"
        );
        assert!(challenge.contains("expired"), "{challenge}");
        answer.refused(401, "UNAUTHENTICATED");
    };
    expired(api.get("apps").await);

    let renewed = Api::of(&sandbox).await;
    renewed.get("apps").await.ok();
    sandbox.expire_tokens();
    expired(renewed.get("apps").await);
    Api::of(&sandbox).await.get("apps").await.ok();
}

#[tokio::test]
async fn a_token_of_another_sandbox_is_not_accepted() {
    let (one, other) = (
        Sandbox::start().await.unwrap(),
        Sandbox::start().await.unwrap(),
    );
    let mut api = Api::of(&one).await;
    api.base = other.endpoints().conversation().to_owned();
    let answer = api.get("apps").await;
    assert!(
        !answer.headers["www-authenticate"]
            .to_str()
            .unwrap()
            .contains("expired")
    );
    answer.refused(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn the_batch_api_takes_no_basic_credentials() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let endpoints = sandbox.endpoints();
    let url = format!(
        "{}/v1/projects/{}/batches/x",
        endpoints.batch(),
        endpoints.project_id()
    );
    send(api.http.get(&url).basic_auth("any", Some("key")))
        .await
        .refused(401, "UNAUTHENTICATED");
    assert_ne!(
        send(api.http.get(&url).bearer_auth(&api.token))
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn wrong_places_are_told_apart() {
    let sandbox = Sandbox::builder().project("mine").start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let mut other = api.clone();
    other.project = "yours".to_owned();
    let error = other.get("apps").await.refused(403, "PERMISSION_DENIED");
    assert_eq!(error["message"], "UNAUTHORIZED");

    api.get("nonsense").await.refused(404, "NOT_FOUND");
    api.get("apps/01ARZ3NDEKTSV4RRFFQ69G5FAV")
        .await
        .refused(404, "NOT_FOUND");
    for path in ["/nothing", "/v1", "/v1/projects", "/v3/projects/mine/apps"] {
        let request = api
            .http
            .get(format!("{}{path}", api.base))
            .bearer_auth(&api.token);
        send(request).await.refused(404, "NOT_FOUND");
    }
    let answer = send(api.request(Method::DELETE, "apps")).await;
    assert_eq!(answer.headers["allow"], "GET, POST");
    answer.refused(405, "UNIMPLEMENTED");
}

#[tokio::test]
async fn bodies_have_limits_and_a_form() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let post = |body: String| {
        let request = api.request(Method::POST, "apps").body(body);
        send(request.header("content-type", "application/json"))
    };
    post("x".repeat(5 * 1024 * 1024))
        .await
        .refused(413, "INVALID_ARGUMENT");
    for body in [
        "",
        "{",
        "[]",
        "null",
        "\"text\"",
        "{\"a\":}",
        &"[".repeat(10_000),
    ] {
        post(body.to_owned()).await.invalid(&[""]);
    }
    post(r#"{"display_name": 7, "channel_credentials": []}"#.to_owned())
        .await
        .invalid(&["display_name"]);
    post(r#"{"display_name": "x"}"#.to_owned())
        .await
        .invalid(&["channel_credentials"]);
}

#[tokio::test]
async fn paths_of_former_versions_name_the_current_ones() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let project = &api.project;
    for (path, meant) in [
        (format!("/v1beta/projects/{project}/messages:send"), "/v1"),
        (format!("/v1beta/projects/{project}/apps"), "/v1"),
        (
            format!("/batch/v1beta/projects/{project}/batches:send"),
            "/v1",
        ),
        (format!("/v1/projects/{project}/templates"), "/v2"),
        (format!("/v1/projects/{project}/templates/x"), "/v2"),
    ] {
        let request = api.http.get(format!("{}{path}", api.base));
        let error = send(request.bearer_auth(&api.token)).await;
        let error = error.refused(404, "NOT_FOUND");
        let said = error["message"].as_str().unwrap();
        assert!(said.contains(&format!("use {meant}")), "{path}: {said}");
    }
    let error = api.get("nonsense").await.refused(404, "NOT_FOUND");
    assert_eq!(error["message"], "Not Found");
}
