//! The generated collection of requests: it has every operation, and the sandbox accepts what it sends.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sinch_conversation_raw::OPERATIONS;
use sinch_conversation_sandbox::Sandbox;

static COLLECTION: &str =
    include_str!("../../deploy/collection/sinch-conversation.postman_collection.json");

/// Returns the requests of all folders.
fn items() -> Vec<Value> {
    let collection: Value = serde_json::from_str(COLLECTION).unwrap();
    let folders = collection["item"].as_array().unwrap();
    let items = folders
        .iter()
        .flat_map(|folder| folder["item"].as_array().unwrap());
    items.cloned().collect()
}

/// What Postman does with the collection, as far as the collection needs it.
struct Runner {
    client: reqwest::Client,
    auth: Value,
    variables: BTreeMap<String, String>,
}

impl Runner {
    fn of(sandbox: &Sandbox) -> Self {
        let collection: Value = serde_json::from_str(COLLECTION).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let variables = collection["variable"].as_array().unwrap();
        let variables = variables
            .iter()
            .map(|it| (text(&it["key"]), text(&it["value"])));
        let at = sandbox.endpoints();
        let mut variables: BTreeMap<String, String> = variables.collect();
        for (name, url) in [
            ("conversation_url", at.conversation()),
            ("template_url", at.template()),
            ("batch_url", at.batch()),
            ("auth_url", at.auth()),
        ] {
            variables.insert(name.to_owned(), url.to_owned());
        }
        variables.insert("$isoTimestamp".to_owned(), chrono::Utc::now().to_rfc3339());
        Self {
            client: reqwest::Client::new(),
            auth: collection["auth"].clone(),
            variables,
        }
    }

    /// Puts the values of variables into a text; `None` when one of them has no value yet.
    fn resolved(&self, text: &str) -> Option<String> {
        let mut parts = text.split("{{");
        let mut resolved = parts.next()?.to_owned();
        for part in parts {
            let (name, rest) = part.split_once("}}")?;
            let value = self.variables.get(name).filter(|value| !value.is_empty())?;
            resolved.extend([value, rest]);
        }
        Some(resolved)
    }

    /// Sends a request and runs its script; `None` when a variable that it needs has no value yet.
    async fn send(&mut self, item: &Value) -> Option<(u16, String)> {
        let request = &item["request"];
        let url = self.resolved(request["url"]["raw"].as_str().unwrap())?;
        let body = request["body"]["raw"].as_str().unwrap_or_default();
        let body = self.resolved(body)?;
        let method = request["method"].as_str().unwrap().parse().unwrap();
        let auth = request.get("auth").unwrap_or(&self.auth);
        let credential =
            |kind: &str, index: usize| self.resolved(auth[kind][index]["value"].as_str().unwrap());
        let sent = self.client.request(method, url).body(body);
        let mut sent = match auth["type"].as_str() {
            Some("bearer") => sent.bearer_auth(credential("bearer", 0)?),
            _ => sent.basic_auth(credential("basic", 0)?, credential("basic", 1)),
        };
        for header in request["header"].as_array().unwrap() {
            sent = sent.header(
                header["key"].as_str().unwrap(),
                header["value"].as_str().unwrap(),
            );
        }
        let response = sent.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        if let Some(line) = item["event"][0]["script"]["exec"][0].as_str() {
            let script = line.strip_prefix("pm.collectionVariables.set('").unwrap();
            let (variable, rest) = script.split_once("', pm.response.json().").unwrap();
            let key = rest.strip_suffix(");").unwrap();
            let response: Value = serde_json::from_str(&text).unwrap_or_default();
            if let Some(id) = response[key].as_str() {
                self.variables.insert(variable.to_owned(), id.to_owned());
            }
        }
        Some((status, text))
    }
}

/// What the API has no answer for with the app and the contact of the collection: the app has no channel with profiles, and
/// nobody has opted out yet.
const EMPTY: [(&str, u16); 2] = [
    ("Contact_GetChannelProfile", 400),
    ("Consents_GetConsentsAuditRecords", 404),
];

#[test]
fn it_has_every_operation_once_with_its_method_and_path() {
    let listed: Vec<(String, String)> = items()
        .iter()
        .filter(|item| item["id"] != "OAuth_Token")
        .map(|item| {
            let request = &item["request"];
            let path: Vec<&str> = request["url"]["path"]
                .as_array()
                .unwrap()
                .iter()
                .map(|part| part.as_str().unwrap())
                .collect();
            let path = path.join("/").replace("{{", "{").replace("}}", "}");
            let method = request["method"].as_str().unwrap();
            (
                item["id"].as_str().unwrap().to_owned(),
                format!("{method} /{path}"),
            )
        })
        .collect();
    let published: BTreeSet<(String, String)> = OPERATIONS
        .iter()
        .map(|it| {
            (
                it.id.as_str().to_owned(),
                format!("{} {}", it.method, it.path),
            )
        })
        .collect();
    assert_eq!(listed.len(), published.len());
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), published);
}

#[tokio::test]
async fn its_requests_can_be_sent_one_after_the_other_without_editing() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut runner = Runner::of(&sandbox);
    // Nothing in the collection creates a second contact to merge.
    for (variable, identity) in [
        ("destination_id", "46700000002"),
        ("source_id", "46700000003"),
    ] {
        let url = runner.resolved("{{conversation_url}}/v1/projects/{{project_id}}/contacts");
        let contact = json!({
            "channel_identities": [{"channel": "SMS", "identity": identity}],
            "language": "EN",
        });
        let request = runner.client.post(url.unwrap()).json(&contact);
        let created = request.basic_auth("any", Some("any")).send().await.unwrap();
        let created: Value = created.json().await.unwrap();
        let id = created["id"].as_str().unwrap().to_owned();
        runner.variables.insert(variable.to_owned(), id);
    }

    let (mut last, mut waiting): (Vec<Value>, Vec<Value>) = items()
        .into_iter()
        .partition(|item| item["request"]["method"] == "DELETE");
    waiting.sort_by_key(|item| item["request"]["method"] != "POST");
    let mut refused = Vec::new();
    while !(waiting.is_empty() && last.is_empty()) {
        let mut later = Vec::new();
        let before = waiting.len();
        for item in waiting {
            match runner.send(&item).await {
                // 501: not implemented by the sandbox yet, and its contract accepts the request.
                Some((200..300 | 501, _)) => {}
                // Already deleted with the contact or the app that it belonged to.
                Some((404, _)) if item["request"]["method"] == "DELETE" => {}
                Some((status, _)) if EMPTY.contains(&(item["id"].as_str().unwrap(), status)) => {}
                Some((status, text)) => refused.push(format!("{} {status} {text}", item["id"])),
                None => later.push(item),
            }
        }
        if later.len() == before {
            // Nothing creates what these need: a new operation that the sandbox does not implement yet.
            let unset = runner.variables.values_mut().filter(|it| it.is_empty());
            unset.for_each(|value| *value = "unknown".to_owned());
        }
        waiting = later;
        if waiting.is_empty() {
            waiting.append(&mut last);
        }
    }
    assert_eq!(refused, Vec::<String>::new());
}
