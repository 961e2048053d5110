//! The sandbox as a program.

mod program;

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::thread;

use clap::Parser;
use program::announce;
use program::arguments::Arguments;
use sinch_conversation_sandbox::CallbackLog;
use tokio::runtime::Handle;

#[tokio::main]
async fn main() -> ExitCode {
    // Logs failures of the sandbox that no request reports, such as writing to a full disk.
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
    let (access, webhook_log) = (arguments.access(), arguments.webhook_log);
    let sandbox = arguments.builder()?.start().await?;
    if webhook_log {
        write_log(sandbox.callback_log().await?);
    }
    announce::warn(sandbox.endpoints(), access);
    match announce::print(sandbox.endpoints(), access) {
        // The reader of the output has closed it.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        announced => announced?,
    }
    stopped.await;
    sandbox.shutdown().await;
    Ok(())
}

/// Writes the log on its own thread: a suspended terminal must not block the sandbox.
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

/// Resolves at the first SIGINT or SIGTERM. They are caught from the time this returns.
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
