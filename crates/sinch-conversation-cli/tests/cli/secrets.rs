//! A secret is in no output and no argument.

use serde_json::Value;

use crate::support::{Stage, program, text};

const TOKEN: &str = "t0ken-of-a-channel";

#[test]
fn verbose_shows_requests_without_secrets() {
    let stage = Stage::new();
    let secret = stage.sandbox().endpoints().key_secret().to_owned();
    let token = format!("channel_credentials.0.static_bearer.token={TOKEN}");
    let output = stage.run(&[
        "apps",
        "create",
        "--verbose",
        "-f",
        "display_name=Osteria",
        "-f",
        "channel_credentials.0.channel=SMS",
        "-f",
        "channel_credentials.0.static_bearer.claimed_identity=46700000000",
        "-f",
        &token,
    ]);
    let trace = text(&output.stderr);
    assert!(
        trace.contains("> POST http://") && trace.contains("< 200"),
        "{trace}"
    );
    assert!(trace.contains("Osteria"), "{trace}");
    for secret in [secret.as_str(), TOKEN, "Bearer", "Basic"] {
        assert!(!trace.contains(secret), "{secret}: {trace}");
    }
}

#[test]
fn data_has_secrets_only_when_they_are_asked_for() {
    let stage = Stage::new();
    let app = stage.setup.app.id().unwrap().to_string();
    for format in ["json", "ndjson", "yaml", "table"] {
        for arguments in [
            &["apps", "get", &app][..],
            &["apps", "list"],
            &["api", "GET", "apps", "--jq", "."],
        ] {
            let hidden = stage.run(&[arguments, &["--output", format]].concat());
            assert!(hidden.status.success());
            assert!(
                !text(&hidden.stdout).contains(r#"token":"any"#),
                "{arguments:?} {format}"
            );
            assert!(
                !text(&hidden.stdout).contains("any\""),
                "{arguments:?} {format}"
            );
        }
    }
    let shown = stage.run(&["apps", "get", &app, "--show-secrets"]);
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(
        shown["channel_credentials"][0]["static_bearer"]["token"],
        "any"
    );
}

#[test]
fn no_argument_is_a_secret() {
    let home = tempfile::tempdir().unwrap();
    let output = program(home.path(), &["auth", "login", "--help"])
        .output()
        .unwrap();
    let help = text(&output.stdout);
    assert!(
        help.contains("--with-secret") && !help.contains("<SECRET>"),
        "{help}"
    );
}
