//! Starting the browser, and ending it whatever happens.

use std::env;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use futures_util::FutureExt;
use serde_json::json;
use sinch_conversation_sandbox::Sandbox;
use tempfile::TempDir;
use thirtyfour::{ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::Mutex;

use crate::page::Page;

/// One browser at a time: each takes a good part of a machine.
static ONE: Mutex<()> = Mutex::const_new(());

/// How long the browser may take for one thing.
const PATIENCE: Duration = Duration::from_secs(120);

/// Arguments that keep the browser to itself.
const ARGUMENTS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1360,900",
];

/// Runs a test on the page of a sandbox. Afterwards nothing may have gone wrong on the page, and it may have asked
/// nobody but the sandbox.
pub async fn browse(sandbox: &Sandbox, test: impl AsyncFnOnce(&Page)) {
    let Some((chromedriver, chromium)) = programs() else {
        return;
    };
    let _one = ONE.lock().await;
    let browser = Browser::start(chromedriver, chromium).await;
    let page = Page::new(browser.web.clone(), sandbox.endpoints().conversation());
    let outcome = AssertUnwindSafe(async {
        page.watch().await;
        test(&page).await;
        page.check_health().await;
    })
    .catch_unwind()
    .await;
    browser.stop().await;
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

struct Browser {
    web: WebDriver,
    /// Ends when it is dropped.
    _driver: Child,
    /// Kept open, so that the driver can write to it.
    _output: Lines<BufReader<ChildStdout>>,
    _profile: TempDir,
}

impl Browser {
    async fn start(chromedriver: PathBuf, chromium: PathBuf) -> Self {
        let mut driver = Command::new(chromedriver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut output = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = port(&mut output).await;
        let profile = TempDir::new().unwrap();
        let web = connect(port, &chromium, &profile).await;
        Self {
            web,
            _driver: driver,
            _output: output,
            _profile: profile,
        }
    }

    async fn stop(self) {
        // A browser that does not end by itself ends with its driver.
        let _ = self.web.quit().await;
    }
}

async fn connect(port: u16, chromium: &std::path::Path, profile: &TempDir) -> WebDriver {
    let mut wanted = DesiredCapabilities::chrome();
    wanted.set_binary(chromium.to_str().unwrap()).unwrap();
    for argument in ARGUMENTS {
        wanted.add_arg(argument).unwrap();
    }
    let profile = format!("--user-data-dir={}", profile.path().display());
    wanted.add_arg(&profile).unwrap();
    wanted
        .set_browser_log_level(LoggingPrefsLogLevel::All)
        .unwrap();
    let http = reqwest::Client::builder()
        .no_proxy()
        .timeout(PATIENCE)
        .build()
        .unwrap();
    let web = WebDriver::builder(format!("http://127.0.0.1:{port}"), wanted)
        .client(http)
        .connect()
        .await
        .unwrap();
    let view = json!({"width": 1360, "height": 900, "deviceScaleFactor": 1, "mobile": false});
    web.cdp()
        .send_raw("Emulation.setDeviceMetricsOverride", view)
        .await
        .unwrap();
    web
}

/// The driver takes a free port and says which.
async fn port(output: &mut Lines<BufReader<ChildStdout>>) -> u16 {
    let find = async {
        while let Some(line) = output.next_line().await.unwrap() {
            if let Some((_, port)) = line.rsplit_once("successfully on port ") {
                return port.trim_end_matches('.').parse().ok();
            }
        }
        None
    };
    let found = tokio::time::timeout(PATIENCE, find).await;
    found.ok().flatten().expect("chromedriver told no port")
}

/// The driver and the browser, or a message that there are none.
fn programs() -> Option<(PathBuf, PathBuf)> {
    let found = find("chromedriver").zip(find("chromium").or_else(|| find("google-chrome")));
    if found.is_none() {
        let message = "chromedriver or chromium is not installed: the page is not tested";
        assert!(
            env::var("SANDBOX_REQUIRE_BROWSER").as_deref() != Ok("1"),
            "{message}"
        );
        eprintln!("skipped: {message}");
    }
    found
}

fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}
