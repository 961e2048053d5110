//! Every case runs and prints what it should, however long it takes.
#![allow(clippy::unwrap_used)]

use std::process::Command;

use serde_json::Value;

/// Those that take seconds.
const CASES: [&str; 8] = [
    "send", "list", "webhook", "decode", "outbox", "sandbox", "burst", "regen",
];

fn program(arguments: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_sinch-conversation-benches"));
    program
        .args(["--rounds", "1", "--operations", "1", "--installed-only"])
        .args(arguments);
    program
}

/// Runs it where no SDK and no mock server is installed.
fn run(arguments: &[&str]) -> String {
    let nothing = tempfile::tempdir().unwrap();
    finished(program(arguments).env("PEERS_CACHE", nothing.path()))
}

fn finished(program: &mut Command) -> String {
    let output = program.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_case_compares_with_its_goals() {
    let mut arguments = CASES.to_vec();
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("results.svg");
    arguments.extend(["--json", "--svg", picture.to_str().unwrap()]);
    let printed: Value = serde_json::from_str(&run(&arguments)).unwrap();
    assert!(!printed["machine"]["cores"].as_array().unwrap().is_empty());
    let picture = std::fs::read_to_string(picture).unwrap();
    let mut goals = Vec::new();
    for (case, name) in printed["cases"].as_array().unwrap().iter().zip(CASES) {
        assert!(
            picture.contains(&format!(">{name}, relative to: ")),
            "{picture}"
        );
        for row in case["rows"].as_array().unwrap() {
            for side in ["base", "subject", "ratio"] {
                let spread =
                    ["least", "median", "most"].map(|key| row[side][key].as_f64().unwrap());
                assert!(spread.is_sorted() && spread[2].is_finite(), "{row}");
            }
            if let Some(goal) = row["goal"].as_f64() {
                assert!(row["met"].is_boolean());
                let what = row["what"].as_str().unwrap();
                assert!(picture.contains(&format!(">{what}</text>")), "{picture}");
                goals.push(format!("{} {} {goal}", case["case"], row["what"]));
            }
        }
    }
    assert_eq!(
        goals.join("\n").replace('"', ""),
        "send 1 in flight, CPU 1.1\n\
         send 32 in flight, CPU 1.15\n\
         send 32 in flight, memory 1.1\n\
         list a message, CPU 0.9\n\
         webhook a callback, CPU 1.1\n\
         decode decode, CPU 0.8\n\
         decode encode, CPU 1\n\
         outbox send, 200 in flight, CPU 1.5\n\
         outbox peak memory 1\n\
         outbox 1 workers, 800/s, wall 1.05\n\
         outbox 2 workers, 800/s, wall 1.05\n\
         outbox 4 workers, 800/s, wall 1.05\n\
         outbox 1 workers, 8000/s, wall 1.05\n\
         outbox 2 workers, 8000/s, wall 1.05\n\
         outbox 4 workers, 8000/s, wall 1.05\n\
         sandbox start, in memory 1\n\
         sandbox start, --db 1\n\
         sandbox a message, --db 1\n\
         burst all at 800/s, wall 1.05\n\
         burst 429, of all requests 0.01\n\
         burst memory, as with fewer 1.1"
    );
}

#[test]
fn a_case_that_is_named_is_printed_as_a_table() {
    let printed = run(&["webhook"]);
    assert!(
        printed.contains("a callback, CPU") && printed.contains("goal"),
        "{printed}"
    );
    assert!(!printed.contains("in flight"), "{printed}");
}

/// `tests/peers/run` installs them; without them, the rows are left out.
#[test]
fn the_official_sdks_decode_the_same_page() {
    let printed: Value =
        serde_json::from_str(&finished(&mut program(&["decode", "--json"]))).unwrap();
    let rows = printed["cases"][0]["rows"].as_array().unwrap();
    for (sdk, file) in [
        ("Node SDK", "node/package.json"),
        ("Python SDK", "python/requirements.txt"),
    ] {
        let install = Command::new("../tests/peers/install")
            .args([&format!("../tests/peers/{file}"), "--installed-only"])
            .output()
            .unwrap();
        let row = rows
            .iter()
            .find(|row| row["what"] == format!("a message, {sdk}, CPU"));
        assert_eq!(row.is_some(), install.status.success(), "{sdk}");
        if row.is_none() {
            eprintln!("SKIPPED: the {sdk} is not installed");
        }
    }
}
