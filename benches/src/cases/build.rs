//! Building an application with one send, against the same with bare reqwest.

use std::path::{Path, PathBuf};

use crate::Failure;
use crate::command::{Cost, cargo, measure, workspace};
use crate::machine::Machine;
use crate::measure::{Comparison, MeasureOptions, Rounds, alternate_cold};
use crate::report::Report;

/// A round takes minutes.
const MOST_ROUNDS: u32 = 5;
const GOAL: f64 = 1.25;

/// The text that changes between two builds.
const TEXT: &str = "Your table is ready";

const BARE: &str = r#"use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct Send<'a> {
    app_id: &'a str,
    message: Message<'a>,
    recipient: Recipient<'a>,
}

#[derive(Serialize)]
struct Message<'a> {
    text_message: Text<'a>,
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
}

#[derive(Serialize)]
struct Recipient<'a> {
    identified_by: IdentifiedBy<'a>,
}

#[derive(Serialize)]
struct IdentifiedBy<'a> {
    channel_identities: [Identity<'a>; 1],
}

#[derive(Serialize)]
struct Identity<'a> {
    channel: &'a str,
    identity: &'a str,
}

#[derive(Deserialize)]
struct Sent {
    message_id: String,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let variable = |name: &str| std::env::var(name);
    let (key, secret) = (variable("SINCH_KEY_ID")?, variable("SINCH_KEY_SECRET")?);
    let http = reqwest::Client::new();
    let token: Token = http
        .post("https://auth.sinch.com/oauth2/token")
        .basic_auth(key, Some(secret))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials")
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    let request = Send {
        app_id: &variable("SINCH_APP_ID")?,
        message: Message { text_message: Text { text: "Your table is ready" } },
        recipient: Recipient {
            identified_by: IdentifiedBy {
                channel_identities: [Identity { channel: "SMS", identity: "46701234567" }],
            },
        },
    };
    let project = variable("SINCH_PROJECT_ID")?;
    let url = format!("https://us.conversation.api.sinch.com/v1/projects/{project}/messages:send");
    let sent: Sent = http
        .post(url)
        .bearer_auth(token.access_token)
        .json(&request)
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    println!("{}", sent.message_id);
    Ok(())
}
"#;

const PROJECT: &str = r#"use sinch_conversation::message::Text;
use sinch_conversation::recipient::sms;
use sinch_conversation::{AppId, Client};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let app = Client::from_env()?.app(AppId::new(std::env::var("SINCH_APP_ID")?)?);
    let sent = app.send(Text::new("Your table is ready")).to(sms("46701234567")).await?;
    println!("{}", sent.message_id);
    Ok(())
}
"#;

/// What the builds of one application took.
struct Builds {
    cold: Cost,
    again: Cost,
    release: Cost,
    bytes: u64,
}

pub(super) async fn run(options: &MeasureOptions, machine: &Machine) -> Result<Report, Failure> {
    // A build uses all cores.
    machine.unpin()?;
    let rounds = options.rounds.min(MOST_ROUNDS);
    let reqwest = r#"reqwest = { version = "*", default-features = false, features = ["json", "rustls"] }
serde = { version = "*", features = ["derive"] }"#;
    let client = workspace().join("crates/sinch-conversation");
    let project = format!("sinch-conversation = {{ path = {client:?} }}");
    let built = alternate_cold(
        rounds,
        async || builds(reqwest, BARE),
        async || builds(&project, PROJECT),
    )
    .await?;
    let mut rows = Vec::new();
    for (name, cost) in [
        ("cold", (|it| it.cold) as fn(&Builds) -> Cost),
        ("changed", |it| it.again),
        ("release", |it| it.release),
    ] {
        rows.extend(costs(&built, name, cost));
    }
    rows.push(
        built.compare("binary, release".to_owned(), "KiB", Some(GOAL), |it| {
            it.bytes as f64 / 1024.0
        }),
    );
    machine.pin_client()?;
    Ok(Report {
        case: "build",
        round: format!("{rounds} rounds of an application with one send, each from nothing"),
        base: "bare reqwest",
        rows,
    })
}

fn costs(built: &Rounds<Builds>, name: &str, cost: fn(&Builds) -> Cost) -> [Comparison; 2] {
    [
        built.compare(format!("{name}, CPU"), "s", Some(GOAL), |it| {
            cost(it).cpu.as_secs_f64()
        }),
        built.compare(format!("{name}, wall"), "s", None, |it| {
            cost(it).wall.as_secs_f64()
        }),
    ]
}

/// Builds a new application from nothing, after a change of a line, and in release.
fn builds(dependencies: &str, main: &str) -> Result<Builds, Failure> {
    let folder = tempfile::tempdir()?;
    let root = folder.path();
    let manifest = format!(
        r#"[package]
name = "application"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
tokio = {{ version = "*", features = ["macros", "rt-multi-thread"] }}
{dependencies}
"#
    );
    std::fs::write(root.join("Cargo.toml"), manifest)?;
    // The versions of the workspace; Cargo removes what is not needed.
    std::fs::copy(workspace().join("Cargo.lock"), root.join("Cargo.lock"))?;
    let source = root.join("src/main.rs");
    std::fs::create_dir(root.join("src"))?;
    std::fs::write(&source, main)?;
    let cold = build(root, "dev")?;
    std::fs::write(&source, main.replace(TEXT, "Your table is here"))?;
    let again = build(root, "dev")?;
    let release = build(root, "release")?;
    let program: PathBuf = root.join("target/release/application");
    Ok(Builds {
        cold,
        again,
        release,
        bytes: std::fs::metadata(program)?.len(),
    })
}

fn build(root: &Path, profile: &str) -> Result<Cost, Failure> {
    let mut command = cargo();
    command
        .args(["build", "--offline", "--profile", profile])
        .current_dir(root)
        .env("CARGO_TARGET_DIR", root.join("target"))
        .env_remove("CARGO_INCREMENTAL")
        .env_remove("RUSTFLAGS");
    // What the workspace is built with does not matter here.
    measure(&mut command)
}
