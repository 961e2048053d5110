//! Clients that hold connections and file descriptors.

use serde_json::json;
use sinch_conversation_sandbox::Sandbox;
use tokio::net::TcpStream;

use crate::support::{Api, Control, SOON, Wire, client, send};

/// A request that needs no state.
const ASK: &str = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";

async fn small() -> Sandbox {
    let sandbox = Sandbox::builder().max_connections(4).start().await;
    sandbox.unwrap()
}

async fn is_answered(sandbox: &Sandbox) {
    let mut honest = Wire::to(sandbox).await;
    honest.send(ASK).await;
    assert_eq!(honest.answer().await.status, 200);
}

#[tokio::test]
async fn heads_that_never_end_make_room() {
    let sandbox = small().await;
    let mut stuck = Vec::new();
    for beginning in ["", "G", "GET /healthz HTTP/1.1\r\nhost: loc"].repeat(4) {
        let mut wire = Wire::to(&sandbox).await;
        wire.send(beginning).await;
        stuck.push(wire);
    }
    is_answered(&sandbox).await;
    // The same after a request that was answered.
    let mut stuck = Vec::new();
    for _ in 0..4 {
        let mut wire = Wire::to(&sandbox).await;
        wire.send(format!("{ASK}GET /heal")).await;
        assert_eq!(wire.answer().await.status, 200);
        stuck.push(wire);
    }
    is_answered(&sandbox).await;
}

#[tokio::test]
async fn clients_that_do_not_read_make_room() {
    let sandbox = Sandbox::builder()
        .max_connections(2)
        .read_timeout(std::time::Duration::from_secs(1))
        .start()
        .await
        .unwrap();
    let question = "GET /_page/chats.js HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(4000);
    let mut deaf = Vec::new();
    for _ in 0..3 {
        let (mut wire, question) = (Wire::to(&sandbox).await, question.clone());
        deaf.push(tokio::spawn(async move {
            wire.try_send(question).await;
            std::future::pending::<()>().await;
        }));
    }
    is_answered(&sandbox).await;
}

#[tokio::test]
async fn event_streams_have_a_limit_of_their_own() {
    let sandbox = Sandbox::builder()
        .max_connections(6)
        .max_event_streams(2)
        .start()
        .await
        .unwrap();
    let url = format!("{}/_sandbox/events", sandbox.endpoints().conversation());
    let mut streams = Vec::new();
    for _ in 0..2 {
        let stream = client().get(&url).send().await.unwrap();
        assert_eq!(stream.status(), 200);
        streams.push(stream);
    }
    let error = send(client().get(&url))
        .await
        .refused(429, "RESOURCE_EXHAUSTED");
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("--max-event-streams")
    );

    // Event streams are not closed to make room for idle connections.
    let mut stuck = Vec::new();
    for _ in 0..8 {
        let mut wire = Wire::to(&sandbox).await;
        wire.send("GET").await;
        stuck.push(wire);
    }
    is_answered(&sandbox).await;
    for stream in &mut streams {
        assert!(stream.chunk().await.unwrap().is_some());
    }
    Api::of(&sandbox).await.app("DISPATCH", &["SMS"]).await;
    for stream in &mut streams {
        assert!(stream.chunk().await.unwrap().is_some());
    }
    drop(streams);
    let free = async { while client().get(&url).send().await.unwrap().status() != 200 {} };
    tokio::time::timeout(SOON, free).await.unwrap();
}

#[tokio::test]
async fn event_streams_never_take_all_connections() {
    let sandbox = small().await;
    let url = format!("{}/_sandbox/events", sandbox.endpoints().conversation());
    let mut streams = Vec::new();
    for _ in 0..2 {
        streams.push(client().get(&url).send().await.unwrap());
    }
    send(client().get(&url))
        .await
        .refused(429, "RESOURCE_EXHAUSTED");
    Control::of(&sandbox).post("reset", json!({})).await.ok();
}

#[cfg(all(target_os = "linux", feature = "cli"))]
#[tokio::test]
async fn few_file_descriptors_are_enough() {
    use tokio::io::AsyncReadExt;

    use crate::program::Program;
    use crate::support::Receiver;

    let mut program = Program::with_few_files(48).await;
    let base = program.exports["SINCH_CONVERSATION_URL"].clone();
    let address = base.trim_start_matches("http://");
    let mut stuck = Vec::new();
    for _ in 0..100 {
        let mut wire = Wire(TcpStream::connect(address).await.unwrap());
        wire.send("GET").await;
        stuck.push(wire);
    }
    let receiver = Receiver::start().await;
    let api = program.api().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    api.webhook(&app, &receiver.url, &["MESSAGE_DELIVERY"])
        .await;
    api.send_text(&app, &[("SMS", "461")], "x").await;
    receiver.wait_for(2).await;

    assert!(program.stop_with("-TERM").await.success());
    let mut said = String::new();
    let mut stderr = program.child.stderr.take().unwrap();
    stderr.read_to_string(&mut said).await.unwrap();
    assert!(said.contains("file descriptors"), "{said}");
    assert!(said.lines().count() < 20, "{said}");
}
