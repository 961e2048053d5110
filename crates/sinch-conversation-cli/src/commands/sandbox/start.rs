//! `sandbox start`: a sandbox in this process.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use sinch_conversation_sandbox::Sandbox;

use crate::context::{Context, warn};
use crate::error::{Exit, Failure};
use crate::stop::StopSignals;

/// The most used options of the program `sinch-conversation-sandbox`, with its variables.
#[derive(Args)]
pub(super) struct Arguments {
    /// Address to listen on; port 0 takes any free one
    #[arg(
        long,
        env = "SINCH_SANDBOX_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8080"
    )]
    listen: SocketAddr,
    /// Store the state in this file; without it, the state is lost at the end
    #[arg(long, env = "SINCH_SANDBOX_DB", value_name = "FILE")]
    db: Option<PathBuf>,
    /// Fill the sandbox from this JSON file
    #[arg(long, env = "SINCH_SANDBOX_SEED", value_name = "FILE")]
    seed: Option<PathBuf>,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let mut builder = Sandbox::builder().listen(self.listen);
        if let Some(project) = &context.options().project {
            builder = builder.project(project);
        }
        if let Some(file) = self.db {
            builder = builder.database(file);
        }
        if let Some(file) = self.seed {
            builder = builder.seed_file(file);
        }
        context.block_on(async {
            let mut stop = StopSignals::new()?;
            let sandbox = builder.start().await.map_err(|error| failed(&error))?;
            let endpoints = sandbox.endpoints();
            if !endpoints.is_on_loopback() {
                let address = endpoints.address();
                warn(&format!(
                    "the sandbox listens on {address}, beyond this machine, without TLS and without a key; \
                     `sinch-conversation-sandbox` can require one"
                ));
            }
            let text = endpoints.announcement(true);
            let mut out = io::stdout();
            match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
                // The reader of the output has closed it, as in `eval "$(... | head)"`.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                written => written?,
            }
            stop.next().await;
            sandbox.shutdown().await;
            Ok(())
        })
    }
}

/// Returns the error with its causes.
fn failed(error: &dyn std::error::Error) -> Failure {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        message = format!("{message}: {cause}");
        source = cause.source();
    }
    Failure::new(Exit::Failed, message)
}
