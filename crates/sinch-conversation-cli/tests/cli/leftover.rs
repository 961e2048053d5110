//! What a killed `listen` leaves, and the bound of what is kept.

use std::fs;

use nix::sys::signal::Signal;
use serde_json::json;

use crate::listen::{data_file, listen, ready, received, says, webhooks};
use crate::support::Stage;

#[test]
fn a_kill_leaves_a_webhook_and_the_next_says_how_to_delete_it() {
    let stage = Stage::new();
    let mut killed = listen(&stage, &[]);
    ready(&mut killed);
    says(&stage, "Kept");
    assert_eq!(killed.json()["type"], "callback");
    killed.signal(Signal::SIGKILL);
    killed.end();
    assert_eq!(webhooks(&stage), 2);
    assert_eq!(received(&stage).len(), 1, "what was received is there");

    let mut next = listen(&stage, &[]);
    let warning = next.wait_for("has ended left the webhook");
    ready(&mut next);
    // That of a running process is none.
    let mut other = listen(&stage, &[]);
    ready(&mut other);
    assert_eq!(other.said.join("\n").matches("left the webhook").count(), 1);
    let command = warning.split_once(": sinch-conversation ").unwrap().1;
    let words: Vec<&str> = command.split_whitespace().collect();
    assert!(stage.run(&words).status.success(), "{command}");
    for mut running in [next, other] {
        running.signal(Signal::SIGINT);
        assert!(running.end().success());
    }
    assert_eq!(webhooks(&stage), 1);
    let mut last = listen(&stage, &[]);
    ready(&mut last);
    assert!(!last.said.join("\n").contains("left the webhook"));
    last.signal(Signal::SIGINT);
    assert!(last.end().success());
    let notes = data_file(&stage).with_file_name("listening");
    assert_eq!(fs::read_dir(notes).unwrap().count(), 0);
}

#[test]
fn the_newest_callbacks_are_kept() {
    let stage = Stage::new();
    let file = data_file(&stage);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let line = |id: u32| {
        let callback = json!({"id": id.to_string(), "received_at": "2026-01-31T12:00:00Z", "trigger": "OPT_IN",
            "key": format!("k{id}"), "headers": {}, "body": "{}"});
        format!("{callback}\n")
    };
    fs::write(&file, (1..=999).map(line).collect::<String>()).unwrap();
    let mut running = listen(&stage, &["--count", "2"]);
    ready(&mut running);
    says(&stage, "The 1000th");
    assert_eq!(running.json()["id"], "1000");
    assert_eq!(received(&stage).len(), 1000);
    says(&stage, "One more");
    assert_eq!(running.json()["id"], "1001");
    assert!(running.end().success());
    let kept = received(&stage);
    assert_eq!(kept.len(), 501);
    assert_eq!(
        (&kept[0]["id"], &kept[500]["id"]),
        (&"501".into(), &"1001".into())
    );
}
