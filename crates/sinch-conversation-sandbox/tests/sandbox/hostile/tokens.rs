//! Page tokens that no list has returned.

use serde_json::json;
use sinch_conversation_sandbox::Sandbox;

use crate::support::Api;

/// A list of every kind, with one item per page and another page after it.
struct Lists {
    _sandbox: Sandbox,
    api: Api,
    paths: Vec<String>,
}

impl Lists {
    async fn new() -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let api = Api::of(&sandbox).await;
        let app = api.app("CONVERSATION", &["SMS", "RCS"]).await;
        let mut first = String::new();
        for number in ["461", "462", "463"] {
            // Two contacts with the same number are a conflict.
            let contact = api.contact(&[("SMS", number)]).await;
            api.contact(&[("RCS", number)]).await;
            let message = api.send_text(&app, &[("SMS", number)], "Hi").await;
            api.get(&format!("messages/{message}")).await.ok();
            let event = json!({"app_id": app, "recipient": {"contact_id": contact},
                "event": {"composing_event": {}}});
            api.post("events:send", event.clone()).await.ok();
            api.post("events:send", event).await.ok();
            first = contact;
        }
        let records = ["1", "2", "3"]
            .map(|number| json!({"identification": number, "consent_type": "OPT_OUT_ALL"}));
        let batch = format!("{}/batch/v1/projects/{}/consents", api.base, api.project);
        let body = json!({"app_id": app, "consent_records": records});
        let request = api.http.post(batch).bearer_auth(&api.token).json(&body);
        crate::support::send(request).await.ok();
        sandbox
            .wait_until_quiet(crate::support::SOON)
            .await
            .unwrap();
        let paths = vec![
            "contacts?".to_owned(),
            "contacts:identityConflicts?".to_owned(),
            "messages?".to_owned(),
            format!("conversations?app_id={app}&"),
            format!("conversations:recent?app_id={app}&"),
            format!("events?contact_id={first}&"),
            format!("apps/{app}/consents/OPT_OUT_ALL?"),
        ];
        Self {
            _sandbox: sandbox,
            api,
            paths,
        }
    }

    async fn next_token(&self, path: &str) -> String {
        let page = self.api.get(&format!("{path}page_size=1")).await.ok();
        let token = page["next_page_token"].as_str().unwrap().to_owned();
        assert_ne!(token, "", "{path}");
        token
    }

    async fn refuses(&self, path: &str, token: &str) {
        let answer = self.api.get(&format!("{path}page_token={token}")).await;
        assert_eq!(answer.status, 400, "{path}{token}: {}", answer.body);
        answer.invalid(&["page_token"]);
    }
}

#[tokio::test]
async fn foreign_page_tokens_are_refused() {
    let lists = Lists::new().await;
    for path in &lists.paths {
        let token = lists.next_token(path).await;
        let (head, tail) = token.split_at(token.len() - 1);
        let other = if tail == "A" { "Q" } else { "A" };
        let swapped = format!("{head}{other}");
        let doubled = format!("{token}{token}");
        for forged in [
            // A client that counts its pages would send this.
            "1",
            "2",
            "next",
            // Ids and empty strings, encoded like tokens.
            "AA",
            "MDFBUlozTkRFS1RTVjRSUkZGUTY5RzVGQVY",
            "fn5-fg",
            "%F0%9F%98%80",
            head,
            &swapped,
            &doubled,
        ] {
            lists.refuses(path, forged).await;
        }
    }
}

#[tokio::test]
async fn tokens_of_another_list() {
    let lists = Lists::new().await;
    for from in &lists.paths {
        let token = lists.next_token(from).await;
        for to in lists.paths.iter().filter(|to| *to != from) {
            lists.refuses(to, &token).await;
        }
    }
}
