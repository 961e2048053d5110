//! One browser for all tests of a run, with a new tab for each.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::time::Duration;

use futures_util::FutureExt;
use serde_json::json;
use sinch_conversation_sandbox::Sandbox;
use thirtyfour::error::WebDriverResult;
use thirtyfour::{ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};
use tokio::sync::Mutex;

use crate::driver::{Driver, Programs};
use crate::page::Page;

/// The browser, once a test has started it. Tests run one after the other: the focus and the console belong to the
/// whole browser.
static SHARED: Mutex<Option<Browser>> = Mutex::const_new(None);

/// How long the driver may take to start, on the first attempt and on the second. Long, because the machine may be
/// busy.
const START: [Duration; 2] = [Duration::from_secs(30), Duration::from_secs(120)];

/// How long the browser may take for one command.
const COMMAND: Duration = Duration::from_secs(120);

/// Arguments that keep the browser from making requests of its own.
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

/// Runs a test on the page of a sandbox. Afterwards the page must have had no errors, and made no requests except to
/// the sandbox.
pub async fn browse(sandbox: &Sandbox, test: impl AsyncFnOnce(&Page)) {
    let Some(programs) = Programs::find() else {
        return;
    };
    let mut shared = SHARED.lock().await;
    let browser = Browser::ready(shared.take(), &programs).await;
    let page = Page::new(browser.web.clone(), sandbox.endpoints().conversation());
    let outcome = AssertUnwindSafe(async {
        page.watch().await;
        test(&page).await;
        page.check_health().await;
    })
    .catch_unwind()
    .await;
    match outcome {
        Ok(()) => *shared = Some(browser),
        // The next test gets a new browser, since the state of this one is unknown.
        Err(panic) => {
            browser.stop().await;
            resume_unwind(panic);
        }
    }
}

pub struct Browser {
    pub web: WebDriver,
    _driver: Driver,
}

impl Browser {
    /// Returns the browser of the previous tests with a new tab, or a new browser if there is none or it does not
    /// respond.
    pub async fn ready(kept: Option<Self>, programs: &Programs) -> Self {
        if let Some(browser) = kept {
            match browser.open_tab().await {
                Ok(()) => return browser,
                Err(error) => eprintln!("starting another browser: {error}"),
            }
            browser.stop().await;
        }
        Self::start(programs, START).await
    }

    /// Starts a browser. A driver that does not respond within the first limit is replaced by another one.
    pub async fn start(programs: &Programs, [first, second]: [Duration; 2]) -> Self {
        match Self::try_start(programs, first).await {
            Ok(browser) => return browser,
            Err(problem) => eprintln!("starting the browser once more: {problem}"),
        }
        Self::try_start(programs, second).await.unwrap()
    }

    async fn try_start(programs: &Programs, limit: Duration) -> Result<Self, String> {
        let driver = Driver::start(&programs.chromedriver);
        let address = driver.address(limit).await?;
        let connected = connect(address, programs, &driver).await;
        let web = connected.map_err(|error| format!("{error}\n{}", driver.log()))?;
        let browser = Self {
            web,
            _driver: driver,
        };
        match browser.open_tab().await {
            Ok(()) => Ok(browser),
            Err(error) => {
                browser.stop().await;
                Err(error.to_string())
            }
        }
    }

    /// Opens a tab, closes all others, and discards their console output.
    async fn open_tab(&self) -> WebDriverResult<()> {
        let others = self.web.windows().await?;
        let tab = self.web.new_tab().await?;
        for other in others {
            self.web.switch_to_window(other).await?;
            self.web.close_window().await?;
        }
        self.web.switch_to_window(tab).await?;
        self.web.browser_log().await?;
        let view = json!({"width": 1360, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        let method = "Emulation.setDeviceMetricsOverride";
        self.web.cdp().send_raw(method, view).await?;
        Ok(())
    }

    /// Closes the browser. If that fails, it ends with its driver.
    pub async fn stop(self) {
        let _ = self.web.quit().await;
    }
}

async fn connect(
    address: String,
    programs: &Programs,
    driver: &Driver,
) -> WebDriverResult<WebDriver> {
    let mut wanted = DesiredCapabilities::chrome();
    wanted.set_binary(&programs.chromium.to_string_lossy())?;
    for argument in ARGUMENTS {
        wanted.add_arg(argument)?;
    }
    wanted.add_arg(&format!("--user-data-dir={}", driver.profile().display()))?;
    wanted.set_browser_log_level(LoggingPrefsLogLevel::All)?;
    // A connection ends with the runtime of the test that opened it, so none is kept for the next test.
    let http = reqwest::Client::builder()
        .no_proxy()
        .pool_max_idle_per_host(0)
        .timeout(COMMAND)
        .build()?;
    WebDriver::builder(address, wanted)
        .client(http)
        .connect()
        .await
}
