//! The sandbox as a program.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;

use clap::Parser;
use sinch_conversation_sandbox::{CallbackLog, Endpoints, Sandbox, SandboxBuilder, StartError};
use tokio::runtime::Handle;

/// The Sinch Conversation API on this machine.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// Address to listen on; port 0 takes any free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,

    /// Keep the state in this file; without it, it is gone when the program ends.
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,

    /// The project to serve.
    #[arg(long, value_name = "ID")]
    project: Option<String>,

    /// The only key id to accept; without it, every key is accepted.
    #[arg(long, value_name = "ID", requires = "key_secret")]
    key_id: Option<String>,

    /// The secret of the key.
    #[arg(long, value_name = "SECRET", requires = "key_id")]
    key_secret: Option<String>,

    /// Fill the sandbox from this JSON file: apps, webhooks, contacts, conversations, messages. A database
    /// remembers the file and is not filled from it again.
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,

    /// How many requests a second the project may send, 800 when this is absent; those beyond get 429. 0 is no limit.
    #[arg(long, value_name = "N")]
    requests_per_second: Option<u32>,

    /// Write a line to stderr for each attempt to deliver a callback.
    #[arg(long)]
    webhook_log: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    // What the sandbox cannot do and nobody asked for, such as writing to a full disk.
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_max_level(tracing::Level::WARN)
        .with_ansi(false)
        .init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut text = format!("error: {error}");
            let mut source = error.source();
            while let Some(cause) = source {
                let _ = write!(text, ": {cause}");
                source = cause.source();
            }
            let _ = writeln!(io::stderr(), "{text}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let stopped = stop_signal()?;
    let (own_key, webhook_log) = (arguments.key_id.is_some(), arguments.webhook_log);
    let sandbox = start(arguments).await?;
    if webhook_log {
        write_log(sandbox.callback_log().await?);
    }
    match announce(sandbox.endpoints(), own_key) {
        // Whoever read it has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        announced => announced?,
    }
    stopped.await;
    sandbox.shutdown().await;
    Ok(())
}

async fn start(arguments: Arguments) -> Result<Sandbox, StartError> {
    let mut builder: SandboxBuilder = Sandbox::builder().listen(arguments.listen);
    if let Some(project) = arguments.project {
        builder = builder.project(project);
    }
    if let (Some(id), Some(secret)) = (arguments.key_id, arguments.key_secret) {
        builder = builder.access_key(id, secret);
    }
    if let Some(file) = arguments.db {
        builder = builder.database(file);
    }
    if let Some(file) = arguments.seed {
        builder = builder.seed_file(file);
    }
    if let Some(most) = arguments.requests_per_second {
        builder = builder.requests_per_second(most);
    }
    builder.start().await
}

/// On a thread of its own: a terminal that is stopped must not stop the sandbox.
fn write_log(mut log: CallbackLog) {
    let runtime = Handle::current();
    thread::spawn(move || {
        while let Some(attempt) = runtime.block_on(log.next()) {
            if writeln!(io::stderr(), "{attempt}").is_err() {
                return;
            }
        }
    });
}

/// Base URLs for people, then what to set for programs. A secret that came from outside is not repeated.
fn announce(endpoints: &Endpoints, own_key: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "Page              {}/", endpoints.conversation())?;
    writeln!(out, "Conversation API  {}", endpoints.conversation())?;
    writeln!(out, "Template API      {}", endpoints.template())?;
    writeln!(out, "Batch API         {}", endpoints.batch())?;
    writeln!(out, "Token host        {}", endpoints.auth())?;
    writeln!(out)?;
    writeln!(
        out,
        "export SINCH_PROJECT_ID={}",
        quoted(endpoints.project_id())
    )?;
    writeln!(out, "export SINCH_KEY_ID={}", quoted(endpoints.key_id()))?;
    if own_key {
        writeln!(
            out,
            "# SINCH_KEY_SECRET is the secret given with --key-secret."
        )?;
    } else {
        writeln!(
            out,
            "export SINCH_KEY_SECRET={}",
            quoted(endpoints.key_secret())
        )?;
    }
    writeln!(
        out,
        "export SINCH_CONVERSATION_URL={}",
        endpoints.conversation()
    )?;
    writeln!(out, "export SINCH_TEMPLATE_URL={}", endpoints.template())?;
    writeln!(out, "export SINCH_BATCH_URL={}", endpoints.batch())?;
    writeln!(out, "export SINCH_AUTH_URL={}", endpoints.auth())?;
    out.flush()
}

/// For a shell: as it is when it is plain, else in single quotes.
fn quoted(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/".contains(&byte);
    if value.bytes().all(plain) {
        value.to_owned()
    } else {
        format!("'{}'", value.replace('\'', r"'\''"))
    }
}

/// Ends with the first SIGINT or SIGTERM. They are caught as soon as this returns.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
