//! A small broadcast that everything happens to. The counts are exact; how long it takes is no part of it.
#![allow(clippy::unwrap_used)]

use std::process::Command;

use serde_json::Value;

/// `CHAOS_ROWS` asks for more rows.
#[test]
fn nothing_is_lost_and_nothing_is_doubled_when_processes_are_killed() {
    let rows = std::env::var("CHAOS_ROWS").map_or(1_500, |text| text.parse().unwrap());
    let output = Command::new(env!("CARGO_BIN_EXE_sinch-conversation-benches"))
        .args(["chaos", "--json", "--rows", &rows.to_string()])
        .args([
            "--workers=2",
            "--concurrency=20",
            "--kill-every=1",
            "--lease=5",
            "--deadline=600",
        ])
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let count = |name: &str| report[name].as_u64().unwrap();
    // What is neither delivered nor here is a request that a killed worker had begun and that never left.
    assert_eq!(count("delivered") + count("never_arrived"), rows);
    for name in ["lost", "doubled", "unsettled", "stray"] {
        assert_eq!(count(name), 0, "{name}: {report}");
    }
    let done = |name: &str| report["disturbances"][name].as_u64().unwrap();
    assert!(done("workers_killed") >= 2, "{report}");
    assert_eq!((done("api_killed"), done("inbox_killed")), (1, 1));
    assert!(count("unknown_of_killed") <= done("workers_killed") * 20);
    println!("{report}");
}
