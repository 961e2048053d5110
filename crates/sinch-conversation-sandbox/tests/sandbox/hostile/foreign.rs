//! Pages of other origins, foreign names for this machine, callbacks that loop back, and clients beyond this machine.

use reqwest::Method;
use serde_json::json;
use sinch_conversation_sandbox::{Sandbox, StartError};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

use crate::support::wire::address;
use crate::support::{Api, Control, SOON, Wire, client, send};

/// One route of each kind, as method and path.
const ROUTES: [(&str, &str); 11] = [
    ("GET", "/v1/projects/sandbox-project/apps"),
    ("GET", "/v2/projects/sandbox-project/templates"),
    ("GET", "/batch/v1/projects/sandbox-project/batches/x"),
    ("POST", "/oauth2/token"),
    ("GET", "/"),
    ("GET", "/_page/main.js"),
    ("GET", "/_sandbox/state"),
    ("POST", "/_sandbox/reset"),
    ("POST", "/%5fs%61ndbox/reset"),
    ("GET", "/healthz"),
    ("GET", "/nowhere"),
];

async fn status(sandbox: &Sandbox, request: &str) -> u16 {
    let mut wire = Wire::to(sandbox).await;
    wire.send(format!("{request}\r\n\r\n")).await;
    wire.answer().await.status
}

#[tokio::test]
async fn every_route_is_guarded_alike() {
    let sandbox = Sandbox::start().await.unwrap();
    let own = address(&sandbox);
    let token = Api::of(&sandbox).await.token;
    for (method, path) in ROUTES {
        for headers in [
            "host: rebound.example".to_owned(),
            format!("host: rebound.example:{}", own.rsplit_once(':').unwrap().1),
            "host: ".to_owned(),
            "host: 127.0.0.1.rebound.example".to_owned(),
            format!("host: {own}\r\norigin: https://rebound.example"),
            format!("host: {own}\r\norigin: null"),
            format!("host: {own}\r\norigin: http://127.0.0.1:1"),
            format!("host: {own}\r\nuser-agent: sinch-conversation-sandbox/9"),
        ] {
            let request =
                format!("{method} {path} HTTP/1.1\r\nauthorization: Bearer {token}\r\n{headers}");
            assert_eq!(status(&sandbox, &request).await, 403, "{request}");
        }
        let absolute = format!("{method} http://rebound.example{path} HTTP/1.1\r\nhost: {own}");
        assert_eq!(status(&sandbox, &absolute).await, 403, "{absolute}");
        for headers in [
            format!("host: {own}"),
            format!("host: {own}\r\norigin: http://{own}"),
            "host: sandbox.localhost:1".to_owned(),
        ] {
            let request =
                format!("{method} {path} HTTP/1.1\r\nauthorization: Bearer {token}\r\n{headers}");
            assert_ne!(status(&sandbox, &request).await, 403, "{request}");
        }
    }
}

#[tokio::test]
async fn the_host_is_there_once() {
    let sandbox = Sandbox::start().await.unwrap();
    for (method, path) in ROUTES {
        for (version, hosts, refused) in [
            ("1.1", "", true),
            ("1.1", "host: localhost\r\nhost: localhost", true),
            ("1.1", "host: localhost\r\nhost: rebound.example", true),
            ("1.0", "host: localhost\r\nhost: localhost", true),
            ("1.0", "", false),
        ] {
            let mut wire = Wire::to(&sandbox).await;
            let end = if hosts.is_empty() { "\r\n" } else { "\r\n\r\n" };
            wire.send(format!("{method} {path} HTTP/{version}\r\n{hosts}{end}"))
                .await;
            let answer = wire.answer().await;
            let error = String::from_utf8(answer.body).unwrap();
            let is_refused = answer.status == 400 && error.contains("host: the header is");
            assert_eq!(
                is_refused, refused,
                "{method} {path} {version} {hosts}: {error}"
            );
        }
    }
}

#[tokio::test]
async fn names_are_allowed_one_by_one() {
    let sandbox = Sandbox::builder()
        .allow_host("sandbox")
        .allow_host("Compose.Example")
        .public_url("https://proxy.example/")
        .start()
        .await
        .unwrap();
    assert_eq!(sandbox.endpoints().conversation(), "https://proxy.example");
    for (headers, expected) in [
        ("host: sandbox:8080", 200),
        ("host: SANDBOX.:80\r\norigin: http://SANDBOX.:80", 200),
        ("host: compose.example", 200),
        ("host: proxy.example\r\norigin: https://proxy.example", 200),
        ("host: proxy.example\r\norigin: http://sandbox:8080", 403),
        ("host: sub.sandbox", 403),
        ("host: sandbox.rebound.example", 403),
    ] {
        let request = format!("GET /healthz HTTP/1.1\r\n{headers}\r\n\r\n");
        let mut wire = Wire(
            TcpStream::connect(sandbox.endpoints().address())
                .await
                .unwrap(),
        );
        wire.send(request).await;
        assert_eq!(wire.answer().await.status, expected, "{headers}");
    }
    for host in ["", "http://sandbox", "sandbox:8080", "a b", "sandbox/"] {
        let refused = Sandbox::builder().allow_host(host).start().await;
        assert!(matches!(refused, Err(StartError::Host { .. })), "{host}");
    }
    for url in [
        "",
        "sandbox:8080",
        "ftp://sandbox",
        "http://u:HUNTER2@sandbox",
        "http://a/?b",
    ] {
        let refused = Sandbox::builder().public_url(url).start().await;
        let error = refused.unwrap_err();
        assert!(matches!(error, StartError::PublicUrl { .. }), "{url}");
        assert!(!format!("{error} {error:?}").contains("HUNTER2"));
    }
}

#[tokio::test]
async fn own_addresses_cannot_be_targets() {
    let sandbox = Sandbox::builder()
        .allow_host("sandbox")
        .start()
        .await
        .unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let port = address(&sandbox).rsplit_once(':').unwrap().1.to_owned();
    let webhook = |target: &str| json!({"app_id": app, "target": target, "target_type": "HTTP", "triggers": ["MESSAGE_INBOUND"]});
    for host in [
        "127.0.0.1",
        "localhost",
        "LOCALHOST.",
        "x.localhost",
        "sandbox",
        "0.0.0.0",
        "0x7f.1",
        "2130706433",
        "[::ffff:127.0.0.1]",
    ] {
        let target = format!("http://{host}:{port}/_sandbox/reset");
        api.post("webhooks", webhook(&target))
            .await
            .invalid(&["target"]);
        let mut protected = webhook("http://127.0.0.1:9/");
        protected["client_credentials"] =
            json!({"client_id": "c", "client_secret": "s", "endpoint": target});
        api.post("webhooks", protected)
            .await
            .invalid(&["client_credentials.endpoint"]);
        let mut message = crate::support::text_request(&app, &[("SMS", "461")], "x");
        message["callback_url"] = json!(target);
        api.post("messages:send", message)
            .await
            .invalid(&["callback_url"]);
    }
    api.post("webhooks", webhook("http://127.0.0.1:9/"))
        .await
        .ok();
}

/// Forwards another port to the sandbox, as a container does.
async fn detour(sandbox: &Sandbox) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let to = address(sandbox);
    tokio::spawn(async move {
        while let Ok((mut from, _)) = listener.accept().await {
            let mut to = TcpStream::connect(&to).await.unwrap();
            tokio::spawn(async move { copy_bidirectional(&mut from, &mut to).await });
        }
    });
    url
}

#[tokio::test]
async fn a_callback_that_loops_back_has_no_effect() {
    let sandbox = Sandbox::builder()
        .callback_retries([])
        .start()
        .await
        .unwrap();
    let api = Api::of(&sandbox).await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let detour = detour(&sandbox).await;
    api.webhook(
        &app,
        &format!("{detour}/_sandbox/reset"),
        &["MESSAGE_INBOUND"],
    )
    .await;
    sandbox.handset(&app, "SMS", "461").says("x").await.unwrap();
    sandbox.wait_until_quiet(SOON).await.unwrap();
    api.get(&format!("apps/{app}")).await.ok();
    let callbacks = sandbox.callbacks().await.unwrap();
    assert_eq!(callbacks[0].attempts[0].status, Some(403));
}

async fn exposed(unprotected: bool, with_key: bool) -> Sandbox {
    let mut builder = Sandbox::builder()
        .listen(([0, 0, 0, 0], 0))
        .unprotected_controls(unprotected);
    if with_key {
        builder = builder.access_key("id", "secret");
    }
    builder.start().await.unwrap()
}

#[tokio::test]
async fn beyond_this_machine_the_controls_need_the_key() {
    let sandbox = exposed(false, true).await;
    let api = Api::of(&sandbox).await;
    let control = Control::of(&sandbox);
    let page = |path: &str| client().get(format!("{}/{path}", control.base));
    for request in [
        control.request(Method::GET, "state"),
        control
            .request(Method::GET, "state")
            .basic_auth("id", Some("wrong")),
        control.request(Method::GET, "events"),
        control.request(Method::POST, "reset"),
        control.request(Method::GET, "nowhere"),
        page(""),
        page("_page/main.js"),
    ] {
        let answer = send(request).await;
        let challenge = answer.headers["www-authenticate"].to_str().unwrap();
        assert!(challenge.starts_with("Basic realm="), "{challenge}");
        answer.refused(401, "UNAUTHENTICATED");
    }
    for request in [
        control
            .request(Method::GET, "state")
            .basic_auth("id", Some("secret")),
        control
            .request(Method::GET, "state")
            .bearer_auth(&api.token),
    ] {
        send(request).await.ok();
    }
    let shown = page("").basic_auth("id", Some("secret")).send().await;
    assert_eq!(shown.unwrap().status(), 200);
    send(page("healthz")).await.ok();
}

#[tokio::test]
async fn without_a_key_or_on_request_the_controls_stay_open() {
    for sandbox in [exposed(true, true).await, exposed(false, false).await] {
        Control::of(&sandbox).get("state").await.ok();
    }
    let local = Sandbox::builder().access_key("id", "secret").start().await;
    Control::of(&local.unwrap()).get("state").await.ok();
}

#[tokio::test]
async fn health_is_reported() {
    let sandbox = Sandbox::start().await.unwrap();
    let url = format!("{}/healthz", sandbox.endpoints().conversation());
    let answer = send(client().get(&url)).await.ok();
    assert_eq!(answer, json!({"status": "ok"}));
    let head = client().head(&url).send().await.unwrap();
    assert_eq!(head.status(), 200);
    let answer = send(client().post(&url)).await;
    assert_eq!(answer.headers["allow"], "GET, HEAD");
    answer.refused(405, "UNIMPLEMENTED");
    assert_eq!(sandbox.requests(), []);
}
