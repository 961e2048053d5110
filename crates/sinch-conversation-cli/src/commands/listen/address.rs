//! The address under which the API reaches this process.

use std::process::Stdio;
use std::time::Duration;

use sinch_conversation::reqwest::Url;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

use super::Arguments;
use super::server::Server;
use super::webhook::random_secret;
use crate::context::Settings;
use crate::error::{Exit, Failure};
use crate::target::Poster;

/// How long a tunnel may take until it leads here.
const LIMIT: Duration = Duration::from_secs(60);

/// The pause between two attempts to reach an address.
const PAUSE: Duration = Duration::from_millis(500);

/// Whether the API is on this machine, and so reaches its loopback address.
pub(super) fn is_near(settings: &Settings) -> bool {
    let url = settings.get("SINCH_CONVERSATION_URL");
    let url: Option<Url> = url.and_then(|url| url.parse().ok());
    let host = url.as_ref().and_then(Url::host_str);
    host.is_some_and(|host| {
        let ip = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
        host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
    })
}

/// The failure for an API that cannot reach the loopback address.
pub(super) fn unreachable() -> Failure {
    Failure::usage("the API cannot reach this machine: --public-url or --tunnel is missing").hint(
        "--tunnel \"cloudflared tunnel --url http://127.0.0.1:{port}\", or --public-url https://... --port N; a sandbox \
         on this machine needs neither",
    )
}

/// Returns the address, and the tunnel that has to run meanwhile.
pub(super) async fn find(
    arguments: &Arguments,
    server: &Server,
) -> Result<(String, Option<Child>), Failure> {
    match (&arguments.public_url, &arguments.tunnel) {
        (Some(url), _) => Ok((url.clone(), None)),
        (None, Some(command)) => {
            let found = tokio::time::timeout(LIMIT, through(command, server)).await;
            let late = |_| {
                let message = format!(
                    "--tunnel: no address leads here after {} s",
                    LIMIT.as_secs()
                );
                Failure::new(Exit::Unavailable, message)
            };
            let (address, tunnel) = found.map_err(late)??;
            Ok((address, Some(tunnel)))
        }
        (None, None) => Ok((format!("http://{}/", server.address()), None)),
    }
}

/// Starts the tunnel, and tries the addresses that it writes until one leads here.
async fn through(command: &str, server: &Server) -> Result<(String, Child), Failure> {
    let mut tunnel = start(command, server)?;
    let (sender, mut lines) = mpsc::channel(100);
    read(tunnel.stdout.take(), sender.clone());
    read(tunnel.stderr.take(), sender);
    let probe = format!("/{}", random_secret()?);
    let poster = Poster::new()?;
    let mut candidates: Vec<Url> = Vec::new();
    let found = async {
        loop {
            tokio::select! {
                line = lines.recv() => match line {
                    Some(line) => candidates.extend(addresses(&line)),
                    // The tunnel has closed its output, and may still run.
                    None => tokio::time::sleep(PAUSE).await,
                },
                () = tokio::time::sleep(PAUSE) => {}
            }
            for candidate in &candidates {
                let mut url = candidate.clone();
                url.set_path(&probe);
                let asked = async {
                    poster.reaches(url).await;
                    std::future::pending::<()>().await;
                };
                tokio::select! {
                    () = server.is_reached(&probe) => return candidate.to_string(),
                    () = asked => {}
                    () = tokio::time::sleep(PAUSE * 4) => {}
                }
            }
        }
    };
    let address = tokio::select! {
        address = found => address,
        status = tunnel.wait() => {
            let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
            return Err(Failure::new(Exit::Failed, format!("--tunnel: the command has ended: {status}")));
        }
    };
    Ok((address, tunnel))
}

fn start(command: &str, server: &Server) -> Result<Child, Failure> {
    let port = server.address().port().to_string();
    let words = shlex::split(command).unwrap_or_default();
    let words: Vec<String> = words.iter().map(|it| it.replace("{port}", &port)).collect();
    let [program, arguments @ ..] = words.as_slice() else {
        return Err(Failure::usage("--tunnel: expected a command"));
    };
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .env_remove("SINCH_KEY_SECRET")
        .env_remove("SINCH_FORWARD_SECRET")
        .spawn()
        .map_err(|error| Failure::usage(format!("--tunnel {program}: {error}")))
}

/// Reads the lines of an output to its end, so that the tunnel never waits for a reader.
fn read(output: Option<impl AsyncRead + Unpin + Send + 'static>, lines: mpsc::Sender<String>) {
    let Some(output) = output else { return };
    tokio::spawn(async move {
        let mut output = BufReader::new(output).lines();
        while let Ok(Some(line)) = output.next_line().await {
            // Once the address is known nobody takes them.
            let _ = lines.try_send(line);
        }
    });
}

/// Returns the https addresses in a line, and those of the loopback address, which a tunnel of a test has.
fn addresses(line: &str) -> Vec<Url> {
    let is_end = |it: char| it.is_whitespace() || "\"'|<>,".contains(it);
    let words = line.split(is_end);
    let urls = words.filter_map(|word| {
        let start = word
            .find("https://")
            .or_else(|| word.find("http://127.0.0.1:"))?;
        word.get(start..)?.parse().ok()
    });
    urls.collect()
}
