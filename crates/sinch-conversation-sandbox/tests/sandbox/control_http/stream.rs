//! The stream of changes.

use super::*;

/// Returns the versions of the events in a part of a stream.
fn versions(text: &str) -> Vec<u64> {
    let events = text
        .split("\n\n")
        .filter(|event| event.contains("event: change"));
    let data = events.filter_map(|event| event.split("data: ").nth(1));
    data.map(|data| {
        serde_json::from_str::<Value>(data).unwrap()["version"]
            .as_u64()
            .unwrap()
    })
    .collect()
}

#[tokio::test]
async fn a_stream_reports_changes_until_the_shutdown() {
    let (sandbox, api, control) = start().await;
    let mut stream = control.request(Method::GET, "events").send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let wait = control.post(
        "wait",
        json!({"for": {"callback": {}}, "within_ms": 60_000}),
    );
    let mut text = String::new();
    let first = stream.chunk().await.unwrap().unwrap();
    text += std::str::from_utf8(&first).unwrap();
    let before = versions(&text);
    api.app("DISPATCH", &["SMS"]).await;
    while versions(&text).len() == before.len() {
        let chunk = stream.chunk().await.unwrap().unwrap();
        text += std::str::from_utf8(&chunk).unwrap();
    }
    // Neither the stream nor a wait delays the shutdown: both end properly and are not aborted.
    let stop = async {
        // When these have been answered, the wait has started.
        for _ in 0..5 {
            control.get("state").await.ok();
        }
        sandbox.shutdown().await;
    };
    let (waited, ()) = tokio::join!(wait, stop);
    waited.refused(503, "UNAVAILABLE");
    while let Some(chunk) = stream.chunk().await.unwrap() {
        text += std::str::from_utf8(&chunk).unwrap();
    }
    let seen = versions(&text);
    assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "{seen:?}");
}
