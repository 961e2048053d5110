//! Tests whose subject is a process of its own: its environment and its memory.

use std::process::{Command, Output};

/// Tells a test that it is the child, and what for.
const ROLE: &str = "SINCH_CONVERSATION_TEST_CHILD";

/// The most address space that a child may use, in KiB. A child that runs wild ends here and not on the machine.
const ADDRESS_SPACE: &str = "6000000";

/// What the child was told; `None` in the parent.
pub(super) fn role() -> Option<String> {
    std::env::var(ROLE).ok()
}

/// Runs the named test in a process of its own, and expects it to pass there.
pub(super) fn run(test: &str, role: &str, environment: &[(&str, &str)]) -> String {
    let exe = std::env::current_exe().expect("the path of this test");
    let limited = format!("ulimit -v {ADDRESS_SPACE}; exec \"$0\" \"$@\"");
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new("sh")
        .args(["-c", &limited])
        .arg(exe)
        .args([test, "--exact", "--nocapture"])
        .env(ROLE, role)
        .envs(environment.iter().copied())
        .output()
        .expect("a child process");
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&stdout),
        String::from_utf8_lossy(&stderr)
    );
    assert!(status.success(), "{status}: {text}");
    assert!(text.contains("1 passed"), "no such test: {text}");
    text
}

/// The most memory that this process ever had, in MiB; `None` where the system does not say.
pub(super) fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib >> 10)
}

/// Runs asynchronous code with a thread of its own for what it spawns, such as a server for a child.
pub(super) fn alongside<T>(run: impl AsyncFnOnce() -> T) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(run())
}

/// Runs asynchronous code on this thread alone.
pub(super) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}
