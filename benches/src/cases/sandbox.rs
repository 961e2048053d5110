//! The sandbox: its start, a send against a mock server, memory.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use super::peers::installed;
use crate::Failure;
use crate::client::{PROJECT, at_the_same_time, bare};
use crate::command::workspace;
use crate::machine::{Machine, cpu_time_of, resident_memory_of};
use crate::measure::{Comparison, MeasureOptions, Round, alternate_cold};
use crate::report::Report;
use crate::sandbox::Program;

/// The messages that memory is measured with.
const OPERATIONS: u32 = 100_000;
/// The messages before, with which whatever grows once has grown.
const WARM_UP: u32 = 5_000;
/// The sends of a round, against the mock server.
const SENDS: u32 = 20_000;
/// How many fewer the mock server gets.
const SLOWER: u32 = 40;
const IN_FLIGHT: u32 = 16;
/// How long the start may take, in milliseconds.
const START: f64 = 100.0;
/// What a stored message may need, in bytes.
const MESSAGE: f64 = 1024.0;
/// Without the limit of the service, which is below what is measured.
const UNLIMITED: [&str; 2] = ["--requests-per-second", "0"];

pub(super) async fn run(options: &MeasureOptions, machine: &Machine) -> Result<Report, Failure> {
    let program = Program::build()?;
    let operations = options.operations.unwrap_or(OPERATIONS);
    let mut rows = Vec::new();
    for in_file in [false, true] {
        rows.push(starts(options.rounds, &program, machine, in_file).await?);
    }
    if let Some(mock) = Mock::start(machine, options.installed_only)? {
        let sends = options.operations.unwrap_or(SENDS);
        rows.extend(sent(options.rounds, sends, &program, machine, &mock).await?);
    }
    for in_file in [false, true] {
        rows.extend(memory(options.rounds, operations, &program, machine, in_file).await?);
    }
    Ok(Report {
        case: "sandbox",
        round: format!(
            "{} rounds, memory with {operations} messages",
            options.rounds
        ),
        base: "limit, or mock server",
        rows,
    })
}

fn name(what: &str, in_file: bool) -> String {
    format!("{what}, {}", if in_file { "--db" } else { "in memory" })
}

/// From the start of the process to the answer of `/healthz`.
async fn starts(
    rounds: u32,
    program: &Program,
    machine: &Machine,
    in_file: bool,
) -> Result<Comparison, Failure> {
    let http = bare()?;
    let mut subject = Vec::new();
    for round in 0..=rounds {
        let store = Store::new(in_file)?;
        let begun = Instant::now();
        let sandbox = program.start(machine, &store.options())?;
        let answer = http.get(format!("{}/healthz", sandbox.url)).send().await?;
        answer.error_for_status()?;
        // The first one warms up.
        if round > 0 {
            subject.push(begun.elapsed().as_secs_f64() * 1e3);
        }
    }
    let what = name("start", in_file);
    Ok(Comparison::with_limit(
        what,
        "ms",
        START,
        subject,
        Some(1.0),
    ))
}

/// Time of a send, and CPU time of the server for it, against the mock server.
async fn sent(
    rounds: u32,
    sends: u32,
    program: &Program,
    machine: &Machine,
    mock: &Mock,
) -> Result<[Comparison; 2], Failure> {
    let sandbox = program.start(machine, &UNLIMITED)?;
    let app = sandbox.create_app("DISPATCH").await?;
    let ours = Load::new(sandbox.url.clone(), &app)?;
    let theirs = Load::new(mock.url.clone(), &app)?;
    let fewer = sends.div_ceil(SLOWER);
    theirs.measure(fewer, mock.process.id()).await?;
    ours.measure(sends, sandbox.id()).await?;
    let rounds = alternate_cold(
        rounds,
        async || theirs.measure(fewer, mock.process.id()).await,
        async || ours.measure(sends, sandbox.id()).await,
    )
    .await?;
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    Ok([
        // Ten times as many in the same time.
        rounds.compare("a send, wall".to_owned(), "µs", Some(0.1), |r| {
            micros(r.wall)
        }),
        rounds.compare("a send, server's CPU".to_owned(), "µs", None, |r| {
            micros(r.cpu)
        }),
    ])
}

/// How much the process grows by, in all and with each message. Nobody asked for the callbacks of the messages.
async fn memory(
    rounds: u32,
    messages: u32,
    program: &Program,
    machine: &Machine,
    in_file: bool,
) -> Result<[Comparison; 2], Failure> {
    let (mut before, mut after, mut grown) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let store = Store::new(in_file)?;
        let options = [&UNLIMITED[..], &store.options()].concat();
        let sandbox = program.start(machine, &options)?;
        let load = Load::new(sandbox.url.clone(), &sandbox.create_app("DISPATCH").await?)?;
        let mut kib = Vec::new();
        for count in [WARM_UP.min(messages), messages] {
            load.send(count).await?;
            sandbox.quiet().await?;
            kib.push(f64::from(u32::try_from(resident_memory_of(sandbox.id())?)?));
        }
        let [small, large] = kib[..] else { continue };
        before.push(small);
        after.push(large);
        grown.push((large - small).max(0.0) * 1024.0 / f64::from(messages));
    }
    // With --db, SQLite keeps no more than its cache.
    let goal = in_file.then_some(1.0);
    Ok([
        Comparison {
            what: name("resident", in_file),
            unit: "KiB",
            base: before,
            subject: after,
            goal: None,
        },
        Comparison::with_limit(name("a message", in_file), "B", MESSAGE, grown, goal),
    ])
}

/// Where a sandbox keeps its state.
struct Store {
    _folder: tempfile::TempDir,
    file: Option<String>,
}

impl Store {
    fn new(in_file: bool) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("sandbox.db").display().to_string();
        Ok(Self {
            _folder: folder,
            file: in_file.then_some(file),
        })
    }

    fn options(&self) -> Vec<&str> {
        self.file
            .iter()
            .flat_map(|file| ["--db", file.as_str()])
            .collect()
    }
}

/// Sends that are all the same, of which each must be accepted.
struct Load {
    http: reqwest::Client,
    url: String,
    body: String,
}

impl Load {
    fn new(url: String, app: &str) -> Result<Self, Failure> {
        let body = json!({
            "app_id": app,
            "recipient": {"identified_by": {"channel_identities": [{"channel": "SMS", "identity": "46701234567"}]}},
            "message": {"text_message": {"text": "Your table is ready"}},
        });
        Ok(Self {
            http: bare()?,
            url: format!("{url}/v1/projects/{PROJECT}/messages:send"),
            body: body.to_string(),
        })
    }

    async fn send(&self, count: u32) -> Result<(), Failure> {
        at_the_same_time(count, IN_FLIGHT, async || {
            let request = self.http.post(&self.url).basic_auth("key", Some("secret"));
            let request = request.header("content-type", "application/json");
            let answer = request.body(self.body.clone()).send().await?;
            answer.error_for_status()?.bytes().await?;
            Ok(())
        })
        .await
    }

    /// Returns the time of a send, with the CPU time of the server.
    async fn measure(&self, count: u32, server: u32) -> Result<Round, Failure> {
        let (cpu, begun) = (cpu_time_of(server)?, Instant::now());
        self.send(count).await?;
        Ok(Round {
            wall: begun.elapsed() / count,
            cpu: cpu_time_of(server)?.saturating_sub(cpu) / count,
        })
    }
}

/// A mock server made from the same document, which ends when this is dropped.
struct Mock {
    process: Child,
    url: String,
    /// Holds the document.
    _folder: tempfile::TempDir,
}

impl Mock {
    const VERSIONS: &str = "benches/prism/package.json";
    const DEADLINE: Duration = Duration::from_secs(120);

    /// `None`, with a remark on stderr, when it is not installed and cannot be.
    fn start(machine: &Machine, installed_only: bool) -> Result<Option<Self>, Failure> {
        let Some(modules) = installed(Self::VERSIONS, installed_only)? else {
            return Ok(None);
        };
        let folder = tempfile::tempdir()?;
        let document = folder.path().join("conversation.yaml");
        write_document(&document)?;
        // Free now; it cannot choose one by itself.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = Command::new(modules.join("node_modules/.bin/prism"));
        command
            .args(["mock", "--port", &port.to_string()])
            .args(["--verboseLevel", "silent"])
            .arg(document)
            .stdout(Stdio::null());
        let mock = Self {
            process: machine.spawn_server(&mut command)?,
            url: format!("http://127.0.0.1:{port}"),
            _folder: folder,
        };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if begun.elapsed() > Self::DEADLINE {
                return Err("the mock server does not start".into());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(Some(mock))
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Of the published alternatives several fit, so the mock server would refuse every send: it gets `anyOf`.
fn write_document(file: &Path) -> Result<(), Failure> {
    let text = std::fs::read_to_string(workspace().join("spec/conversation.yaml"))?;
    std::fs::write(file, text.replace(" oneOf:\n", " anyOf:\n"))?;
    Ok(())
}
