//! Connections: slow, many, half-closed, and with malformed HTTP.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use sinch_conversation_sandbox::Sandbox;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::support::wire::{address, assert_no_panics, request, watch_for_panics};
use crate::support::{Api, SOON, Wire};

/// Long enough for what must not happen to happen.
const A_WHILE: Duration = Duration::from_millis(150);
const SHORT: Duration = Duration::from_secs(1);

async fn impatient() -> (Sandbox, Api) {
    watch_for_panics();
    let sandbox = Sandbox::builder()
        .read_timeout(SHORT)
        .start()
        .await
        .unwrap();
    let mut api = Api::of(&sandbox).await;
    // An idle connection may be closed just when the next request is sent.
    let http = reqwest::Client::builder().no_proxy().timeout(SOON);
    api.http = http.pool_max_idle_per_host(0).build().unwrap();
    (sandbox, api)
}

async fn patient() -> (Sandbox, Api) {
    watch_for_panics();
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api)
}

#[tokio::test]
async fn slow_heads_are_closed() {
    let (sandbox, api) = impatient().await;
    let mut silent = Wire::to(&sandbox).await;
    let mut slow = Wire::to(&sandbox).await;
    slow.send("GET /v1/projects/x/apps HTTP/1.1\r\nhost: localhost\r\n")
        .await;
    let mut dripping = Wire::to(&sandbox).await;
    dripping.send("GET / HTTP/1.1\r\n").await;
    let drip = async {
        // One header after the other, forever.
        while dripping.0.write_all(b"x-a: b\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(SOON, drip).await.expect("it is read forever");
    assert_eq!(silent.rest().await.unwrap(), b"");
    assert_eq!(slow.rest().await.unwrap(), b"");
    api.get("apps").await.ok();
    assert_no_panics();
}

#[tokio::test]
async fn slow_bodies_get_408() {
    let (sandbox, api) = impatient().await;
    let whole = request(&api, "POST", "apps", &[b' '; 100]);
    let mut slow = Wire::to(&sandbox).await;
    slow.send(&whole[..whole.len() - 1]).await;
    let answer = slow.answer().await;
    assert_eq!(answer.status, 408);
    assert_eq!(answer.json()["error"]["status"], "DEADLINE_EXCEEDED");
    assert_eq!(slow.rest().await.unwrap(), b"");
    let mut token = Wire::to(&sandbox).await;
    token
        .send(
            "POST /oauth2/token HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\n\
             content-type: application/x-www-form-urlencoded\r\n\r\nabc",
        )
        .await;
    assert_eq!(token.answer().await.status, 408);
    api.get("apps").await.ok();
    assert_no_panics();
}

#[tokio::test]
async fn a_body_that_is_too_long_gets_a_response() {
    let (sandbox, api) = patient().await;
    let mut wire = Wire::to(&sandbox).await;
    wire.try_send(request(&api, "POST", "apps", &vec![b'x'; 6 * 1024 * 1024]))
        .await;
    assert_eq!(wire.answer().await.status, 413);
    assert_eq!(wire.rest().await.unwrap(), b"");
}

#[tokio::test]
async fn connections_beyond_the_limit_wait() {
    watch_for_panics();
    let sandbox = Sandbox::builder().max_connections(2).start().await.unwrap();
    let token = Api::of(&sandbox).await.token;
    let api = Api {
        http: crate::support::client(),
        base: sandbox.endpoints().conversation().to_owned(),
        project: sandbox.endpoints().project_id().to_owned(),
        token,
    };
    let whole = request(&api, "POST", "apps", b"{}");
    let mut first = Wire::to(&sandbox).await;
    let mut second = Wire::to(&sandbox).await;
    for wire in [&mut first, &mut second] {
        wire.send(&whole[..whole.len() - 1]).await;
    }
    let mut others = Vec::new();
    for _ in 0..3 {
        let mut wire = Wire::to(&sandbox).await;
        wire.send(request(&api, "GET", "apps", b"")).await;
        others.push(wire);
    }
    let third = timeout(A_WHILE, others[0].answer()).await;
    assert!(third.is_err(), "a third connection is served");
    first.send(b"}").await;
    assert_eq!(first.answer().await.status, 400);
    // Idle connections make room for waiting ones, while one is still busy.
    for other in &mut others {
        assert_eq!(other.answer().await.status, 200);
    }
    assert_eq!(first.rest().await.unwrap(), b"");
    second.send(b"}").await;
    assert_eq!(second.answer().await.status, 400);
    assert_no_panics();
}

/// Returns how many files this process may open, if known.
fn open_files() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    line.and_then(|line| line.split_whitespace().nth(3)?.parse().ok())
        .unwrap_or(256)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_parallel_requests_get_a_response() {
    watch_for_panics();
    // Other tests of this process need files too.
    let clients = (open_files() / 3).min(2000);
    let sandbox = Sandbox::builder()
        .max_connections(clients / 4)
        .requests_per_second(None)
        .start()
        .await
        .unwrap();
    let api = Api::of(&sandbox).await;
    let get = request(&api, "GET", "apps", b"");
    let mut calls = JoinSet::new();
    for _ in 0..clients {
        let (get, address) = (get.clone(), address(&sandbox));
        calls.spawn(async move {
            // On a busy machine, a connection may look idle and be closed to make room for others.
            for _ in 0..20 {
                let mut wire = Wire(tokio::net::TcpStream::connect(&address).await.unwrap());
                wire.try_send(&get).await;
                if let Some(answer) = wire.try_answer().await {
                    return answer.status;
                }
            }
            panic!("closed without an answer each time");
        });
    }
    let statuses = calls.join_all().await;
    assert_eq!(statuses.len(), clients);
    assert!(statuses.iter().all(|status| *status == 200));
    assert_no_panics();
}

#[tokio::test]
async fn slow_clients_do_not_hold_up_others() {
    let (sandbox, api) = patient().await;
    for number in 0..60 {
        let contact = json!({
            "channel_identities": [{"channel": "SMS", "identity": format!("46{number}")}],
            "metadata": "x".repeat(1000), "display_name": format!("Number {number}"), "language": "EN_US",
        });
        api.post("contacts", contact).await.ok();
    }
    let whole = request(&api, "POST", "apps", &[b' '; 100]);
    let mut slow = Vec::new();
    for number in 0..200 {
        let mut wire = Wire::to(&sandbox).await;
        wire.send(&whole[..number % whole.len()]).await;
        slow.push(wire);
    }
    // Requests more than the system buffers, and does not read it yet.
    let mut deaf = Wire::to(&sandbox).await;
    let question = request(&api, "GET", "contacts?page_size=20", b"");
    let asked = 400;
    for _ in 0..asked {
        deaf.send(&question).await;
    }
    api.get("contacts").await.ok();
    api.app("DISPATCH", &["SMS"]).await;
    for _ in 0..asked {
        let page = deaf.answer().await;
        assert_eq!(page.json()["contacts"].as_array().unwrap().len(), 20);
    }
    // Reads a few bytes at a time.
    deaf.send(&question).await;
    assert_eq!(deaf.answer().await.status, 200);
    assert_no_panics();
}

#[tokio::test]
async fn stopping_completes_requests_and_closes_idle_connections() {
    let (sandbox, api) = patient().await;
    let mut idle = Wire::to(&sandbox).await;
    idle.send(request(&api, "GET", "apps", b"")).await;
    assert_eq!(idle.answer().await.status, 200);
    let mut silent = Wire::to(&sandbox).await;
    let mut busy = Wire::to(&sandbox).await;
    let whole = request(&api, "POST", "apps", b"{}");
    busy.send(&whole[..whole.len() - 1]).await;
    // This connection is newer, so the others are known when it is answered.
    let mut last = Wire::to(&sandbox).await;
    last.send(request(&api, "GET", "apps", b"")).await;
    assert_eq!(last.answer().await.status, 200);

    let address = address(&sandbox);
    let stopping = tokio::spawn(sandbox.shutdown());
    assert_eq!(idle.rest().await.unwrap(), b"");
    assert_eq!(silent.rest().await.unwrap(), b"");
    assert!(!stopping.is_finished());
    busy.send(b"}").await;
    assert_eq!(busy.answer().await.status, 400);
    timeout(SOON, stopping).await.unwrap().unwrap();
    TcpListener::bind(&address).await.unwrap();
    assert_no_panics();
}

#[tokio::test]
async fn stopping_does_not_wait_forever() {
    let (sandbox, api) = patient().await;
    let mut stuck = Wire::to(&sandbox).await;
    let whole = request(&api, "POST", "apps", b"{}");
    stuck.send(&whole[..whole.len() - 1]).await;
    timeout(SOON, sandbox.shutdown()).await.unwrap();
    assert_eq!(stuck.rest().await.unwrap_or_default(), b"");
    let dropped = Sandbox::start().await.unwrap();
    let mut stuck = Wire::to(&dropped).await;
    stuck.send("GET").await;
    drop(dropped);
    assert_eq!(stuck.rest().await.unwrap_or_default(), b"");
}

#[tokio::test]
async fn half_closed_connections_get_their_response() {
    let (sandbox, api) = patient().await;
    let mut wire = Wire::to(&sandbox).await;
    wire.send(request(&api, "GET", "apps", b"").repeat(2)).await;
    wire.finish().await;
    assert_eq!(wire.answer().await.status, 200);
    assert_eq!(wire.answer().await.status, 200);
    assert_eq!(wire.rest().await.unwrap(), b"");
    // In the middle of a body.
    let whole = request(&api, "POST", "apps", b"{\"display_name\": \"x\"}");
    let mut wire = Wire::to(&sandbox).await;
    wire.send(&whole[..whole.len() - 3]).await;
    wire.finish().await;
    let rest = String::from_utf8(wire.rest().await.unwrap()).unwrap();
    assert!(
        rest.is_empty() || rest.starts_with("HTTP/1.1 400 "),
        "{rest}"
    );
    // In the middle of a head.
    let mut wire = Wire::to(&sandbox).await;
    wire.send(&whole[..20]).await;
    wire.finish().await;
    wire.rest().await.unwrap();
    assert_eq!(api.get("apps").await.ok()["apps"], json!([]));
    assert_no_panics();
}

#[tokio::test]
async fn unusual_http_is_accepted() {
    let (sandbox, api) = patient().await;
    let path = format!("/v1/projects/{}/apps", api.project);
    let authorization = format!("authorization: Bearer {}\r\n", api.token);

    let mut old = Wire::to(&sandbox).await;
    old.send(format!("GET {path} HTTP/1.0\r\n{authorization}\r\n"))
        .await;
    assert_eq!(old.answer().await.status, 200);
    assert_eq!(old.rest().await.unwrap(), b"");

    let mut pipelined = Wire::to(&sandbox).await;
    let requests = ["apps", "nowhere", "apps", "webhooks/x"]
        .map(|path| request(&api, "GET", path, b""))
        .concat();
    pipelined.send(requests).await;
    for status in [200, 404, 200, 404] {
        assert_eq!(pipelined.answer().await.status, status);
    }

    let post = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\n{authorization}content-type: application/json\r\n"
    );
    let body =
        json!({"display_name": "x", "channel_credentials": [crate::support::credentials("SMS")]})
            .to_string();
    let mut expecting = Wire::to(&sandbox).await;
    expecting
        .send(format!(
            "{post}expect: 100-continue\r\ncontent-length: {}\r\n\r\n",
            body.len()
        ))
        .await;
    assert_eq!(expecting.answer().await.status, 100);
    expecting.send(&body).await;
    assert_eq!(expecting.answer().await.status, 200);

    let mut chunked = Wire::to(&sandbox).await;
    let (one, two) = body.split_at(7);
    chunked
        .send(format!(
            "{post}transfer-encoding: chunked\r\n\r\n{:x}\r\n{one}\r\n{:x};a=b\r\n{two}\r\n0\r\nx-t: y\r\n\r\n",
            one.len(),
            two.len()
        ))
        .await;
    assert_eq!(chunked.answer().await.status, 200);

    let mut absolute = Wire::to(&sandbox).await;
    absolute
        .send(format!(
            "GET http://localhost{path} HTTP/1.1\r\nhost: localhost\r\n{authorization}\r\n"
        ))
        .await;
    assert_eq!(absolute.answer().await.status, 200);

    let head = api.request(Method::HEAD, "apps").send().await.unwrap();
    assert_eq!(head.status(), 405);
    assert_eq!(
        api.get("apps").await.ok()["apps"].as_array().unwrap().len(),
        2
    );
    assert_no_panics();
}

#[tokio::test]
async fn malformed_http_changes_nothing() {
    let (sandbox, api) = patient().await;
    let post = format!(
        "POST /v1/projects/{}/apps HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n",
        api.project, api.token
    );
    let mut garbage: Vec<Vec<u8>> = [
        "",
        "\r\n\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\n: empty\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: \u{0}\r\n\r\n",
        "G\u{e9}T / HTTP/1.1\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "CONNECT example.org:443 HTTP/1.1\r\nhost: localhost\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nhost: localhost\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{fc}\u{3}\u{3}",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec();
    for ending in [
        "content-length: -1\r\n\r\n{}",
        "content-length: 99999999999999999999999\r\n\r\n{}",
        "content-length: 2\r\ncontent-length: 3\r\n\r\n{}}",
        "content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}",
        "transfer-encoding: nonsense\r\n\r\n{}",
        "transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        "transfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}",
        "transfer-encoding: chunked\r\n\r\n2\r\n{}no end\r\n",
        "transfer-encoding: chunked\r\n\r\n2\r\n{}",
        "content-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}",
        "upgrade: websocket\r\nconnection: upgrade\r\ncontent-length: 2\r\n\r\n{}",
    ] {
        garbage.push(format!("{post}{ending}").into_bytes());
    }
    garbage.push(format!("{post}x-long: {}\r\n\r\n", "a".repeat(1 << 20)).into_bytes());
    garbage.push(format!("{post}{}\r\n", "x-many: a\r\n".repeat(5000)).into_bytes());
    garbage.push(format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(1 << 20)).into_bytes());
    let mut random = fastrand::Rng::with_seed(4);
    for length in [1, 10, 100, 10_000] {
        garbage.push((0..length).map(|_| random.u8(..)).collect());
    }
    for bytes in garbage {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned();
        let mut wire = Wire::to(&sandbox).await;
        wire.try_send(&bytes).await;
        wire.finish().await;
        // A reset is fine as well: no response is possible.
        let answer = wire.rest().await.unwrap_or_default();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(
            answer.is_empty()
                || answer.starts_with("HTTP/1.1 4")
                || answer.starts_with("HTTP/1.0 4"),
            "{shown:?}: {answer}"
        );
        assert_eq!(api.get("apps").await.ok()["apps"], json!([]), "{shown:?}");
    }
    assert_no_panics();
}

#[tokio::test]
async fn unlimited_durations_are_fine() {
    watch_for_panics();
    let sandbox = Sandbox::builder()
        .read_timeout(Duration::MAX)
        .receipt_interval(Duration::MAX)
        .callback_retries([Duration::MAX])
        .token_lifetime(Duration::MAX)
        .start()
        .await
        .unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let message = api.send_text(&app, &[("SMS", "461")], "x").await;
    let sent = sandbox.sent_message(&message).await.unwrap();
    assert!(sent.receipts.is_empty());
    for _ in 0..4 {
        sandbox.advance_clock(Duration::MAX);
    }
    sandbox.wait_for_delivery(&message, SOON).await.unwrap();
    api.get("apps").await.ok();
    assert_no_panics();
}
