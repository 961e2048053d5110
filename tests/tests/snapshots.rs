//! Snapshots for the reviewer of a new document: the outline of the raw crate, and the report of the normaliser.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::path::{Path, PathBuf};

use xtask::{
    outline::outline,
    regen::{Origin, RegenPlan, plan},
    source::FetchLimits,
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn current() -> RegenPlan {
    plan(&root(), &Origin::Disk, &FetchLimits::default()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn outline_of_the_raw_crate() {
    insta::assert_snapshot!(
        "outline",
        outline(&current().files).expect("generated code parses")
    );
}

#[test]
fn report_of_the_normaliser() {
    insta::assert_snapshot!("normaliser", current().normalised.report);
}

#[test]
fn generated_files_are_up_to_date() {
    let stale = current().stale(&root()).expect("the folder can be read");
    assert!(stale.is_empty(), "run `cargo xtask regen`: {stale:?}");
}

#[test]
fn two_runs_give_the_same_bytes() {
    assert_eq!(current().files, current().files);
}

#[test]
fn the_readme_of_the_raw_crate_tells_its_size_to_a_tenth() {
    let lines = current().generated_lines();
    let readme = std::fs::read_to_string(root().join("crates/sinch-conversation-raw/README.md"))
        .expect("the readme");
    let (_, row) = readme
        .split_once("| generated code | ")
        .expect("a row with the size");
    let told: String = row
        .lines()
        .flat_map(str::chars)
        .take_while(|next| next.is_ascii_digit() || *next == ',')
        .filter(char::is_ascii_digit)
        .collect();
    let told: usize = told.parse().expect("a number of lines");
    assert!(
        lines.abs_diff(told) * 10 <= lines,
        "it should say {lines}, not {told}"
    );
}
