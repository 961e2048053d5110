//! Benchmarks of this project: each case compares it with what one would write without it, in one run.
//!
//! `cargo run --release -p sinch-conversation-benches -- CASE [--json]`; `README.md` explains the results.

mod cases;
mod chaos;
mod client;
mod command;
mod figure;
mod fixtures;
mod machine;
mod measure;
mod report;
mod sandbox;
mod stub;

use std::error::Error;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use serde_json::json;

use cases::Case;
use machine::Machine;
use measure::MeasureOptions;

/// An error for the person who runs it.
type Failure = Box<dyn Error + Send + Sync>;

/// Measures this project against what one would write without it.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    part: Option<Part>,
    /// The cases to measure; all if none is named.
    #[arg(value_enum)]
    cases: Vec<Case>,
    #[command(flatten)]
    options: MeasureOptions,
    /// Prints one JSON object instead of tables.
    #[arg(long)]
    json: bool,
    /// Draws a picture of the results into this file.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

/// The other commands, and the processes of a measurement.
#[derive(Subcommand)]
enum Part {
    /// A server that responds immediately, until its standard input ends.
    #[command(hide = true)]
    Stub(stub::Options),
    /// Sends with one side, and prints the peak memory.
    #[command(hide = true)]
    Peak(cases::peak::Options),
    /// Sends to many recipients, and prints what it took.
    #[command(hide = true)]
    BurstClient(cases::burst::Options),
    /// Sends a broadcast whose processes are killed, and compares what the API has accepted with the rows.
    Chaos(chaos::Options),
    /// A process of it.
    #[command(hide = true, subcommand)]
    ChaosRole(chaos::Role),
}

fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    match arguments.part {
        Some(Part::Stub(options)) => stub::serve(&options),
        Some(Part::Peak(options)) => cases::peak::print(&options),
        Some(Part::BurstClient(options)) => cases::burst::send(&options),
        Some(Part::Chaos(options)) => chaos::start(&options),
        Some(Part::ChaosRole(role)) => chaos::play(role),
        None => measure(&arguments),
    }
}

fn measure(arguments: &Arguments) -> Result<(), Failure> {
    let machine = Machine::look()?;
    if !arguments.json {
        println!("{machine}");
    }
    let mut reports = Vec::new();
    // What was measured until one fails is shown: it may have taken an hour.
    let mut outcome = Ok(());
    for case in Case::chosen(&arguments.cases) {
        let report = match case.run(&arguments.options, &machine) {
            Ok(report) => report,
            Err(error) => {
                outcome = Err(format!("{case:?}: {error}").into());
                break;
            }
        };
        if !arguments.json {
            print!("\n{report}");
        }
        reports.push(report);
    }
    if let Some(file) = &arguments.svg {
        std::fs::write(file, figure::svg(&machine, &reports)?)?;
    }
    if arguments.json {
        println!("{}", json!({"machine": machine, "cases": reports}));
    }
    outcome
}
