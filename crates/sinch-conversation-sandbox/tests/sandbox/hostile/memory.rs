//! The memory of the program while many clients send much at the same time.

use std::time::Duration;

use serde_json::json;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::program::Program;
use crate::support::{SOON, Wire};

/// The most memory that the program may use, in kB. The bodies of all clients together are larger.
const MOST: u64 = 256 * 1024;

/// Returns the peak memory of a process, in kB.
fn peak(program: &Program) -> u64 {
    let path = format!("/proc/{}/status", program.child.id().unwrap());
    let status = std::fs::read_to_string(path).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.unwrap().split_whitespace().nth(1);
    number.unwrap().parse().unwrap()
}

/// Sends a request from many clients at the same time, and returns the status that each gets.
async fn statuses(program: &Program, count: usize, request: &[u8]) -> Vec<u16> {
    let base = &program.exports["SINCH_CONVERSATION_URL"];
    let address = base.trim_start_matches("http://").to_owned();
    let mut clients = JoinSet::new();
    for _ in 0..count {
        let (address, request) = (address.clone(), request.to_vec());
        clients.spawn(async move {
            let mut wire = Wire(TcpStream::connect(address).await.unwrap());
            wire.try_send(&request).await;
            wire.answer().await.status
        });
    }
    clients.join_all().await
}

fn request(credentials: &str, more: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /v1/projects/sandbox-project/apps HTTP/1.1\r\nhost: localhost\r\n\
         authorization: Basic {credentials}\r\ncontent-type: application/json\r\n{more}\
         content-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_of_strangers_are_not_kept() {
    let program = Program::start(&["--key-id", "id", "--key-secret", "secret"]).await;
    // Never complete, so that a server that waits for it keeps all of it.
    let whole = request("bm9ib2R5Ondyb25n", "", &vec![b'x'; 3_900_000]);
    let statuses = statuses(&program, 300, &whole[..whole.len() - 1]).await;
    assert!(statuses.iter().all(|status| *status == 401), "{statuses:?}");
    assert!(peak(&program) < MOST, "{} kB", peak(&program));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_bodies_come_in_a_few_at_a_time() {
    // On a busy machine, the last of them wait longer for their turn than a client may take by default.
    let program = Program::start(&["--requests-per-second", "0", "--read-timeout", "600"]).await;
    let text = json!({"display_name": "x".repeat(3_900_000)}).to_string();
    let plain = request("YW55OmtleQ==", "", text.as_bytes());
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut encoder, text.as_bytes()).unwrap();
    let encoded = encoder.finish().unwrap();
    let encoded = request("YW55OmtleQ==", "content-encoding: gzip\r\n", &encoded);
    for request in [plain, encoded] {
        let all = tokio::time::timeout(3 * SOON, statuses(&program, 80, &request));
        let statuses = all.await.unwrap();
        assert!(statuses.iter().all(|status| *status == 400), "{statuses:?}");
        assert!(peak(&program) < MOST, "{} kB", peak(&program));
    }
    // A large body that never ends keeps nobody from sending a small one.
    let mut stuck = Vec::new();
    for _ in 0..64 {
        let base = &program.exports["SINCH_CONVERSATION_URL"];
        let address = base.trim_start_matches("http://");
        let mut wire = Wire(TcpStream::connect(address).await.unwrap());
        let whole = request("YW55OmtleQ==", "", text.as_bytes());
        let beginning = wire.try_send(&whole[..1_000_000]);
        let _ = tokio::time::timeout(Duration::from_millis(20), beginning).await;
        stuck.push(wire);
    }
    program.api().await.app("DISPATCH", &["SMS"]).await;
    assert!(peak(&program) < MOST, "{} kB", peak(&program));
}
