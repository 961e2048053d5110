//! The options of the program and their variables.

use std::collections::BTreeSet;

use serde_json::json;
use tokio::io::AsyncReadExt;

use crate::program::{Program, command};
use crate::support::{Api, SOON, client, send};

/// The settings of the library, and the option for each.
const SETTINGS: [(&str, &str); 21] = [
    ("access_key", "--key-id"),
    ("allow_host", "--allow-host"),
    ("callback_retries", "--callback-retries"),
    ("callback_timeout", "--callback-timeout"),
    ("database", "--db"),
    ("keep", "--keep"),
    ("limit_token_requests", "--unlimited-tokens"),
    ("listen", "--listen"),
    ("max_connections", "--max-connections"),
    ("max_event_streams", "--max-event-streams"),
    ("project", "--project"),
    ("public_url", "--public-url"),
    ("queue_limit", "--queue-limit"),
    ("read_timeout", "--read-timeout"),
    ("receipt_interval", "--receipt-interval"),
    ("requests_per_second", "--requests-per-second"),
    ("seed_file", "--seed"),
    ("sends_per_second", "--sends-per-second"),
    ("token_lifetime", "--token-lifetime"),
    ("unprotected_controls", "--insecure"),
    // A setting of the program only.
    ("callback_log", "--webhook-log"),
];

async fn said(arguments: &[&str], variables: &[(&str, &str)]) -> (bool, String) {
    let mut command = command(arguments);
    command.envs(variables.iter().copied());
    let output = tokio::time::timeout(SOON, command.output()).await;
    let output = output.unwrap().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[tokio::test]
async fn every_setting_has_an_option_and_a_variable() {
    let source = include_str!("../../src/sandbox/builder.rs");
    let settings: BTreeSet<&str> = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub fn ")?.split_once("(mut self"))
        .map(|(name, _)| name)
        .collect();
    let known: BTreeSet<&str> = SETTINGS.iter().map(|(setting, _)| *setting).collect();
    let unknown: Vec<_> = settings.difference(&known).collect();
    assert!(unknown.is_empty(), "no option for {unknown:?}");

    let (_, help) = said(&["--help"], &[("SINCH_SANDBOX_KEY_SECRET", "HUNTER2")]).await;
    for option in SETTINGS
        .map(|(_, option)| option)
        .into_iter()
        .chain(["--key-secret"])
    {
        let name = option
            .trim_start_matches("--")
            .replace('-', "_")
            .to_uppercase();
        assert!(
            help.contains(&format!("{option} ")) || help.contains(&format!("{option}\n")),
            "{option}"
        );
        assert!(
            help.contains(&format!("[env: SINCH_SANDBOX_{name}")),
            "{name}: {help}"
        );
    }
    assert!(!help.contains("HUNTER2"), "{help}");
    assert!(help.contains("prefer the variable"), "{help}");
}

#[tokio::test]
async fn variables_set_what_options_set() {
    let mut command = command(&["--project", "of-the-option"]);
    command
        .env("SINCH_SANDBOX_PROJECT", "of-the-variable")
        .env("SINCH_SANDBOX_KEY_ID", "the-id")
        .env("SINCH_SANDBOX_KEY_SECRET", "the-secret")
        .env("SINCH_SANDBOX_TOKEN_LIFETIME", "60")
        .env("SINCH_SANDBOX_CALLBACK_RETRIES", "0.1,0.2")
        .env("SINCH_SANDBOX_CALLBACK_TIMEOUT", "1.5")
        .env("SINCH_SANDBOX_RECEIPT_INTERVAL", "0")
        .env("SINCH_SANDBOX_SENDS_PER_SECOND", "1000")
        .env("SINCH_SANDBOX_QUEUE_LIMIT", "7")
        .env("SINCH_SANDBOX_MAX_CONNECTIONS", "64")
        .env("SINCH_SANDBOX_MAX_EVENT_STREAMS", "1")
        .env("SINCH_SANDBOX_READ_TIMEOUT", "5")
        .env("SINCH_SANDBOX_REQUESTS_PER_SECOND", "0")
        .env("SINCH_SANDBOX_UNLIMITED_TOKENS", "yes")
        .env("SINCH_SANDBOX_WEBHOOK_LOG", "0")
        .env("SINCH_SANDBOX_ALLOW_HOST", "one,two")
        .env("SINCH_SANDBOX_INSECURE", "false");
    let program = Program::of(command).await;
    assert_eq!(program.exports["SINCH_PROJECT_ID"], "of-the-option");
    assert!(
        !program.printed.contains("the-secret"),
        "{}",
        program.printed
    );
    let base = &program.exports["SINCH_CONVERSATION_URL"];
    for _ in 0..60 {
        let request = client()
            .post(format!("{base}/oauth2/token"))
            .header("host", "two")
            .header("content-type", "application/x-www-form-urlencoded")
            .basic_auth("the-id", Some("the-secret"))
            .body("grant_type=client_credentials");
        assert_eq!(send(request).await.ok()["expires_in"], 60);
    }
    let api = Api::from_parts(base, "of-the-option", "the-id", "the-secret").await;
    let app = api.app("DISPATCH", &["SMS"]).await;
    let app = api.get(&format!("apps/{app}")).await.ok();
    assert_eq!(app["queue_stats"]["outbound_limit"], 7);
    let stream = || client().get(format!("{base}/_sandbox/events")).send();
    let first = stream().await.unwrap();
    assert_eq!(first.status(), 200);
    assert_eq!(stream().await.unwrap().status(), 429);
}

#[tokio::test]
async fn several_keys_are_given_in_order() {
    let two = [
        "--key-id",
        "a",
        "--key-secret",
        "1",
        "--key-id",
        "b",
        "--key-secret",
        "2",
    ];
    let program = Program::start(&two).await;
    let base = &program.exports["SINCH_CONVERSATION_URL"];
    for (id, secret) in [("a", "1"), ("b", "2")] {
        let api = Api::from_parts(base, "sandbox-project", id, secret).await;
        api.get("apps").await.ok();
    }
    let crossed = client().get(format!("{base}/v1/projects/sandbox-project/apps"));
    send(crossed.basic_auth("a", Some("2")))
        .await
        .refused(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn invalid_values_are_refused_by_name() {
    for (arguments, variables, expected) in [
        (
            vec!["--key-id", "a", "--key-secret", "1", "--key-id", "b"],
            vec![],
            "one --key-secret for each --key-id",
        ),
        (vec![], vec![("SINCH_SANDBOX_KEY_ID", "a")], "--key-secret"),
        (vec!["--read-timeout", "soon"], vec![], "expected seconds"),
        (vec!["--read-timeout=-1"], vec![], "read-timeout"),
        (
            vec![],
            vec![("SINCH_SANDBOX_CALLBACK_RETRIES", "1,x")],
            "expected seconds",
        ),
        (
            vec![],
            vec![("SINCH_SANDBOX_INSECURE", "maybe")],
            "--insecure",
        ),
        (
            vec!["--allow-host", "http://x"],
            vec![],
            "is not a host name",
        ),
        (vec!["--public-url", "sandbox:8080"], vec![], "public URL"),
    ] {
        let (succeeded, said) = said(&arguments, &variables).await;
        assert!(
            !succeeded && said.contains(expected),
            "{arguments:?}: {said}"
        );
    }
}

/// Starts and stops the program, and returns its stdout and stderr.
async fn heard(arguments: &[&str]) -> (String, String) {
    let mut program = Program::start(arguments).await;
    assert!(program.stop_with("-TERM").await.success());
    let mut said = String::new();
    let mut stderr = program.child.stderr.take().unwrap();
    stderr.read_to_string(&mut said).await.unwrap();
    (program.printed, said)
}

#[tokio::test]
async fn it_warns_when_others_can_reach_it() {
    let (printed, said) = heard(&[]).await;
    assert_eq!(said, "");
    assert!(!printed.contains("From elsewhere"), "{printed}");

    let open = ["--listen", "0.0.0.0:0"];
    let key = ["--key-id", "a", "--key-secret", "HUNTER2"];
    let (printed, said) = heard(&open).await;
    assert!(
        said.starts_with("warning: the sandbox listens on 0.0.0.0:"),
        "{said}"
    );
    assert!(
        said.contains("Everyone") && said.lines().count() == 1,
        "{said}"
    );
    // Without a network there is no address for other machines.
    let others = printed
        .lines()
        .find(|line| line.starts_with("From elsewhere"));
    assert!(
        others.is_none_or(|line| !line.contains("0.0.0.0") && !line.contains("127.")),
        "{printed}"
    );

    let (_, said) = heard(&[&open[..], &key[..]].concat()).await;
    assert!(
        said.contains("need the key") && !said.contains("HUNTER2"),
        "{said}"
    );
    let (_, said) = heard(&[&open[..], &key[..], &["--insecure"]].concat()).await;
    assert!(said.contains("--insecure"), "{said}");

    let public = ["--public-url", "http://sandbox:8080/"];
    let (printed, _) = heard(&[&open[..], &public[..]].concat()).await;
    assert!(
        printed.starts_with("Page              http://sandbox:8080/\n"),
        "{printed}"
    );
    assert!(
        printed.contains("export SINCH_BATCH_URL=http://sandbox:8080/batch\n"),
        "{printed}"
    );
    assert!(!printed.contains("From elsewhere"), "{printed}");
}

#[tokio::test]
async fn the_controls_of_an_open_program_need_the_key() {
    let arguments = [
        "--listen",
        "0.0.0.0:0",
        "--key-id",
        "a",
        "--key-secret",
        "1",
    ];
    let program = Program::start(&arguments).await;
    let url = format!(
        "{}/_sandbox/clock",
        program.exports["SINCH_CONVERSATION_URL"]
    );
    let turn = || client().post(&url).json(&json!({"advance_seconds": 1}));
    send(turn()).await.refused(401, "UNAUTHENTICATED");
    send(turn().basic_auth("a", Some("1"))).await.ok();
}
