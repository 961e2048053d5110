//! Bodies that are encoded, truncated, too long, or sent without permission.

use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use reqwest::Method;
use serde_json::json;
use sinch_conversation_sandbox::Sandbox;

use crate::support::{Answer, Api, Control, Wire, client, credentials, send};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn app() -> Vec<u8> {
    let body = json!({"display_name": "Shop", "channel_credentials": [credentials("SMS")]});
    body.to_string().into_bytes()
}

async fn post(api: &Api, encoding: &str, body: Vec<u8>) -> Answer {
    let request = api.request(Method::POST, "apps").body(body);
    let request = request.header("content-type", "application/json");
    send(request.header("content-encoding", encoding)).await
}

#[tokio::test]
async fn encoded_bodies_are_decoded() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    for (encoding, body) in [
        ("gzip", gzip(&app())),
        ("GZip", gzip(&app())),
        ("x-gzip", gzip(&app())),
        ("deflate", deflate(&app())),
        ("identity", app()),
        ("", app()),
        ("identity, gzip", gzip(&app())),
    ] {
        let made = post(&api, encoding, body).await.ok();
        assert_eq!(made["display_name"], "Shop", "{encoding}");
    }
    // The log has the body, with secrets hidden.
    let logged = sandbox.requests().pop().unwrap().request;
    assert!(
        logged.contains("Shop") && !logged.contains(r#""t""#),
        "{logged}"
    );

    let token = client()
        .post(format!("{}/oauth2/token", api.base))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("content-encoding", "gzip")
        .basic_auth("any", Some("key"))
        .body(gzip(b"grant_type=client_credentials"));
    send(token).await.ok();
    let control = Control::of(&sandbox).request(Method::POST, "clock");
    let control = control
        .header("content-type", "application/json")
        .header("content-encoding", "deflate")
        .body(deflate(br#"{"advance_seconds": 1}"#));
    send(control).await.ok();
}

#[tokio::test]
async fn unknown_encodings_are_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    for encoding in ["br", "zstd", "gzip, gzip", "compress", "gzip;q=1", "\u{7f}"] {
        let Ok(value) = reqwest::header::HeaderValue::from_bytes(encoding.as_bytes()) else {
            continue;
        };
        let request = api.request(Method::POST, "apps").body(app());
        let request = request.header("content-type", "application/json");
        let answer = send(request.header("content-encoding", value)).await;
        let accepted = answer.headers["accept-encoding"].to_str().unwrap();
        assert_eq!(accepted, "gzip, deflate, identity", "{encoding}");
        answer.refused(415, "INVALID_ARGUMENT");
    }
    assert_eq!(api.get("apps").await.ok()["apps"], json!([]));
}

#[tokio::test]
async fn what_cannot_be_decoded_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let whole = gzip(&app());
    let cut = whole[..whole.len() - 9].to_vec();
    let followed = [whole.as_slice(), b"and more"].concat();
    let followed_deflate = [deflate(&app()).as_slice(), b"and more"].concat();
    let mut spoiled = whole.clone();
    spoiled[20] ^= 0xff;
    for (encoding, body) in [
        ("gzip", cut),
        ("gzip", followed),
        ("gzip", spoiled),
        ("gzip", app()),
        ("deflate", app()),
        ("deflate", followed_deflate),
        ("deflate", gzip(&app())),
    ] {
        post(&api, encoding, body).await.invalid(&[""]);
    }
    assert_eq!(api.get("apps").await.ok()["apps"], json!([]));
}

#[tokio::test]
async fn the_limit_counts_what_was_decoded() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let zeros = vec![b' '; 64 * 1024 * 1024];
    for (encoding, body) in [("gzip", gzip(&zeros)), ("deflate", deflate(&zeros))] {
        assert!(body.len() < 100_000);
        post(&api, encoding, body)
            .await
            .refused(413, "INVALID_ARGUMENT");
    }
    let fits = [app(), vec![b' '; 4_000_000]].concat();
    post(&api, "gzip", gzip(&fits)).await.ok();
}

/// Returns request heads that are refused whatever the body is, and the status.
fn refused_heads(api: &Api) -> Vec<(String, u16)> {
    let project = format!("/v1/projects/{}", api.project);
    let bearer = format!("authorization: Bearer {}\r\n", api.token);
    let wrong = "authorization: Basic bm9ib2R5Ondyb25n\r\n";
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    let json = "content-type: application/json\r\n";
    [
        (format!("{project}/apps"), format!("{json}{wrong}"), 401),
        (format!("{project}/apps"), json.to_owned(), 401),
        (format!("{project}/nowhere"), bearer.clone(), 404),
        (format!("{project}/apps/x"), bearer.clone(), 405),
        ("/v1/projects/other/apps".to_owned(), bearer.clone(), 403),
        (
            format!("{project}/apps"),
            format!("{bearer}{json}content-encoding: br\r\n"),
            415,
        ),
        ("/oauth2/token".to_owned(), format!("{form}{wrong}"), 401),
        ("/oauth2/token".to_owned(), json.to_owned(), 400),
        ("/_sandbox/nowhere".to_owned(), json.to_owned(), 404),
        ("/_sandbox/apps".to_owned(), json.to_owned(), 405),
        (
            "/_sandbox/reset".to_owned(),
            "content-type: text/plain\r\n".to_owned(),
            400,
        ),
    ]
    .map(|(path, headers, status)| {
        let head = format!("POST {path} HTTP/1.1\r\nhost: localhost\r\n{headers}");
        (head, status)
    })
    .to_vec()
}

#[tokio::test]
async fn errors_of_the_head_need_no_body() {
    let sandbox = Sandbox::builder()
        .access_key("id", "secret")
        .start()
        .await
        .unwrap();
    let api = Api::of(&sandbox).await;
    let mut heads: Vec<(String, u16)> = Vec::new();
    for (head, status) in refused_heads(&api) {
        for more in [
            "content-length: 100000\r\n",
            "transfer-encoding: chunked\r\n",
        ] {
            heads.push((format!("{head}{more}"), status));
            heads.push((format!("{head}expect: 100-continue\r\n{more}"), status));
        }
    }
    for path in [
        "v1/projects/sandbox-project/apps",
        "oauth2/token",
        "_sandbox/reset",
    ] {
        let kind = match path {
            "oauth2/token" => "application/x-www-form-urlencoded",
            _ => "application/json",
        };
        let head = format!(
            "POST /{path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {kind}\r\n\
             authorization: Basic aWQ6c2VjcmV0\r\ncontent-length: 5000000\r\n"
        );
        heads.push((head.clone(), 413));
        heads.push((format!("{head}expect: 100-continue\r\n"), 413));
    }
    for (head, status) in heads {
        let mut wire = Wire::to(&sandbox).await;
        wire.send(format!("{head}\r\n")).await;
        let answer = wire.answer().await;
        assert_eq!(answer.status, status, "{head}");
        // A client that may be sending the body must not send another request after it.
        assert_eq!(answer.header("connection"), "close", "{head}");
        assert_eq!(wire.rest().await.unwrap(), b"", "{head}");
    }
}

#[tokio::test]
async fn a_refusal_of_a_small_body_keeps_the_connection() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    let mut wire = Wire::to(&sandbox).await;
    for _ in 0..3 {
        wire.send(crate::support::wire::request(
            &api, "POST", "nowhere", b"{}",
        ))
        .await;
        let answer = wire.answer().await;
        assert_eq!((answer.status, answer.header("connection")), (404, ""));
    }
}
