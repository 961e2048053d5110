//! `cargo xtask regen`, against the generator alone on the normalised document.

use std::process::Command;

use crate::Failure;
use crate::command::{Cost, measure, program};
use crate::measure::{MeasureOptions, alternate_cold};
use crate::report::Report;

pub(super) async fn run(options: &MeasureOptions) -> Result<Report, Failure> {
    let [regenerate, generator] = ["xtask", "generator"].map(|name| program(name, &["xtask"]));
    let (regenerate, generator) = (regenerate?, generator?);
    let scratch = tempfile::tempdir()?;
    let document = scratch.path().join("normalised.json");
    let generate = |task: &str| {
        let mut command = Command::new(&generator);
        command.arg(task).arg(&document);
        measure(&mut command)
    };
    let regen = || measure(Command::new(&regenerate).args(["regen", "--check"]));
    generate("normalise")?;
    // Warms up.
    generate("generate")?;
    regen()?;
    let rounds = alternate_cold(
        options.rounds,
        async || generate("generate"),
        async || regen(),
    )
    .await?;
    let kib = |cost: &Cost| cost.peak_kib as f64;
    let rows = vec![
        rounds.compare("all files, CPU".to_owned(), "s", None, |it| {
            it.cpu.as_secs_f64()
        }),
        rounds.compare("all files, wall".to_owned(), "s", None, |it| {
            it.wall.as_secs_f64()
        }),
        rounds.compare("peak memory".to_owned(), "KiB", None, kib),
    ];
    Ok(Report {
        case: "regen",
        round: format!("{} rounds of `regen --check`", options.rounds),
        base: "progenitor alone",
        rows,
    })
}
