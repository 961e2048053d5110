//! How much memory a receiver takes while 500 clients send all they can; measured in a process of its own.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sinch_conversation::webhook::{Receiver, Verifier};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::{Server, request, verifier};

const CLIENTS: usize = 500;
const BODY: usize = 1024 * 1024;
const BUDGET: usize = 32 * BODY;

/// The budget, as much again for buffers of the web server and the allocator, and the process itself.
const MOST_KIB: usize = 128 * 1024;

/// In the process of its own, the test is the receiver.
const AS_RECEIVER: &str = "HOSTILE_RECEIVER";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_without_the_secret_take_no_more_memory_than_the_budget() {
    if std::env::var_os(AS_RECEIVER).is_some() {
        return receive().await;
    }
    let (receiver, address) = start();
    let answered = Arc::new(AtomicUsize::new(0));
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..CLIENTS {
        clients.spawn(send(address.clone(), Arc::clone(&answered)));
    }
    // A client without an answer holds a whole body.
    let patience = Instant::now() + Duration::from_secs(120);
    while answered.load(Ordering::Relaxed) < CLIENTS - BUDGET / BODY {
        let so_far = answered.load(Ordering::Relaxed);
        assert!(
            Instant::now() < patience,
            "{so_far} answered, {} KiB",
            peak(&receiver.child)
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let peak = peak(&receiver.child);
    assert!(peak < MOST_KIB, "{peak} KiB");
}

async fn receive() {
    let receiver = Receiver::new(verifier())
        .body_timeout(Duration::from_secs(3600))
        .body_memory(BUDGET);
    let server = Server::start(receiver).await;
    println!("\nlistening on {}", server.address);
    std::future::pending().await
}

/// The process of the receiver, which ends with the test. Its output is kept open, or it could not write.
struct Process {
    child: Child,
    _output: Lines<BufReader<ChildStdout>>,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start() -> (Process, String) {
    let name = "hostile::memory::clients_without_the_secret_take_no_more_memory_than_the_budget";
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(AS_RECEIVER, "")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| Some(line.strip_prefix("listening on ")?.to_owned()));
    let process = Process {
        child,
        _output: lines,
    };
    (process, address.expect("the receiver's address"))
}

/// A callback of the greatest length with forged headers of the right form, but for its last byte.
async fn send(address: String, answered: Arc<AtomicUsize>) {
    let forged = Verifier::new(["other"]).unwrap().sign_for_test(b"");
    let head = request(&forged, &format!("content-length: {BODY}"), b"");
    let (mut reader, mut writer) = TcpStream::connect(address).await.unwrap().into_split();
    let write = async move {
        let _ = writer.write_all(&head).await;
        let _ = writer.write_all(&vec![b' '; BODY - 1]).await;
        writer
    };
    // A refusal closes the connection, also while the client writes.
    let (writer, _) = tokio::join!(write, async {
        let _ = reader.read(&mut [0; 64]).await;
        answered.fetch_add(1, Ordering::Relaxed);
    });
    drop(writer);
}

/// The most memory that the process had so far, in KiB.
fn peak(child: &Child) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let figure = line.and_then(|line| line.split_whitespace().nth(1));
    figure
        .and_then(|figure| figure.parse().ok())
        .expect("VmHWM")
}
