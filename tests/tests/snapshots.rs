//! What a reviewer of a spec change reads: the outline of the raw crate, and what the normaliser did to get there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::path::{Path, PathBuf};

use xtask::{
    outline::outline,
    regen::{Origin, Plan, plan},
    source::Limits,
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn current() -> Plan {
    plan(&root(), &Origin::Disk, &Limits::default()).unwrap_or_else(|error| panic!("{error}"))
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
fn the_readme_of_the_raw_crate_tells_its_size() {
    let lines = current().generated_lines();
    let told = format!(
        "| generated code | {},{:03} lines |",
        lines / 1000,
        lines % 1000
    );
    let readme = std::fs::read_to_string(root().join("crates/sinch-conversation-raw/README.md"));
    assert!(
        readme.expect("the readme").contains(&told),
        "it should say: {told}"
    );
}
