//! The files of the page over HTTP.

use std::collections::BTreeSet;

use reqwest::Method;
use sinch_conversation_sandbox::Sandbox;

use crate::support::client;

#[tokio::test]
async fn the_page_and_its_files_come_from_the_program() {
    let sandbox = Sandbox::start().await.unwrap();
    let base = sandbox.endpoints().conversation();
    for (path, media_type) in [
        ("/", "text/html; charset=utf-8"),
        ("/?x=1", "text/html; charset=utf-8"),
        ("/_page/main.js", "text/javascript; charset=utf-8"),
        ("/_page/base.css", "text/css; charset=utf-8"),
        ("/_page/icon.svg", "image/svg+xml"),
    ] {
        let answer = client().get(format!("{base}{path}")).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), media_type);
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("cache-control"), "no-cache");
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"));
        assert!(policy.contains("frame-ancestors 'none'"));
        assert!(!policy.contains("unsafe"));
        assert!(!answer.text().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_known_file_is_not_sent_again() {
    let sandbox = Sandbox::start().await.unwrap();
    let url = format!("{}/_page/main.js", sandbox.endpoints().conversation());
    let first = client().get(&url).send().await.unwrap();
    let tag = first.headers()["etag"].clone();
    let again = client()
        .get(&url)
        .header("if-none-match", tag.clone())
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), 304);
    assert_eq!(again.headers()["etag"], tag);
    assert_eq!(again.text().await.unwrap(), "");
    let other = client().get(&url).header("if-none-match", "\"other\"");
    assert_eq!(other.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn the_page_is_only_read() {
    let sandbox = Sandbox::start().await.unwrap();
    let base = sandbox.endpoints().conversation();
    let head = client().head(format!("{base}/")).send().await.unwrap();
    assert_eq!(head.status(), 200);
    assert_ne!(head.headers()["content-length"], "0");
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
        let answer = client().request(method, format!("{base}/")).send();
        let answer = answer.await.unwrap();
        assert_eq!(answer.status(), 405);
        assert_eq!(answer.headers()["allow"], "GET, HEAD");
    }
    for path in [
        "/_page/",
        "/_page/index.html",
        "/_page/nothing.js",
        "/_page/../main.rs",
        "/_page/%2e%2e/mod.rs",
    ] {
        let answer = client().get(format!("{base}{path}")).send().await.unwrap();
        assert!(matches!(answer.status().as_u16(), 401 | 404), "{path}");
    }
}

/// The owner of a foreign name must not get a page here by pointing it at this machine (DNS rebinding).
#[tokio::test]
async fn the_page_is_not_served_under_foreign_names() {
    let sandbox = Sandbox::start().await.unwrap();
    let base = sandbox.endpoints().conversation();
    for path in ["/", "/_page/main.js"] {
        let asked = client()
            .get(format!("{base}{path}"))
            .header("host", "rebound.example:80");
        assert_eq!(asked.send().await.unwrap().status(), 403);
    }
}

#[tokio::test]
async fn every_file_that_the_page_names_is_there() {
    let sandbox = Sandbox::start().await.unwrap();
    let base = sandbox.endpoints().conversation();
    let get = async |path: String| {
        let answer = client().get(format!("{base}{path}")).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    };
    let page = get("/".to_owned()).await;
    let mut wanted = quoted(&page, "/_page/");
    let mut read = BTreeSet::new();
    while let Some(path) = wanted.pop() {
        if read.insert(path.clone()) {
            let imports = quoted(&get(path).await, "./");
            wanted.extend(imports.iter().map(|name| name.replace("./", "/_page/")));
        }
    }
    assert!(read.len() > 20, "{read:?}");
}

/// Returns the strings in double quotes that begin with `start`.
fn quoted(text: &str, start: &str) -> Vec<String> {
    text.split('"')
        .filter(|part| part.starts_with(start) && part.contains('.') && !part.contains(' '))
        .map(str::to_owned)
        .collect()
}
