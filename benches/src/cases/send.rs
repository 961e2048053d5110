//! Sending a text to a phone number.

use super::peak;
use super::sender::{Sender, Side};
use crate::Failure;
use crate::machine::Machine;
use crate::measure::{MeasureOptions, alternate};
use crate::report::Report;
use crate::stub::Stub;

const OPERATIONS: u32 = 20_000;

pub(super) async fn run(options: &MeasureOptions, machine: &Machine) -> Result<Report, Failure> {
    let stub = Stub::start(machine)?;
    let operations = options.operations.unwrap_or(OPERATIONS);
    let [bare, project] = [Side::Bare, Side::Project].map(|side| Sender::new(side, &stub.url));
    let (bare, project) = (bare?, project?);
    same_requests(&stub, &bare, &project).await?;

    let mut rows = Vec::new();
    for (in_flight, goal) in [(1, 1.10), (32, 1.15)] {
        let rounds = alternate(
            options.rounds,
            async || bare.send(operations, in_flight).await,
            async || project.send(operations, in_flight).await,
        );
        let what = format!("{in_flight} in flight");
        rows.extend(rounds.await?.per_operation(&what, operations, goal));
    }
    rows.push(peak::compare(options.rounds, operations, &stub.url)?);
    Ok(Report {
        case: "send",
        round: format!(
            "{} rounds of {operations} texts, time of one",
            options.rounds
        ),
        base: "bare reqwest",
        rows,
    })
}

async fn same_requests(stub: &Stub, bare: &Sender, project: &Sender) -> Result<(), Failure> {
    let mut seen = Vec::new();
    for sender in [bare, project] {
        sender.send(1, 1).await?;
        let request = stub.last().await?;
        seen.push((
            request.line,
            serde_json::from_str::<serde_json::Value>(&request.body)?,
        ));
    }
    if seen.first() != seen.last() {
        return Err(format!("the sides do not send the same: {seen:#?}").into());
    }
    Ok(())
}
