//! The processes of a run. Each ends when its standard input does, so that none outlives the run.

use std::fs::OpenOptions;
use std::io::Write;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use clap::Subcommand;
use sinch_conversation::webhook::Verifier;
use sinch_conversation_outbox::inbox::{Handler, HandlerOptions, Inbox, StoredEvent};
use sinch_conversation_outbox::store::Rate;
use sinch_conversation_outbox::{AnyStore, ClientSender, Worker, WorkerOptions};
use sinch_conversation_sandbox::Sandbox;
use tokio::net::TcpListener;

use super::soak::HANDLED_TOGETHER;
use super::{QUEUE, SECRET};
use crate::Failure;
use crate::client::{PROJECT, client, runtime};

/// The path of callbacks.
pub(super) const CALLBACKS: &str = "/callbacks";

/// The inbox that they are in.
const INBOX: &str = "callbacks";

/// A process of a run.
#[derive(Subcommand)]
pub(crate) enum Role {
    /// Sends rows.
    Worker {
        #[arg(long)]
        address: String,
        #[arg(long)]
        api: String,
        #[arg(long)]
        concurrency: usize,
        #[arg(long)]
        lease_ms: u64,
        /// The requests of all workers in a second.
        #[arg(long)]
        rate: Option<u32>,
    },
    /// Receives callbacks.
    Inbox {
        #[arg(long)]
        address: String,
        #[arg(long)]
        listen: SocketAddr,
        /// Handles them too: writes the key of each to this file.
        #[arg(long)]
        handled: Option<PathBuf>,
    },
    /// Is the API.
    Sandbox {
        #[arg(long)]
        file: PathBuf,
        #[arg(long)]
        seed: PathBuf,
        #[arg(long)]
        listen: SocketAddr,
    },
}

/// Is one of the processes until standard input ends. Servers print their address first.
pub(crate) fn play(role: Role) -> Result<(), Failure> {
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
        .with_writer(std::io::stderr)
        .init();
    match role {
        Role::Worker {
            address,
            api,
            concurrency,
            lease_ms,
            rate,
        } => {
            let options = WorkerOptions::default()
                .rate(rate.map(Rate::per_second))
                .pace(None)
                .concurrency(concurrency)
                .lease(Duration::from_millis(lease_ms))
                .intervals(Duration::from_millis(50), Duration::from_secs(1))
                .pauses(Duration::from_millis(50), Duration::from_secs(1));
            runtime()?.block_on(work(&address, &api, options))
        }
        Role::Inbox {
            address,
            listen,
            handled,
        } => runtime()?.block_on(receive(&address, listen, handled)),
        Role::Sandbox { file, seed, listen } => runtime()?.block_on(serve(file, seed, listen)),
    }
}

async fn work(address: &str, api: &str, options: WorkerOptions) -> Result<(), Failure> {
    let store = AnyStore::open(address).await?;
    let sender = ClientSender::new(&client(api)?);
    let worker = Worker::new(store, sender, QUEUE).options(options);
    let stop = worker.stop_handle();
    tokio::spawn(async move {
        end_of_input().await;
        stop.stop();
    });
    worker.run().await?;
    Ok(())
}

async fn receive(
    address: &str,
    listen: SocketAddr,
    handled: Option<PathBuf>,
) -> Result<(), Failure> {
    let store = AnyStore::open(address).await?;
    if let Some(file) = handled {
        let store = store.clone();
        tokio::spawn(async move {
            if let Err(error) = handle(store, &file).await {
                // Then there are callbacks that were not handled.
                eprintln!("the handler has ended: {error}");
            }
        });
    }
    let inbox = Inbox::new(store, INBOX, Verifier::new([SECRET])?);
    let router: Router = Router::new().route(CALLBACKS, inbox.route());
    let listener = TcpListener::bind(listen).await?;
    println!("{}", listener.local_addr()?);
    tokio::select! {
        served = axum::serve(listener, router).into_future() => Ok(served?),
        () = end_of_input() => Ok(()),
    }
}

/// Writes the keys of all events to the end of a file.
async fn handle(store: AnyStore, file: &Path) -> Result<(), Failure> {
    let file = OpenOptions::new().create(true).append(true).open(file)?;
    let file = Arc::new(file);
    let write = move |event: StoredEvent| {
        let file = Arc::clone(&file);
        async move { Ok((&*file).write_all(format!("{}\n", event.key).as_bytes())?) }
    };
    let together = usize::try_from(HANDLED_TOGETHER)?;
    let options = HandlerOptions::default().concurrency(together);
    Handler::new(store, INBOX, write)
        .options(options)
        .run()
        .await?;
    Ok(())
}

async fn serve(file: PathBuf, seed: PathBuf, listen: SocketAddr) -> Result<(), Failure> {
    let sandbox = Sandbox::builder()
        .listen(listen)
        .project(PROJECT)
        .access_key("key", "secret")
        .database(file)
        .seed_file(seed)
        .requests_per_second(None)
        .limit_token_requests(false)
        .sends_per_second(NonZeroU32::MAX)
        .queue_limit(usize::MAX)
        .callback_retries([Duration::from_millis(500); 200])
        .start()
        .await?;
    let url = sandbox.endpoints().conversation();
    println!("{}", url.trim_start_matches("http://"));
    end_of_input().await;
    sandbox.shutdown().await;
    Ok(())
}

/// Returns when standard input ends, which happens when the parent process is gone or does not need this one any more.
async fn end_of_input() {
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        let _ = ended.send(());
    });
    let _ = end.await;
}
