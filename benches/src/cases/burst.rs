//! A broadcast at a limit that the API enforces, with the client's own limit and its bulk sender.

use std::collections::HashSet;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use clap::Args;
use serde::{Deserialize, Serialize};
use sinch_conversation::bulk::Bulk;
use sinch_conversation::message::Text;
use sinch_conversation::metrics::{FinishedAttempt, Metrics};
use sinch_conversation::recipient::sms;
use sinch_conversation::{AppId, Client};

use crate::Failure;
use crate::client::{PROJECT, bare, runtime};
use crate::machine::{Machine, cpu_time, peak_memory};
use crate::measure::{Comparison, MeasureOptions};
use crate::report::Report;
use crate::sandbox::Program;

const OPERATIONS: u32 = 100_000;
/// Requests per second: the default of the API, of the sandbox and of the client.
const LIMIT: u32 = 800;
/// A round takes two minutes.
const MOST_ROUNDS: u32 = 5;
/// The broadcast whose memory is the base.
const SMALL: u32 = 1_000;
const CONCURRENCY: usize = 200;

/// The process that sends.
#[derive(Args)]
pub(crate) struct Options {
    #[arg(long)]
    url: String,
    #[arg(long)]
    app: String,
    #[arg(long)]
    recipients: u32,
}

/// What it reports.
#[derive(Deserialize, Serialize)]
struct Sent {
    seconds: f64,
    cpu_seconds: f64,
    refusals: u32,
    peak_kib: u32,
}

/// Counts the responses with 429.
#[derive(Clone, Default)]
struct Refusals(Arc<AtomicU32>);

impl Metrics for Refusals {
    fn attempt_finished(&self, attempt: &FinishedAttempt) {
        if attempt.status.is_some_and(|status| status == 429) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

pub(super) async fn run(options: &MeasureOptions, machine: &Machine) -> Result<Report, Failure> {
    let program = Program::build()?;
    let recipients = options.operations.unwrap_or(OPERATIONS);
    let rounds = options.rounds.min(MOST_ROUNDS);
    let (mut small, mut large) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        small.push(round(&program, machine, SMALL.min(recipients)).await?);
        large.push(round(&program, machine, recipients).await?);
    }
    let of = |runs: &[Sent], quantity: fn(&Sent) -> f64| runs.iter().map(quantity).collect();
    let allowed = f64::from(recipients) / f64::from(LIMIT);
    let rows = vec![
        Comparison::with_limit(
            format!("all at {LIMIT}/s, wall"),
            "s",
            allowed,
            of(&large, |sent| sent.seconds),
            Some(1.05),
        ),
        Comparison {
            what: "client's CPU in that time".to_owned(),
            unit: "s",
            base: of(&large, |sent| sent.seconds),
            subject: of(&large, |sent| sent.cpu_seconds),
            goal: None,
        },
        Comparison::with_limit(
            "429, of all requests".to_owned(),
            "responses",
            f64::from(recipients),
            of(&large, |sent| f64::from(sent.refusals)),
            Some(0.01),
        ),
        Comparison {
            what: "memory, as with fewer".to_owned(),
            unit: "KiB",
            base: of(&small, |sent| f64::from(sent.peak_kib)),
            subject: of(&large, |sent| f64::from(sent.peak_kib)),
            goal: Some(1.1),
        },
    ];
    Ok(Report {
        case: "burst",
        round: format!(
            "{rounds} rounds of {recipients} recipients, each with exactly one message; fewer: {}",
            SMALL.min(recipients)
        ),
        base: "limit, or fewer",
        rows,
    })
}

/// Sends to so many with a new process, and to a new sandbox. Fails unless every recipient has exactly one message.
async fn round(program: &Program, machine: &Machine, recipients: u32) -> Result<Sent, Failure> {
    let limit = LIMIT.to_string();
    let sandbox = program.start(machine, &["--requests-per-second", &limit])?;
    let app = sandbox.create_app("CONVERSATION").await?;
    // The whole limit is there again.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let output = Command::new(std::env::current_exe()?)
        .args(["burst-client", "--url", &sandbox.url, "--app", &app])
        .arg(format!("--recipients={recipients}"))
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    exactly_once(&sandbox.url, recipients).await?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Is the process that sends.
pub(crate) fn send(options: &Options) -> Result<(), Failure> {
    let refusals = Refusals::default();
    let app = Client::builder()
        .project(PROJECT)
        .access_key("key", "secret")
        .endpoints(&options.url)
        .metrics(refusals.clone())
        .build()?
        .app(AppId::new(&options.app)?);
    let (cpu, begun) = (cpu_time()?, Instant::now());
    runtime()?.block_on(async {
        let mut outcomes = Bulk::new(0..options.recipients, |number| {
            let text = Text::new("We open again on Monday");
            app.send(text)
                .to(sms(phone(*number)))
                .correlation_id(number.to_string())
        })
        .concurrency(CONCURRENCY)
        .as_completed();
        while let Some(outcome) = outcomes.next().await {
            outcome.result?;
        }
        Ok::<_, Failure>(())
    })?;
    let sent = Sent {
        seconds: begun.elapsed().as_secs_f64(),
        cpu_seconds: cpu_time()?.saturating_sub(cpu).as_secs_f64(),
        refusals: refusals.0.load(Ordering::Relaxed),
        peak_kib: peak_memory()?.try_into()?,
    };
    println!("{}", serde_json::to_string(&sent)?);
    Ok(())
}

fn phone(number: u32) -> String {
    format!("4670{number:07}")
}

#[derive(Deserialize)]
struct Page {
    messages: Vec<Message>,
    next: String,
    more: bool,
}

#[derive(Deserialize)]
struct Message {
    correlation_id: String,
    contact_id: String,
}

/// Compares what the API has accepted with the recipients. Each number has a contact of its own.
async fn exactly_once(url: &str, recipients: u32) -> Result<(), Failure> {
    let http = bare()?;
    let (mut numbers, mut contacts) = (HashSet::new(), HashSet::new());
    let (mut messages, mut after) = (0, String::new());
    loop {
        let query = [("limit", "1000"), ("after", &after)];
        let request = http.get(format!("{url}/_sandbox/sent")).query(&query);
        let page: Page = request.send().await?.error_for_status()?.json().await?;
        for message in page.messages {
            messages += 1;
            numbers.insert(message.correlation_id.parse::<u32>()?);
            contacts.insert(message.contact_id);
        }
        if !page.more {
            break;
        }
        after = page.next;
    }
    let all = usize::try_from(recipients)?;
    if messages == all && numbers.len() == all && contacts.len() == all {
        return Ok(());
    }
    let (numbers, contacts) = (numbers.len(), contacts.len());
    Err(format!(
        "{messages} messages of {numbers} sends to {contacts} contacts, {recipients} expected"
    )
    .into())
}
