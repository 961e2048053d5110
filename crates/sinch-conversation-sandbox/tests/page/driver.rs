//! The driver of the browser: a process that ends with the tests, however they end.

use std::env;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A script that runs the driver until standard input closes, then ends it with the browser and removes its folder. The
/// input closes when the test process ends: a static is never dropped, and neither is anything in a killed process.
const UNTIL_INPUT_CLOSES: &str = r#"
    folder=$1
    shift
    trap : TERM
    TMPDIR=$folder "$@" >"$folder/log" 2>&1 &
    read -r _
    kill -TERM 0
    wait $!
    rm -rf "$folder" || { sleep 2; rm -rf "$folder"; }
"#;

const PAUSE: Duration = Duration::from_millis(20);

/// The two programs that the tests need.
pub struct Programs {
    pub chromedriver: PathBuf,
    pub chromium: PathBuf,
}

impl Programs {
    /// Finds the programs on this machine, or prints that there are none.
    pub fn find() -> Option<Self> {
        let chromium = find("chromium").or_else(|| find("google-chrome"));
        let found = find("chromedriver").zip(chromium);
        if found.is_none() {
            let message = "chromedriver or chromium is not installed: the page is not tested";
            assert!(
                env::var("SANDBOX_REQUIRE_BROWSER").as_deref() != Ok("1"),
                "{message}"
            );
            eprintln!("skipped: {message}");
        }
        found.map(|(chromedriver, chromium)| Self {
            chromedriver,
            chromium,
        })
    }
}

fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// The driver, which ends when it is dropped, and with the test process.
pub struct Driver {
    folder: PathBuf,
    /// Keeps the shell's standard input open.
    _shell: Child,
}

impl Driver {
    pub fn start(chromedriver: &Path) -> Self {
        let folder = TempDir::new().unwrap().keep();
        let shell = Command::new("sh")
            .args(["-c", UNTIL_INPUT_CLOSES, "sh"])
            .args([&folder, chromedriver])
            .arg("--port=0")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // The shell ends this process group.
            .process_group(0)
            .spawn()
            .unwrap();
        Self {
            folder,
            _shell: shell,
        }
    }

    /// Returns the folder of the browser's profile.
    pub fn profile(&self) -> PathBuf {
        self.folder.join("profile")
    }

    /// Returns what the driver printed.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Returns the address of the driver, which takes a free port and prints it.
    pub async fn address(&self, limit: Duration) -> Result<String, String> {
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline {
            if let Some(port) = printed_port(&self.log()) {
                return Ok(format!("http://127.0.0.1:{port}"));
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(format!("chromedriver printed no port within {limit:?}"))
    }
}

fn printed_port(log: &str) -> Option<u16> {
    let (_, rest) = log.split_once("successfully on port ")?;
    let (port, _) = rest.split_once('.')?;
    port.parse().ok()
}
