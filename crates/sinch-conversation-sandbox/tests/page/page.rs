//! The page as a user sees it: visible text, clicks, keyboard focus.

use std::future::Future;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use thirtyfour::{Key, WebDriver, WebElement};

/// How long the page may take to show something. Long, because the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(40);

/// Functions for the scripts below: what is visible, and the accessible name of an element.
const TOOLS: &str = r#"
    const seen = (element) => element.checkVisibility({ visibilityProperty: true });
    const tidy = (text) => (text ?? "").replace(/\s+/g, " ").trim();
    const nameOf = (element) =>
        tidy(element.getAttribute("aria-label") || [...(element.labels ?? [])].map((label) => label.textContent).join(" ") || element.textContent);
    const all = (selector) => [...document.querySelectorAll(selector)].filter(seen);
    const called = (element, name) => nameOf(element).includes(name) || tidy(element.textContent).includes(name);
    const named = (selector, name) => all(selector).find((element) => called(element, name));
"#;

/// Records all errors of a page from its start.
const WATCH: &str = r#"
    window.problems = [];
    window.ran = false;
    addEventListener("error", (event) => problems.push("error: " + event.message));
    addEventListener("unhandledrejection", (event) => problems.push("rejection: " + event.reason));
    document.addEventListener("securitypolicyviolation", (event) => problems.push("policy: " + event.violatedDirective + " " + event.blockedURI));
"#;

pub struct Page {
    web: WebDriver,
    base: String,
}

impl Page {
    pub fn new(web: WebDriver, base: &str) -> Self {
        let base = base.to_owned();
        Self { web, base }
    }

    /// Returns an id of the browser.
    pub fn session(&self) -> String {
        self.web.session_id().to_string()
    }

    pub async fn watch(&self) {
        let source = json!({ "source": WATCH });
        let method = "Page.addScriptToEvaluateOnNewDocument";
        self.web.cdp().send_raw(method, source).await.unwrap();
    }

    /// Opens a view, such as `#/webhooks`, and waits until it shows the sandbox's data.
    pub async fn open(&self, hash: &str) {
        self.web
            .goto(format!("{}/{hash}", self.base))
            .await
            .unwrap();
        self.until(
            "the page is live",
            "return document.body.dataset.ready === 'true' && document.getElementById('live').textContent === 'Live'",
            vec![],
        )
        .await;
    }

    pub async fn set_width(&self, width: u32) {
        let view = json!({"width": width, "height": 760, "deviceScaleFactor": 1, "mobile": false});
        self.cdp("Emulation.setDeviceMetricsOverride", view).await;
    }

    pub async fn cdp(&self, method: &str, params: Value) -> Value {
        self.web.cdp().send_raw(method, params).await.unwrap()
    }

    /// Runs a script, which can use the functions above, and returns its value.
    pub async fn ask(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.try_ask(script, arguments).await.unwrap()
    }

    async fn try_ask(&self, script: &str, arguments: Vec<Value>) -> Result<Value, String> {
        let answer = self
            .web
            .execute(format!("{TOOLS}{script}"), arguments)
            .await;
        answer
            .map(|answer| answer.json().clone())
            .map_err(|error| error.to_string())
    }

    /// Waits until the script returns something else than null, false, 0 or an empty string.
    #[track_caller]
    pub fn until<'a>(
        &'a self,
        what: &'a str,
        script: &'a str,
        arguments: Vec<Value>,
    ) -> impl Future<Output = Value> + 'a {
        let place = std::panic::Location::caller();
        async move {
            let deadline = Instant::now() + PATIENCE;
            loop {
                let answer = self.ask(script, arguments.clone()).await;
                if !matches!(&answer, Value::Null | Value::Bool(false))
                    && answer != 0
                    && answer != ""
                {
                    return answer;
                }
                if Instant::now() > deadline {
                    panic!("{place}: waited for: {what}\n{}", self.text().await);
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    /// Returns all visible text.
    pub async fn text(&self) -> String {
        let text = self.ask("return document.body.innerText", vec![]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until this text is visible.
    #[track_caller]
    pub fn sees<'a>(&'a self, text: &'a str) -> impl Future<Output = ()> + 'a {
        let seen = self.until(
            text,
            "return tidy(document.body.innerText).includes(arguments[0])",
            vec![json!(text)],
        );
        async move {
            seen.await;
        }
    }

    /// Waits until an element is visible that matches the selector and whose name or text contains `name`.
    #[track_caller]
    pub fn has<'a>(&'a self, selector: &'a str, name: &'a str) -> impl Future<Output = ()> + 'a {
        let found = self.until(
            name,
            "return Boolean(named(arguments[0], arguments[1]))",
            vec![json!(selector), json!(name)],
        );
        async move {
            found.await;
        }
    }

    /// Returns the texts of all visible elements that match the selector.
    pub async fn texts(&self, selector: &str) -> Vec<String> {
        let script = "return all(arguments[0]).map((element) => tidy(element.innerText))";
        let found = self.ask(script, vec![json!(selector)]).await;
        serde_json::from_value(found).unwrap()
    }

    pub async fn count(&self, selector: &str) -> u64 {
        let script = "return all(arguments[0]).length";
        self.ask(script, vec![json!(selector)])
            .await
            .as_u64()
            .unwrap()
    }

    /// Clicks the element that matches the selector and the name; if it is replaced meanwhile, its replacement.
    #[track_caller]
    pub fn click<'a>(&'a self, selector: &'a str, name: &'a str) -> impl Future<Output = ()> + 'a {
        let place = std::panic::Location::caller();
        async move {
            let deadline = Instant::now() + PATIENCE;
            loop {
                let outcome = match self.find(selector, name).await {
                    Some(element) => element.click().await.map_err(|error| error.to_string()),
                    None => Err("it is not there".to_owned()),
                };
                let Err(problem) = outcome else { return };
                if Instant::now() > deadline {
                    panic!(
                        "{place}: cannot click {selector} {name:?}: {problem}\n{}",
                        self.text().await
                    );
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    async fn find(&self, selector: &str, name: &str) -> Option<WebElement> {
        let script = format!("{TOOLS} return named(arguments[0], arguments[1]) ?? null");
        let found = self
            .web
            .execute(script, vec![json!(selector), json!(name)])
            .await;
        found.ok()?.element().ok()
    }

    /// Fills a field, or selects an option by its value, with the events of a user's input.
    pub async fn fill(&self, id: &str, value: &str) {
        let script = "const field = document.getElementById(arguments[0]); field.value = arguments[1]; for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, { bubbles: true })); return field.value";
        let filled = self.ask(script, vec![json!(id), json!(value)]).await;
        assert_eq!(filled, value, "{id}");
    }

    /// Presses keys in the element that has the focus.
    pub async fn press(&self, keys: impl Into<thirtyfour::TypingData>) {
        let chain = self.web.action_chain().send_keys(keys);
        chain.perform().await.unwrap();
    }

    /// Presses Tab until the focus is on the element that matches the selector and the name.
    pub async fn tab_to(&self, selector: &str, name: &str) {
        let mut passed = Vec::new();
        for _ in 0..60 {
            if self.has_focus(selector, name).await {
                return;
            }
            self.press(Key::Tab).await;
            passed.push(
                self.ask("return nameOf(document.activeElement)", vec![])
                    .await,
            );
        }
        panic!("Tab does not lead to {selector} {name:?} but to {passed:?}");
    }

    pub async fn has_focus(&self, selector: &str, name: &str) -> bool {
        let script = "const at = document.activeElement; return at.matches(arguments[0]) && nameOf(at).includes(arguments[1])";
        self.ask(script, vec![json!(selector), json!(name)]).await == true
    }

    /// Fails if the page had an error, or made a request except to the sandbox.
    pub async fn check_health(&self) {
        let problems = self.ask("return window.problems", vec![]).await;
        assert_eq!(problems, json!([]));
        assert_eq!(self.ask("return window.ran", vec![]).await, false);
        let script = "return performance.getEntries().map((entry) => entry.name).filter((name) => /^[a-z]+:/.test(name) && !name.startsWith(location.origin))";
        assert_eq!(self.ask(script, vec![]).await, json!([]));
        self.check_log(None).await;
    }

    /// Ignores the console messages about an address, which the test expects.
    pub async fn forgive(&self, address: &str) {
        self.check_log(Some(address)).await;
    }

    /// Fails if the console has a message about anything except one address.
    async fn check_log(&self, forgiven: Option<&str>) {
        for entry in self.web.browser_log().await.unwrap() {
            let known = forgiven.is_some_and(|address| entry.message.contains(address));
            assert!(known, "{}", entry.message);
        }
    }

    /// Fails if an interactive element has no accessible name.
    pub async fn check_names(&self) {
        self.cdp("Accessibility.enable", json!({})).await;
        let tree = self.cdp("Accessibility.getFullAXTree", json!({})).await;
        let roles = [
            "button",
            "combobox",
            "dialog",
            "link",
            "searchbox",
            "tab",
            "textbox",
            "region",
            "navigation",
            "form",
            "image",
            "complementary",
        ];
        let mut found = 0;
        for node in tree["nodes"].as_array().unwrap() {
            let role = node["role"]["value"].as_str().unwrap_or_default();
            if node["ignored"] == true || !roles.contains(&role) {
                continue;
            }
            found += 1;
            let name = node["name"]["value"].as_str().unwrap_or_default();
            assert!(!name.trim().is_empty(), "a {role} has no name: {node}");
        }
        assert!(found > 5, "{tree}");
    }
}
