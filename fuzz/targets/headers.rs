//! Headers: those of a signature, of a response to the client, and of a request to the sandbox.
#![no_main]

use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};
use libfuzzer_sys::fuzz_target;
use sinch_conversation::middleware::{AttemptRequest, AttemptResponse, Next};
use sinch_conversation::webhook::Verifier;
use sinch_conversation::{Client, Region, RetryPolicy};
use sinch_conversation_fuzz::{Text, seed};
use sinch_conversation_sandbox::Sandbox;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

/// The response of the next attempts.
static RESPONSE: Mutex<Option<AttemptResponse>> = Mutex::new(None);

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime")
});

static CLIENT: LazyLock<Client> = LazyLock::new(|| {
    let respond = |_: AttemptRequest, _: Next| async {
        let response = RESPONSE.lock().expect("no panic while locked").clone();
        Ok(response.expect("a response is set"))
    };
    let client = Client::builder()
        .region(Region::Eu)
        .project("p")
        .basic_auth("a key id", "its secret")
        .retry(RetryPolicy::never())
        .middleware(respond);
    client.build().expect("a client")
});

static SANDBOX: LazyLock<(Runtime, Sandbox)> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let sandbox = Sandbox::builder()
        .requests_per_second(None)
        .limit_token_requests(false);
    let sandbox = runtime.block_on(sandbox.start()).expect("a sandbox");
    (runtime, sandbox)
});

fuzz_target!(init: seed("headers", seeds()), |data: &[u8]| {
    let Some((choice, rest)) = data.split_first() else {
        return;
    };
    let text = Text::read(rest);
    match choice {
        b's' => signature(&text),
        b'r' => response(&text),
        _ => request(&text),
    }
});

fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "s\nx-sinch-webhook-signature: 6bpJoRmFoXVjfJIVglMoJzYXxnoxRujzR4k2GOXewOE=\nx-sinch-webhook-signature-nonce: 01FJA8B4A7BM43YGWSG9GBV067\nx-sinch-webhook-signature-timestamp: 1634579353\nx-sinch-webhook-signature-algorithm: HmacSHA256\n\n{}",
        "r429\nretry-after: 120\ncontent-type: application/json\nx-request-id: 1\n\n{\"error\": {\"code\": 429, \"message\": \"slow down\", \"status\": \"RESOURCE_EXHAUSTED\", \"details\": [{\"@type\": \"type.googleapis.com/google.rpc.RetryInfo\", \"retryDelay\": \"3.5s\"}]}}",
        "r503\nretry-after: Sun, 06 Nov 1994 08:50:37 GMT\n\n",
        "r503\nretry-after: Sunday, 06-Nov-94 08:50:37 GMT\n\n",
        "r503\nretry-after: Sun Nov  6 08:49:37 1994\n\n",
        "r200\ncontent-type: text/html\n\n<html>",
        "r401\nwww-authenticate: Bearer error=\"invalid_token\", error_description=\"expired\"\n\n",
        "qPOST /oauth2/token\ncontent-type: application/x-www-form-urlencoded; charset=utf-8\nauthorization: Basic YTpi\n\ngrant_type=client_credentials",
        "qPOST /v1/projects/sandbox-project/contacts\ncontent-type: application/json\nauthorization: Basic YTpi\ncontent-encoding: gzip, identity\ncontent-length: 2\n\n{}",
        "qGET /_sandbox/state\norigin: http://127.0.0.1:80\nuser-agent: sinch-conversation-sandbox/1\naccept: */*\n\n",
        "qGET /\nhost: localhost:80\nif-none-match: \"x\"\n\n",
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn signature(text: &Text<'_>) {
    let verifier = Verifier::new(["the secret of the webhook"]).expect("a secret");
    let headers = || {
        let headers = text.headers.iter();
        headers.map(|(name, value)| (String::from_utf8_lossy(name).into_owned(), *value))
    };
    let any_age = verifier.window(Duration::MAX);
    assert!(
        any_age.verify(headers(), text.body).is_err(),
        "nobody knows the secret"
    );
    let _ = any_age.verify_headers(headers());
}

fn map(text: &Text<'_>) -> HeaderMap {
    let headers = text.headers.iter().filter_map(|(name, value)| {
        Some((
            HeaderName::from_bytes(name).ok()?,
            HeaderValue::from_bytes(value).ok()?,
        ))
    });
    headers.collect()
}

fn response(text: &Text<'_>) {
    let status = std::str::from_utf8(text.first)
        .ok()
        .and_then(|it| it.trim().parse().ok());
    let Some(status) = status.and_then(|it| StatusCode::from_u16(it).ok()) else {
        return;
    };
    let mut response = AttemptResponse::new(status, text.body.to_vec());
    response.headers = map(text);
    let seconds = response
        .headers
        .get("retry-after")
        .and_then(|value| value.to_str().ok()?.trim().parse().ok());
    *RESPONSE.lock().expect("no panic while locked") = Some(response);
    let listed = RUNTIME.block_on(async { CLIENT.apps().get("A").with_response().await });
    let Err(error) = listed else { return };
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("its secret"));
    if let (429 | 503, Some(seconds)) = (status.as_u16(), seconds) {
        assert_eq!(
            error.retry_after(),
            Some(Duration::from_secs(seconds)),
            "{shown}"
        );
    }
}

fn request(text: &Text<'_>) {
    let (runtime, sandbox) = &*SANDBOX;
    let line = String::from_utf8_lossy(text.first);
    let (method, path) = line.split_once(' ').unwrap_or((&line, "/"));
    let Ok(mut request) = Request::builder()
        .method(method)
        .uri(path)
        .body(Body::from(text.body.to_vec()))
    else {
        return;
    };
    *request.headers_mut() = map(text);
    let host = HeaderValue::from_static("localhost");
    request.headers_mut().entry("host").or_insert(host);
    let answered = async {
        tokio::time::timeout(
            Duration::from_millis(200),
            sandbox.fuzzed_service().oneshot(request),
        )
        .await
    };
    if let Ok(Ok(response)) = runtime.block_on(answered) {
        assert!(response.status().as_u16() < 500, "{line} {response:?}");
    }
}
