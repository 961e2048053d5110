//! Hostile requests for every route. Each is refused or has no effect, and the state stays as it was.

mod bodies;
mod control_lists;
mod files;
mod foreign;
mod lists;
#[cfg(all(target_os = "linux", feature = "cli"))]
mod memory;
mod starvation;
mod tokens;

use serde_json::json;
use sinch_conversation_raw::{Document, OPERATIONS};
use sinch_conversation_sandbox::Sandbox;

use crate::support::wire::{Raw, assert_no_panics, random, watch_for_panics};
use crate::support::{Api, SOON, Wire};

/// A sandbox with some data, and a connection to it.
struct Target {
    sandbox: Sandbox,
    api: Api,
    app: String,
    wire: Wire,
}

/// A route: method, path with or without `{name}`s, and the name for messages.
struct Route {
    name: &'static str,
    method: &'static str,
    path: String,
}

fn routes(project: &str) -> Vec<Route> {
    let documented = OPERATIONS.iter().map(|operation| {
        let prefix = match operation.document {
            Document::Batch => "/batch",
            _ => "",
        };
        Route {
            name: operation.id.as_str(),
            method: operation.method,
            path: format!("{prefix}{}", operation.path).replace("{project_id}", project),
        }
    });
    let others = [
        ("POST", "/oauth2/token"),
        ("GET", "/oauth2/token"),
        ("POST", "/nowhere/{id}"),
        ("GET", "/"),
    ]
    .map(|(method, path)| Route {
        name: "none",
        method,
        path: path.to_owned(),
    });
    documented.chain(others).collect()
}

/// Replaces every `{name}` of the path.
fn filled(path: &str, id: &str) -> String {
    let mut parts = path.split('{');
    let mut filled = parts.next().unwrap().to_owned();
    for part in parts {
        filled += id;
        filled += part.split_once('}').unwrap().1;
    }
    filled
}

const UNKNOWN: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

impl Target {
    async fn new() -> Self {
        watch_for_panics();
        let sandbox = Sandbox::builder()
            .requests_per_second(None)
            .limit_token_requests(false)
            .start()
            .await
            .unwrap();
        let api = Api::of(&sandbox).await;
        let app = api.app("CONVERSATION", &["SMS", "RCS"]).await;
        api.webhook(&app, "http://127.0.0.1:9/x", &["CONTACT_MERGE"])
            .await;
        let message = api.send_text(&app, &[("SMS", "461")], "x").await;
        sandbox.wait_for_delivery(&message, SOON).await.unwrap();
        let wire = Wire::to(&sandbox).await;
        Self {
            sandbox,
            api,
            app,
            wire,
        }
    }

    /// Returns everything that can be listed.
    async fn state(&self) -> Vec<String> {
        let mut state = Vec::new();
        for list in [
            "apps".to_owned(),
            "contacts".to_owned(),
            format!("conversations?only_active=false&app_id={}", self.app),
            "messages".to_owned(),
            format!("apps/{}/webhooks", self.app),
        ] {
            state.push(self.api.get(&list).await.ok().to_string());
        }
        state
    }

    fn head(&self, method: &str, path: &str, more: &str, length: usize) -> String {
        format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n{more}content-length: {length}\r\n\r\n",
            self.api.token
        )
    }

    /// Sends a request, on the previous connection if that is still open.
    async fn ask(&mut self, head: impl AsRef<[u8]>, body: &[u8]) -> Raw {
        self.wire.send([head.as_ref(), body].concat()).await;
        let answer = self.wire.answer().await;
        if answer.header("connection") == "close" || answer.status == 431 || answer.status == 413 {
            self.wire = Wire::to(&self.sandbox).await;
        }
        answer
    }
}

#[track_caller]
fn check(answer: &Raw, what: &str) {
    assert!(
        answer.status < 500 || answer.status == 501,
        "{what}: {} {}",
        answer.status,
        String::from_utf8_lossy(&answer.body)
    );
}

fn bodies() -> Vec<Vec<u8>> {
    let deep = 10_000;
    let mut bodies: Vec<Vec<u8>> = [
        "",
        "\u{0}",
        "\u{feff}{}",
        "null",
        "[]",
        "{}",
        "{\"a\": 1e400}",
        "{\"page_size\": -1e400, \"app_id\": 1e-400}",
        "{\"display_name\": \"\\ud800\"}",
        "{\"display_name\": \"\\udc00\\ud800\", \"app_id\": \"x\"}",
        "{\"display_name\": \"\\u0000\", \"channel_credentials\": \"\\u0000\"}",
        "{\"app_id\": \"a\", \"app_id\": {\"app_id\": []}, \"app_id\": null}",
        "{\"\": {\"\": [\"\"]}, \"__proto__\": {\"a\": 1}}",
        "{\"a\": NaN, \"b\": Infinity}",
        "{'a': 1}",
        "{\"a\": 1,}",
        "{} {}",
        "grant_type=client_credentials&grant_type=%ff&client_id=%00",
        "grant_type=%",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec();
    bodies.push("[".repeat(deep).into_bytes());
    bodies.push(format!("{}{}", "[".repeat(deep), "]".repeat(deep)).into_bytes());
    bodies.push(format!("{}1{}", "{\"message\":".repeat(deep), "}".repeat(deep)).into_bytes());
    bodies.push(format!("{{\"app_id\": {}}}", "9".repeat(400)).into_bytes());
    bodies.push(format!("{{\"ttl\": -{}.{}}}", "9".repeat(100_000), "9".repeat(99)).into_bytes());
    bodies.push(format!("{{\"display_name\": \"{}\"}}", "é".repeat(100_000)).into_bytes());
    bodies.push(format!("{{\"{}\": 1}}", "k".repeat(100_000)).into_bytes());
    bodies.push(format!("{{{}\"a\": 1}}", "\"a\": 1, ".repeat(10_000)).into_bytes());
    bodies.push(b"{\"display_name\": \"\xff\xfe\"}".to_vec());
    bodies.push(b"{\"display_name\": \"\xed\xa0\x80\xc0\xaf\"}".to_vec());
    bodies.push(b"{\"display_name\": \"\x00\x01\n\"}".to_vec());
    bodies
}

#[tokio::test]
async fn bodies_for_every_route() {
    let mut target = Target::new().await;
    let before = target.state().await;
    let bodies = bodies();
    for route in routes(&target.api.project) {
        let path = filled(&route.path, UNKNOWN);
        for body in &bodies {
            let kind = "content-type: application/json\r\n";
            let head = target.head(route.method, &path, kind, body.len());
            let answer = target.ask(head, body).await;
            let shown = String::from_utf8_lossy(&body[..body.len().min(60)]);
            check(&answer, &format!("{} {shown}", route.name));
        }
        for kind in [
            "",
            "content-type:\r\n",
            "content-type: text/plain\r\n",
            "content-type: application/json; charset=utf-16\r\n",
            "content-type: multipart/form-data\r\n",
            "content-type: application/x-www-form-urlencoded\r\n",
            "content-type: application/json\r\ncontent-type: text/html\r\n",
            "content-type: \u{ff}\u{fe}\r\n",
        ] {
            let head = target.head(route.method, &path, kind, 2);
            check(&target.ask(head, b"{}").await, route.name);
        }
        assert_eq!(target.state().await, before, "{}", route.name);
    }
    assert_no_panics();
}

#[tokio::test]
async fn paths_and_queries_for_every_route() {
    let mut target = Target::new().await;
    let before = target.state().await;
    let long = "a".repeat(5000);
    let ids = [
        "%",
        "%4",
        "%zz",
        "%00",
        "%ff",
        "%2F",
        "..",
        "%2e%2e%2f",
        "%25",
        "%F0%9F%98%80",
        ":",
        ":merge",
        "*",
        "{}",
        "'%3B%20DROP%20TABLE%20apps%3B%20--",
        ";a=b",
        "~",
        &long,
    ];
    let many = format!("?{}", "a=b&".repeat(5000));
    let wide = format!("?update_mask={}", "display_name,".repeat(2000));
    let queries = [
        "?",
        "??",
        "?%",
        "?%ff=%ff",
        "?=&&=",
        "?page_size=99999999999999999999",
        "?page_size=-1",
        "?page_size=1e9",
        "?page_token=%00",
        "?page_token=%2F%2F8%3D",
        "?page_token=_-_-",
        "?start_time=%00",
        "?start_time=%2B262143-01-01T00:00:00Z",
        "?start_time=0000-00-00T00:00:00Z",
        "?only_active=%00&only_active=x",
        "?update_mask=a.b.c..d,,%00",
        "?view=%F0%9F%98%80",
        "?channel=%00&messages_source=x",
        &many,
        &wide,
    ];
    for route in routes(&target.api.project) {
        for id in ids {
            let head = target.head(route.method, &filled(&route.path, id), "", 2);
            check(
                &target.ask(head, b"{}").await,
                &format!("{} {id}", route.name),
            );
        }
        let path = filled(&route.path, UNKNOWN);
        for end in ["/", "//", "%00", "/../apps", "#x"] {
            let head = target.head(route.method, &format!("{path}{end}"), "", 2);
            check(
                &target.ask(head, b"{}").await,
                &format!("{} {end}", route.name),
            );
        }
        for query in queries {
            let head = target.head(route.method, &format!("{path}{query}"), "", 2);
            check(
                &target.ask(head, b"{}").await,
                &format!("{} {query}", route.name),
            );
        }
        assert_eq!(target.state().await, before, "{}", route.name);
    }
    assert_no_panics();
}

#[tokio::test]
async fn mangled_requests() {
    let mut random = random();
    let target = Target::new().await;
    let before = target.state().await;
    let body = json!({
        "app_id": UNKNOWN, "message": {"text_message": {"text": "x"}},
        "recipient": {"contact_id": UNKNOWN},
    })
    .to_string();
    let project = &target.api.project;
    let kind = "content-type: application/json\r\n";
    let post = target.head(
        "POST",
        &format!("/v1/projects/{project}/messages:send"),
        kind,
        body.len(),
    );
    let get = target.head(
        "GET",
        &format!("/v1/projects/{project}/apps?page_size=3"),
        "",
        0,
    );
    let token = target.head(
        "POST",
        "/oauth2/token",
        "content-type: application/x-www-form-urlencoded\r\n",
        29,
    );
    let token = format!("{token}grant_type=client_credentials");
    let rights = [format!("{post}{body}"), get, token];
    for turn in 0..400 {
        let mut bytes = random.choice(&rights).unwrap().clone().into_bytes();
        for _ in 0..random.usize(1..6) {
            let at = random.usize(..bytes.len());
            match random.u8(..5) {
                0 => bytes[at] = random.u8(..),
                1 => bytes[at] ^= 1 << random.u8(..8),
                2 => drop(bytes.drain(at..(at + random.usize(..20)).min(bytes.len()))),
                3 => bytes.insert(at, *random.choice(b"\r\n\0 :{}\"%\xff").unwrap()),
                _ => bytes.truncate(at.max(1)),
            }
            if bytes.is_empty() {
                bytes.push(b'x');
            }
        }
        let mut wire = Wire::to(&target.sandbox).await;
        wire.try_send(&bytes).await;
        wire.finish().await;
        let answer = wire.rest().await.unwrap_or_default();
        let answer = String::from_utf8_lossy(&answer);
        let shown = String::from_utf8_lossy(&bytes);
        assert!(!answer.contains(" 500 "), "{turn} {shown}: {answer}");
        if turn % 20 == 0 {
            assert_eq!(target.state().await, before, "{turn}");
        }
    }
    assert_eq!(target.state().await, before);
    assert_no_panics();
}
