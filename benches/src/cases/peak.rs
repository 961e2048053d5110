//! The peak memory of sending, measured in a new process each time.

use std::process::Command;

use clap::{Args, ValueEnum};

use super::sender::{Sender, Side};
use crate::Failure;
use crate::client::runtime;
use crate::machine::peak_memory;
use crate::measure::Comparison;

const IN_FLIGHT: u32 = 32;

#[derive(Args)]
pub(crate) struct Options {
    #[arg(long, value_enum)]
    side: Side,
    #[arg(long)]
    url: String,
    #[arg(long)]
    operations: u32,
}

/// Runs in the new process and prints its peak.
pub(crate) fn print(options: &Options) -> Result<(), Failure> {
    let sender = Sender::new(options.side, &options.url)?;
    runtime()?.block_on(sender.send(options.operations, IN_FLIGHT))?;
    println!("{}", peak_memory()?);
    Ok(())
}

/// Measures the peaks of both sides alternately.
pub(super) fn compare(rounds: u32, operations: u32, url: &str) -> Result<Comparison, Failure> {
    let mut comparison = Comparison {
        what: format!("{IN_FLIGHT} in flight, memory"),
        unit: "KiB",
        base: Vec::new(),
        subject: Vec::new(),
        goal: Some(1.10),
    };
    for _ in 0..rounds {
        comparison.base.push(peak(Side::Bare, operations, url)?);
        comparison
            .subject
            .push(peak(Side::Project, operations, url)?);
    }
    Ok(comparison)
}

fn peak(side: Side, operations: u32, url: &str) -> Result<f64, Failure> {
    let side = side.to_possible_value().ok_or("a side without a name")?;
    let output = Command::new(std::env::current_exe()?)
        .args(["peak", "--side", side.get_name(), "--url", url])
        .arg(format!("--operations={operations}"))
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}
