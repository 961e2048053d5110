//! The binary: its output, its shutdown, and what survives a kill.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::process::{ExitStatus, Stdio};

use serde_json::json;
use sinch_conversation_sandbox::Sandbox;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::support::{Api, Receiver, SECRET, SOON, credentials, text_request};

pub(crate) struct Program {
    pub(crate) child: Child,
    /// The variables of the lines `export NAME=VALUE`.
    pub(crate) exports: HashMap<String, String>,
    pub(crate) printed: String,
}

impl Program {
    pub(crate) async fn start(arguments: &[&str]) -> Self {
        Self::of(command(arguments)).await
    }

    /// Starts a program that may open only this many files.
    #[cfg(target_os = "linux")]
    pub(crate) async fn with_few_files(count: usize) -> Self {
        let program = command(&[]);
        let mut limited = Command::new("sh");
        limited.args(["-c", &format!("ulimit -n {count} && exec \"$0\" \"$@\"")]);
        limited.arg(program.as_std().get_program());
        limited.args(program.as_std().get_args());
        let variables = program.as_std().get_envs();
        limited.envs(variables.filter_map(|(name, value)| Some((name, value?))));
        limited
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        Self::of(limited).await
    }

    pub(crate) async fn of(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (mut exports, mut printed) = (HashMap::new(), String::new());
        while !exports.contains_key("SINCH_AUTH_URL") {
            let line = tokio::time::timeout(SOON, lines.next_line())
                .await
                .unwrap()
                .unwrap();
            let Some(line) = line else {
                let mut said = String::new();
                let mut stderr = child.stderr.take().unwrap();
                stderr.read_to_string(&mut said).await.unwrap();
                panic!("the program ended: {said}");
            };
            if let Some((name, value)) = line
                .strip_prefix("export ")
                .and_then(|rest| rest.split_once('='))
            {
                exports.insert(name.to_owned(), value.to_owned());
            }
            printed += &line;
            printed.push('\n');
        }
        Self {
            child,
            exports,
            printed,
        }
    }

    pub(crate) async fn api(&self) -> Api {
        let value = |name: &str| self.exports[name].clone();
        let (base, project) = (value("SINCH_CONVERSATION_URL"), value("SINCH_PROJECT_ID"));
        Api::from_parts(
            &base,
            &project,
            &value("SINCH_KEY_ID"),
            &value("SINCH_KEY_SECRET"),
        )
        .await
    }

    pub(crate) async fn stop_with(&mut self, signal: &str) -> ExitStatus {
        let pid = self.child.id().unwrap().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .await
                .unwrap()
                .success()
        );
        tokio::time::timeout(SOON, self.child.wait())
            .await
            .unwrap()
            .unwrap()
    }
}

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sinch-conversation-sandbox"));
    command
        .env("SINCH_SANDBOX_LISTEN", "127.0.0.1:0")
        .args(arguments);
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

fn path_of(file: &Path) -> &str {
    file.to_str().unwrap()
}

#[tokio::test]
async fn it_prints_what_a_client_needs_and_stops_when_told() {
    for signal in ["-TERM", "-INT"] {
        let mut program = Program::start(&[]).await;
        let mut names: Vec<&str> = program.exports.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "SINCH_AUTH_URL",
                "SINCH_BATCH_URL",
                "SINCH_CONVERSATION_URL",
                "SINCH_KEY_ID",
                "SINCH_KEY_SECRET",
                "SINCH_PROJECT_ID",
                "SINCH_TEMPLATE_URL",
            ]
        );
        program.api().await.get("apps").await.ok();
        assert!(program.stop_with(signal).await.success(), "{signal}");
    }
}

#[tokio::test]
async fn a_given_secret_is_not_repeated() {
    let arguments = [
        "--project",
        "p 1",
        "--key-id",
        "the-id",
        "--key-secret",
        "the-secret",
    ];
    let program = Program::start(&arguments).await;
    assert!(
        !program.printed.contains("the-secret"),
        "{}",
        program.printed
    );
    assert_eq!(program.exports["SINCH_PROJECT_ID"], "'p 1'");
    let base = &program.exports["SINCH_CONVERSATION_URL"];
    Api::from_parts(base, "p%201", "the-id", "the-secret")
        .await
        .get("apps")
        .await
        .ok();
}

#[tokio::test]
async fn what_it_cannot_do_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let _running = Sandbox::builder().database(&file).start().await.unwrap();
    for (arguments, expected) in [
        (vec!["--db", path_of(&file)], "is in use"),
        (
            vec!["--db", "/nowhere/at/all.db"],
            "cannot open the database",
        ),
        (vec!["--key-id", "x"], "--key-secret"),
    ] {
        let mut child = command(&arguments).spawn().unwrap();
        let status = tokio::time::timeout(SOON, child.wait())
            .await
            .unwrap()
            .unwrap();
        let mut said = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .await
            .unwrap();
        assert!(!status.success());
        assert!(said.contains(expected), "{said}");
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let arguments = ["--db", path_of(&file)];
    let mut program = Program::start(&arguments).await;
    let api = program.api().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let webhook = api
        .webhook(&app, "http://127.0.0.1:9/", &["MESSAGE_INBOUND"])
        .await;

    // Messages are sent without a pause, and the program is killed meanwhile.
    let mut senders = Vec::new();
    for sender in 0..4 {
        let (api, app) = (api.clone(), app.clone());
        senders.push(tokio::spawn(async move {
            let mut acknowledged = Vec::new();
            loop {
                let request = text_request(&app, &[("SMS", &format!("46{sender}"))], "x");
                let sent = api
                    .request(reqwest::Method::POST, "messages:send")
                    .json(&request)
                    .send()
                    .await;
                let Ok(response) = sent else {
                    return acknowledged;
                };
                let Ok(answer) = response.json::<serde_json::Value>().await else {
                    return acknowledged;
                };
                acknowledged.push(answer["message_id"].as_str().unwrap().to_owned());
            }
        }));
    }
    let deadline = tokio::time::Instant::now() + SOON;
    while api.get("messages?page_size=50").await.ok()["messages"]
        .as_array()
        .unwrap()
        .len()
        < 50
    {
        assert!(tokio::time::Instant::now() < deadline);
    }
    program.stop_with("-KILL").await;
    let mut acknowledged = Vec::new();
    for sender in senders {
        acknowledged.extend(sender.await.unwrap());
    }
    assert!(acknowledged.len() >= 40, "{}", acknowledged.len());

    let mut program = Program::start(&arguments).await;
    // The old token is still valid.
    let again = Api {
        base: program.exports["SINCH_CONVERSATION_URL"].clone(),
        ..api
    };
    for id in &acknowledged {
        let message = again.get(&format!("messages/{id}")).await.ok();
        assert_eq!(message["app_message"]["text_message"]["text"], "x");
    }
    let contacts = again.get("contacts").await.ok();
    assert_eq!(contacts["contacts"].as_array().unwrap().len(), 4);
    let kept = again.get(&format!("webhooks/{webhook}")).await.ok();
    assert_eq!(
        (&kept["secret"], &kept["triggers"]),
        (&json!(SECRET), &json!(["MESSAGE_INBOUND"]))
    );
    assert!(program.stop_with("-TERM").await.success());

    // Every message is settled, also those that were being delivered.
    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    sandbox.wait_until_quiet(SOON).await.unwrap();
    for id in &acknowledged {
        let sent = sandbox.sent_message(id).await.unwrap();
        assert_eq!(sent.statuses(), ["QUEUED_ON_CHANNEL", "DELIVERED"]);
    }
}

#[tokio::test]
async fn a_batch_continues_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let receiver = Receiver::start().await;
    let mut program = Program::start(&["--db", path_of(&file)]).await;
    let api = program.api().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    api.webhook(&app, &receiver.url, &["BATCH_STATUS_UPDATE"])
        .await;
    let recipients: Vec<serde_json::Value> = (0..1000)
        .map(|number| {
            let mut one = text_request(&app, &[("SMS", &format!("46{number}"))], "");
            json!({"recipient": one["recipient"].take()})
        })
        .collect();
    let body = json!({
        "app_id": app, "message": {"text_message": {"text": "x"}}, "recipient_and_params": recipients,
    });
    let mut batch = api.clone();
    batch.base = program.exports["SINCH_BATCH_URL"].clone();
    batch.post("messages", body).await.ok();
    let begun = async { while api.get("messages").await.ok()["messages"] == json!([]) {} };
    tokio::time::timeout(SOON, begun).await.unwrap();
    program.stop_with("-KILL").await;

    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    sandbox.wait_until_quiet(3 * SOON).await.unwrap();
    let sent = sandbox.sent().await.unwrap();
    let people: HashSet<&str> = sent.iter().map(|sent| sent.contact_id.as_str()).collect();
    assert_eq!((sent.len(), people.len()), (1000, 1000));
    assert_eq!(sandbox.callbacks().await.unwrap().len(), 1);
}

#[tokio::test]
async fn pending_callbacks_are_delivered_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let arguments = ["--db", path_of(&file)];
    let receiver = Receiver::start().await;
    receiver.answer_next([500]);
    let mut program = Program::start(&arguments).await;
    let api = program.api().await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    api.webhook(&app, &receiver.url, &["MESSAGE_DELIVERY"])
        .await;
    let id = api.send_text(&app, &[("SMS", "461")], "x").await;
    receiver.wait_for(1).await;
    program.stop_with("-KILL").await;

    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    sandbox.wait_for_delivery(&id, SOON).await.unwrap();
    sandbox.advance_clock(std::time::Duration::from_secs(60));
    let received = receiver.wait_for(3).await;
    let statuses: Vec<_> = received
        .iter()
        .map(|it| it.json()["message_delivery_report"]["status"].clone())
        .collect();
    assert_eq!(
        statuses,
        ["QUEUED_ON_CHANNEL", "QUEUED_ON_CHANNEL", "DELIVERED"]
    );
    assert!(
        received
            .iter()
            .all(|callback| callback.is_signed_with(SECRET))
    );
}

#[tokio::test]
async fn it_is_filled_from_a_file_and_logs_callbacks() {
    let folder = tempfile::tempdir().unwrap();
    let (file, database) = (
        folder.path().join("seed.json"),
        folder.path().join("sandbox.db"),
    );
    let receiver = Receiver::start().await;
    let app = "01JSANDB0X00000000000000AP";
    let seed = json!({
        "apps": [{"id": app, "display_name": "Shop", "channel_credentials": [credentials("SMS")]}],
        "webhooks": [{"app_id": app, "target": receiver.url, "target_type": "HTTP", "secret": "hidden",
            "triggers": ["MESSAGE_INBOUND"]}],
        "messages": [{"app_id": app, "channel": "SMS", "identity": "461", "text": "Hello"}],
    });
    std::fs::write(&file, seed.to_string()).unwrap();
    let arguments = [
        "--db",
        path_of(&database),
        "--seed",
        path_of(&file),
        "--webhook-log",
    ];
    let mut program = Program::start(&arguments).await;
    let page = format!(
        "Page              {}/",
        program.exports["SINCH_CONVERSATION_URL"]
    );
    assert!(program.printed.starts_with(&page), "{}", program.printed);
    program.api().await.get(&format!("apps/{app}")).await.ok();
    let received = receiver.wait_for(1).await;
    let mut said = BufReader::new(program.child.stderr.take().unwrap()).lines();
    let line = tokio::time::timeout(SOON, said.next_line()).await.unwrap();
    let line = line.unwrap().unwrap();
    let id = received[0].json()["message"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let expected = format!(
        " MESSAGE_INBOUND {} 200 attempt=1 message={id}",
        receiver.url
    );
    assert!(
        line.ends_with(&expected) && !line.contains("hidden"),
        "{line}"
    );
    assert!(program.stop_with("-TERM").await.success());

    // The same file is not applied again.
    let mut program = Program::start(&arguments).await;
    assert!(program.stop_with("-TERM").await.success());
    assert_eq!(receiver.received().len(), 1);

    std::fs::write(&file, "{\"apps\": [{}]}").unwrap();
    let output = command(&arguments).output().await.unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && output.stdout.is_empty());
    assert!(
        said.contains("seed.json") && said.contains("apps[0]."),
        "{said}"
    );
}

#[tokio::test]
async fn requests_have_the_configured_limit() {
    let slow = Program::start(&["--requests-per-second", "1"]).await;
    let api = slow.api().await;
    let mut statuses = Vec::new();
    // The first request is allowed, and another one only after a second.
    for _ in 0..20 {
        statuses.push(api.get("apps").await.status);
    }
    assert_eq!(statuses[0], 200);
    assert!(statuses.contains(&429), "{statuses:?}");

    let free = Program::start(&["--requests-per-second", "0"]).await;
    let api = free.api().await;
    for _ in 0..20 {
        api.get("apps").await.ok();
    }

    let output = command(&["--requests-per-second", "many"])
        .output()
        .await
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && said.contains("--requests-per-second"),
        "{said}"
    );
}

#[tokio::test]
async fn it_stops_while_the_page_is_open() {
    let mut program = Program::start(&[]).await;
    let base = format!("{}/_sandbox", program.exports["SINCH_CONVERSATION_URL"]);
    let http = crate::support::client();
    let mut events = http.get(format!("{base}/events")).send().await.unwrap();
    assert!(events.chunk().await.unwrap().is_some());
    let wait = http
        .post(format!("{base}/wait"))
        .json(&json!({"for": {"callback": {}}, "within_ms": 60_000}))
        .send();
    let wait = tokio::spawn(wait);
    assert!(program.stop_with("-INT").await.success());
    // The stream ends properly and is not aborted.
    while events.chunk().await.unwrap().is_some() {}
    wait.abort();
}
