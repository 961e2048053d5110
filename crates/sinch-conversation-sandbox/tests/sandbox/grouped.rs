//! Requests that come together are stored together, and yet each for itself: whole, on the disk before it is answered,
//! and whatever becomes of the others.

use std::collections::HashSet;
use std::path::Path;

use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::program::Program;
use crate::support::{Api, Control, SOON, credentials, text_request};

/// The number of concurrent senders.
const SENDERS: usize = 64;

fn with_database(file: &Path) -> [&str; 4] {
    let file = file.to_str().unwrap();
    ["--db", file, "--requests-per-second", "0"]
}

fn control(program: &Program) -> Control {
    Control {
        http: crate::support::client(),
        base: program.exports["SINCH_CONVERSATION_URL"].clone(),
    }
}

/// How much was written, and in how many transactions.
async fn written(control: &Control) -> (u64, u64) {
    let state = control.get("state").await.ok();
    let count = |name: &str| state["store"][name].as_u64().unwrap();
    (count("writes"), count("commits"))
}

/// Sends one message after the other until there is no answer. Returns the ids of those that were acknowledged.
async fn send_until_the_end(api: Api, app: String, identity: String) -> Vec<String> {
    let mut acknowledged = Vec::new();
    let request = text_request(&app, &[("SMS", &identity)], "x");
    loop {
        let sent = api.request(reqwest::Method::POST, "messages:send");
        let Ok(response) = sent.json(&request).send().await else {
            return acknowledged;
        };
        let Ok(answer) = response.json::<Value>().await else {
            return acknowledged;
        };
        acknowledged.push(answer["message_id"].as_str().unwrap().to_owned());
    }
}

#[tokio::test]
async fn what_many_senders_were_told_is_there_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let mut program = Program::start(&with_database(&file)).await;
    let (api, control) = (program.api().await, control(&program));
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        senders.spawn(send_until_the_end(
            api.clone(),
            app.clone(),
            format!("46{sender}"),
        ));
    }
    let deadline = Instant::now() + 3 * SOON;
    let (mut writes, mut commits) = (0, 0);
    // Killed in the midst of it, once some were stored together.
    while writes < 400 || commits * 2 > writes {
        assert!(Instant::now() < deadline, "{commits} commits for {writes}");
        (writes, commits) = written(&control).await;
    }
    program.stop_with("-KILL").await;
    let acknowledged: Vec<String> = senders.join_all().await.concat();
    assert!(acknowledged.len() > 200, "{}", acknowledged.len());

    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    sandbox.wait_until_quiet(3 * SOON).await.unwrap();
    let sent = sandbox.sent().await.unwrap();
    let stored: HashSet<&str> = sent.iter().map(|sent| sent.id.as_str()).collect();
    let lost: Vec<&String> = acknowledged
        .iter()
        .filter(|id| !stored.contains(id.as_str()))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
    for one in &sent {
        assert_eq!(one.statuses(), ["QUEUED_ON_CHANNEL", "DELIVERED"]);
    }
}

#[tokio::test]
async fn what_fails_takes_nothing_with_it_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let program = Program::start(&with_database(&file)).await;
    let (api, control) = (program.api().await, control(&program));
    let app = api.app("CONVERSATION", &["SMS"]).await;
    // The app is stored before the webhook is refused.
    let half = json!({
        "apps": [{"display_name": "Half", "channel_credentials": [credentials("SMS")]}],
        "webhooks": [{"app_id": "01JSANDB0X00000000000000XX", "target": "http://127.0.0.1:9/", "target_type": "HTTP",
            "triggers": ["MESSAGE_INBOUND"]}],
    });
    let (before, _) = written(&control).await;
    let mut sent = JoinSet::new();
    for number in 0..400_usize {
        let (api, app, half) = (api.clone(), app.clone(), half.clone());
        let seeds = control.request(reqwest::Method::POST, "seed").json(&half);
        sent.spawn(async move {
            if number.is_multiple_of(2) {
                let answer = crate::support::send(seeds).await;
                answer.invalid(&["webhooks[0]"]);
                return None;
            }
            let identity = format!("46{number}");
            Some(api.send_text(&app, &[("SMS", &identity)], "x").await)
        });
    }
    let answered = timeout(3 * SOON, sent.join_all()).await.unwrap();
    let ids: Vec<String> = answered.into_iter().flatten().collect();
    assert_eq!(ids.len(), 200);
    let (writes, commits) = written(&control).await;
    assert!(
        commits < writes && writes >= before + 200,
        "{commits} of {writes}"
    );
    for id in ids {
        api.get(&format!("messages/{id}")).await.ok();
    }
    let apps = api.get("apps").await.ok();
    assert_eq!(apps["apps"].as_array().unwrap().len(), 1, "{apps}");
}
