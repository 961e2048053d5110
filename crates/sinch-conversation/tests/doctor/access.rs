//! Credentials, project, region and app.

use serde_json::json;
use sinch_conversation::doctor::{Check, Severity};
use sinch_conversation::{AppId, Client, RetryPolicy};
use sinch_conversation_sandbox::Sandbox;

use crate::server::{Act, Server, closed_port};
use crate::{Answers, app_id, assert_clean, builder, client, common, error, only};

#[tokio::test]
async fn a_set_up_in_order() {
    let report = Answers::good().examined().await;
    assert!(report.is_healthy());
    assert_eq!(report.worst(), Severity::Ok);
    let text = "\
ok       credentials  the API accepts the access key for the project
ok       region       the app is found in the region `eu`
ok       app          `Osteria` (01HZX3J6Q0V9T8W7R5K4M2N1P0), DISPATCH mode: contacts and conversations are not stored
ok       channels     SMS is active
ok       webhooks     the webhook 01WEBHOOK (example.com) is in order";
    assert_eq!(report.to_string(), text);
}

#[tokio::test]
async fn an_app_of_the_sandbox_lacks_a_webhook() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = common::client(sandbox.endpoints()).unwrap();
    let app = common::app(&client).await.unwrap();
    let report = client.doctor().app(app).await;
    assert!(report.is_healthy());
    let (check, severity, text) = only(&report);
    assert_eq!((check, severity), (Check::Webhooks, Severity::Warning));
    assert!(text.contains("no webhook"), "{text}");
}

#[tokio::test]
async fn an_unknown_app_is_told_with_those_that_there_are() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = common::client(sandbox.endpoints()).unwrap();
    let report = client.doctor().app(app_id()).await;
    assert_eq!(only(&report).0, Check::Region);

    let app = common::app(&client).await.unwrap();
    let app = app.id().unwrap();
    let report = client.doctor().app(app_id()).await;
    assert!(!report.is_healthy());
    let (check, severity, text) = only(&report);
    assert_eq!((check, severity), (Check::App, Severity::Problem));
    assert!(
        text.contains(app.as_str()) && text.contains("Osteria"),
        "{text}"
    );
    assert!(text.contains("region in which"), "{text}");
}

#[tokio::test]
async fn text_that_cannot_be_an_id_is_told_without_a_request() {
    let client = builder("http://127.0.0.1:1").build().unwrap();
    let report = client.doctor().app("an/app").await;
    let (check, severity, text) = only(&report);
    assert_eq!((check, severity), (Check::App, Severity::Problem));
    assert!(text.contains("app_id: has to be an id"), "{text}");
}

#[tokio::test]
async fn a_wrong_key_of_the_sandbox() {
    let sandbox = Sandbox::builder()
        .access_key("key", "right")
        .start()
        .await
        .unwrap();
    let endpoints = sandbox.endpoints();
    let client = Client::builder()
        .project(endpoints.project_id())
        .access_key("key", "the-secret")
        .endpoints(endpoints.conversation())
        .build()
        .unwrap();
    for doctor in [client.doctor(), client.doctor().app(app_id())] {
        let report = doctor.await;
        assert_clean(&report);
        let (check, severity, text) = only(&report);
        assert_eq!((check, severity), (Check::Credentials, Severity::Problem));
        assert!(text.contains("SINCH_KEY_SECRET"), "{text}");
    }
}

#[tokio::test]
async fn without_an_app_the_apps_are_named() {
    let server = Answers::good().serve().await;
    let no_default = Client::builder()
        .project("the-project")
        .access_key("the-key", "the-secret")
        .endpoints(&server.url)
        .build()
        .unwrap();
    let report = no_default.doctor().await;
    let (check, severity, text) = only(&report);
    assert_eq!((check, severity), (Check::App, Severity::Warning));
    assert!(
        text.contains("`Osteria`") && text.contains("SINCH_APP_ID"),
        "{text}"
    );
    assert_eq!(server.calls().len(), 1);

    let apps: Vec<_> = (0..7)
        .map(|app| json!({"id": format!("01APP{app}")}))
        .collect();
    let many = Answers {
        apps: Act::reply(200, json!({"apps": apps})),
        app: error(404, "no"),
        ..Answers::good()
    };
    let text = many.examined().await.to_string();
    assert!(
        text.contains("01APP4 and 2 more") && !text.contains("01APP5"),
        "{text}"
    );
}

#[tokio::test]
async fn a_named_app_counts_more_than_the_default_one() {
    let server = Answers::good().serve().await;
    client(&server)
        .doctor()
        .app(AppId::new("01OTHER").unwrap())
        .await;
    assert!(server.calls()[0].path.ends_with("/apps/01OTHER"));
}

#[tokio::test]
async fn refusals_name_what_to_change() {
    for (status, message, check, remedy) in [
        (400, "app_id", Check::App, "ids"),
        (401, "", Check::Credentials, "access key"),
        (403, "UNAUTHORIZED", Check::Project, "SINCH_PROJECT_ID"),
        (
            403,
            "BILLING_CREDIT_LIMIT_BREACHED",
            Check::Project,
            "credit",
        ),
        (429, "", Check::Connection, "wait"),
        (500, "", Check::Connection, "later"),
        (503, "", Check::Connection, "later"),
    ] {
        let answers = Answers {
            app: error(status, message),
            ..Answers::good()
        };
        let report = answers.examined().await;
        assert_eq!(report.findings.len(), 1, "{report}");
        let (found, severity, text) = only(&report);
        assert_eq!((found, severity), (check, Severity::Problem), "{status}");
        assert!(
            text.contains(&status.to_string()) && text.contains(remedy),
            "{text}"
        );
    }
}

#[tokio::test]
async fn answers_that_are_none() {
    for (act, remedy) in [
        (Act::reply(502, "<html>Bad gateway</html>"), "later"),
        (Act::reply(200, "<html>Welcome</html>"), "proxy"),
        (Act::Close, "try again"),
        (Act::Cut, "try again"),
    ] {
        let answers = Answers {
            app: act,
            ..Answers::good()
        };
        let report = answers.examined().await;
        let (check, severity, text) = only(&report);
        assert_eq!((check, severity), (Check::Connection, Severity::Problem));
        assert!(text.contains(remedy), "{text}");
        assert!(!text.contains("<html>"), "{text}");
    }
}

#[tokio::test]
async fn nobody_listens() {
    let closed = closed_port().await;
    let report = builder(&closed).build().unwrap().doctor().await;
    let (check, _, text) = only(&report);
    assert_eq!(check, Check::Connection);
    assert!(
        text.contains("token host") && text.contains("firewall"),
        "{text}"
    );

    let tokens = Server::start(|_, _| Act::token("the-token")).await;
    let client = builder(&closed)
        .endpoint(sinch_conversation::Service::Auth, &tokens.url)
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let report = client.doctor().await;
    let (check, _, text) = only(&report);
    assert_eq!(check, Check::Connection);
    assert!(
        text.contains("no connection") && text.contains("firewall"),
        "{text}"
    );
}
