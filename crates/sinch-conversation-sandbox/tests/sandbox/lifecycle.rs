//! Starting and stopping inside a process.

use sinch_conversation_sandbox::{Sandbox, StartError};
use tokio::net::TcpListener;

use crate::support::{Api, SOON};

#[tokio::test]
async fn many_run_side_by_side_and_share_nothing() {
    let mut sandboxes = Vec::new();
    for _ in 0..8 {
        sandboxes.push(Sandbox::start().await.unwrap());
    }
    let first = Api::of(&sandboxes[0]).await;
    first.app("DISPATCH", &["SMS"]).await;
    for sandbox in &sandboxes[1..] {
        let apps = Api::of(sandbox).await.get("apps").await.ok();
        assert_eq!(apps["apps"].as_array().unwrap().len(), 0);
    }
}

#[tokio::test]
async fn listening_everywhere_names_an_address_that_can_be_called() {
    let sandbox = Sandbox::builder()
        .listen(([0, 0, 0, 0], 0))
        .start()
        .await
        .unwrap();
    assert!(
        sandbox
            .endpoints()
            .conversation()
            .starts_with("http://127.0.0.1:")
    );
    Api::of(&sandbox).await.get("apps").await.ok();
}

#[tokio::test]
async fn shutdown_frees_the_port() {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    api.get("apps").await.ok();
    let address = sandbox
        .endpoints()
        .conversation()
        .trim_start_matches("http://")
        .to_owned();
    sandbox.shutdown().await;
    TcpListener::bind(&address).await.unwrap();
}

#[tokio::test]
async fn dropping_frees_the_database_immediately() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    for _ in 0..3 {
        let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
        Api::of(&sandbox).await.app("DISPATCH", &["SMS"]).await;
        drop(sandbox);
    }
    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    let apps = Api::of(&sandbox).await.get("apps").await.ok();
    assert_eq!(apps["apps"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn what_cannot_start_says_why() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap();
    let error = Sandbox::builder()
        .listen(address)
        .start()
        .await
        .unwrap_err();
    assert!(
        matches!(error, StartError::Listen { address: found, .. } if found == address),
        "{error}"
    );

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let running = Sandbox::builder()
        .database(&file)
        .project("one")
        .start()
        .await
        .unwrap();
    let error = Sandbox::builder()
        .database(&file)
        .start()
        .await
        .unwrap_err();
    assert!(matches!(error, StartError::DatabaseInUse { .. }), "{error}");
    running.shutdown().await;
    let error = Sandbox::builder()
        .database(&file)
        .project("two")
        .start()
        .await
        .unwrap_err();
    assert!(
        matches!(&error, StartError::OtherProject { stored, .. } if stored == "one"),
        "{error}"
    );
    let again = Sandbox::builder().database(&file).start().await.unwrap();
    assert_eq!(again.endpoints().project_id(), "one");

    let text = folder.path().join("notes.txt");
    std::fs::write(
        &text,
        "this is no database, but a text of some length".repeat(100),
    )
    .unwrap();
    let error = Sandbox::builder()
        .database(&text)
        .start()
        .await
        .unwrap_err();
    assert!(matches!(error, StartError::Database { .. }), "{error}");
    assert!(
        std::fs::read_to_string(&text)
            .unwrap()
            .starts_with("this is no database")
    );

    for builder in [
        Sandbox::builder().project(""),
        Sandbox::builder().access_key("", "secret"),
        Sandbox::builder().access_key("id", ""),
    ] {
        let error = builder.start().await.unwrap_err();
        assert!(matches!(error, StartError::Empty { .. }), "{error}");
    }
}

#[tokio::test]
async fn secrets_stay_out_of_debug() {
    let builder = Sandbox::builder().access_key("the-id", "the-secret");
    assert!(!format!("{builder:?}").contains("the-secret"));
    let sandbox = builder.start().await.unwrap();
    let shown = format!("{sandbox:?} {:?}", sandbox.endpoints());
    assert!(
        shown.contains("the-id") && !shown.contains("the-secret"),
        "{shown}"
    );
}

#[tokio::test]
async fn futures_of_controls_are_send() {
    fn assert_send<T: Send>(_: &T) {}
    let sandbox = Sandbox::start().await.unwrap();
    let handset = sandbox.handset("app", "SMS", "461");
    assert_send(&handset.says("x"));
    assert_send(&handset.reads("x"));
    assert_send(&handset.chooses("x", 0));
    assert_send(&handset.reacts("x", "y"));
    assert_send(&handset.sends_attachments(["x"]));
    assert_send(&sandbox.wait_for_delivery("x", SOON));
    assert_send(&sandbox.wait_for_callback(SOON, |_| true));
    assert_send(&sandbox.wait_for_request(SOON, |_| true));
    assert_send(&sandbox.wait_until_quiet(SOON));
    assert_send(&sandbox);
}
