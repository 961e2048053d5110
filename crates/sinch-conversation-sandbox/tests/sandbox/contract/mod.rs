//! Invalid requests: for every operation, everything that its schema can refuse is refused at the right path.

mod cases;

use std::collections::HashSet;
use std::sync::Arc;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sinch_conversation_raw::{Document, OPERATIONS, Operation, OperationId as Id};
use sinch_conversation_sandbox::Sandbox;
use tokio::task::JoinSet;

use crate::fidelity;
use crate::support::{Answer, Api, credentials, send};
use cases::Contract;

/// A valid id that no resource has.
const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

/// The number of parallel requests.
const AT_ONCE: usize = 8;

async fn start() -> (Sandbox, Api) {
    // Thousands of requests are made as fast as possible.
    let builder = Sandbox::builder().requests_per_second(None);
    let sandbox = builder.start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, api)
}

/// Builds a request with all required parameters but no body; `changes` sets or omits parameters.
fn request(
    api: &Api,
    contract: &Contract,
    operation: &Operation,
    changes: &[(&str, Option<&str>)],
) -> RequestBuilder {
    let mut path = operation.path.replace("{project_id}", &api.project);
    let mut query: Vec<(String, String)> = Vec::new();
    for parameter in contract.operation(operation.id.as_str())["parameters"]
        .as_array()
        .unwrap()
    {
        let name = parameter["name"].as_str().unwrap();
        let change = changes.iter().find(|(changed, _)| *changed == name);
        let usual = match contract.smallest(name, &parameter["schema"]) {
            Value::String(text) => text,
            other => other.to_string(),
        };
        let value = match change {
            Some((_, value)) => value.map(str::to_owned),
            None => (parameter["required"] == true).then_some(usual),
        };
        match value {
            Some(value) if parameter["in"] == "path" => {
                path = path.replace(&format!("{{{name}}}"), &value);
            }
            Some(value) => query.push((name.to_owned(), value)),
            None => {}
        }
    }
    let prefix = if operation.document == Document::Batch {
        "/batch"
    } else {
        ""
    };
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(query)
        .finish();
    let method: Method = operation.method.parse().unwrap();
    let url = format!("{}{prefix}{path}?{query}", api.base);
    api.http.request(method, url).bearer_auth(&api.token)
}

fn body_schema<'a>(contract: &'a Contract, operation: &Operation) -> Option<&'a Value> {
    let body = &contract.operation(operation.id.as_str())["body"];
    body.get("schema")
}

/// Returns a valid body for the operation.
fn right_body(contract: &Contract, operation: &Operation) -> Option<Value> {
    let mut body = contract.smallest("", body_schema(contract, operation)?);
    // Fields that depend on each other beyond the schema.
    let further = match operation.id {
        Id::MessagesListMessagesByChannelIdentity => json!({"contact_ids": [ID]}),
        Id::BatchInsertConsents => json!({"consent_records": [
            {"identification": "46701234567", "consent_type": "OPT_OUT_ALL"}]}),
        Id::BatchCancelBatch => json!({"batch_id": ID}),
        Id::AppCreateApp => json!({"channel_credentials": [credentials("SMS")]}),
        _ => json!({}),
    };
    body.as_object_mut()
        .unwrap()
        .extend(further.as_object().unwrap().clone());
    Some(body)
}

/// Checks that a request is refused for this field only.
async fn expect(request: RequestBuilder, field: String, label: String) {
    let answer = send(request).await;
    let error = &answer.body["error"];
    let violations = error["details"][0]["field_violations"].as_array();
    let found: Vec<&Value> = violations
        .into_iter()
        .flatten()
        .map(|violation| &violation["field"])
        .collect();
    let seen = format!("{label}\n{}", answer.body);
    assert_eq!(answer.status, 400, "{seen}");
    assert_eq!(error["status"], "INVALID_ARGUMENT", "{seen}");
    assert_eq!(found, [&json!(field)], "{seen}");
    let description = error["details"][0]["field_violations"][0]["description"].as_str();
    assert!(description.is_some_and(|text| !text.is_empty()), "{seen}");
}

async fn all(checks: Vec<(RequestBuilder, String, String)>) {
    let mut running = JoinSet::new();
    for (request, field, label) in checks {
        if running.len() >= AT_ONCE {
            running.join_next().await.unwrap().unwrap();
        }
        running.spawn(expect(request, field, label));
    }
    while let Some(ended) = running.join_next().await {
        ended.unwrap();
    }
}

#[test]
fn every_operation_is_in_the_contract() {
    let contract = Contract::read();
    let mut known = contract.operations();
    let mut documented: Vec<&str> = OPERATIONS
        .iter()
        .map(|operation| operation.id.as_str())
        .collect();
    known.sort_unstable();
    documented.sort_unstable();
    assert_eq!(known, documented);
}

#[tokio::test]
async fn what_is_wrong_in_a_body_is_named() {
    refused_bodies(|body| body, |_| true).await;
}

#[tokio::test]
async fn what_is_wrong_in_a_body_in_camel_case_is_named() {
    // Values do not depend on the name of the field: one mistake for each field is enough.
    let mut fields = HashSet::new();
    refused_bodies(in_camel_case, |field| fields.insert(field.to_owned())).await;
}

/// Converts the names of all members to camelCase.
fn in_camel_case(body: Value) -> Value {
    let name = |name: String| {
        let mut words = name.split('_');
        let first = words.next().unwrap_or_default().to_owned();
        words.fold(first, |name, word| {
            let (initial, rest) = word.split_at(1);
            name + &initial.to_uppercase() + rest
        })
    };
    match body {
        Value::Object(members) => members
            .into_iter()
            .map(|(key, value)| (name(key), in_camel_case(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(in_camel_case).collect(),
        other => other,
    }
}

/// Sends every mistake in the bodies of all operations, in this form, for fields that are `wanted`.
async fn refused_bodies(form: impl Fn(Value) -> Value, mut wanted: impl FnMut(&str) -> bool) {
    let (_sandbox, api) = start().await;
    let contract = Contract::read();
    let mut checks = Vec::new();
    for operation in OPERATIONS {
        let Some(schema) = body_schema(&contract, operation) else {
            continue;
        };
        let cases = contract.wrong(schema, "", &|body| body);
        assert!(!cases.is_empty(), "{}", operation.id.as_str());
        // An update need not contain the target.
        let tolerated = |field: &str, what: &str| {
            let missing = [
                (Id::WebhooksUpdateWebhook, "target"),
                (Id::TemplatesV2UpdateTemplate, "id"),
            ];
            what == "a missing" && missing.contains(&(operation.id, field))
        };
        for case in cases {
            if tolerated(&case.field, case.what)
                || !wanted(&format!("{} {}", operation.id.as_str(), case.field))
            {
                continue;
            }
            let label = format!("{}: {case}", operation.id.as_str());
            let body = form(case.body);
            let request = request(&api, &contract, operation, &[]).json(&body);
            checks.push((request, case.field, label));
        }
    }
    println!("{} bodies", checks.len());
    assert!(checks.len() > 1000, "{}", checks.len());
    all(checks).await;
}

#[tokio::test]
async fn what_is_wrong_in_a_parameter_is_named() {
    let (_sandbox, api) = start().await;
    let contract = Contract::read();
    let mut checks = Vec::new();
    for operation in OPERATIONS {
        for parameter in contract.operation(operation.id.as_str())["parameters"]
            .as_array()
            .unwrap()
        {
            let name = parameter["name"].as_str().unwrap();
            let schema = contract.resolve(&parameter["schema"]);
            let mut wrong: Vec<Option<&str>> = Vec::new();
            match schema["type"].as_str().unwrap() {
                "integer" => wrong.extend([Some("seven"), Some("1.5"), Some("99999999999")]),
                "boolean" => wrong.push(Some("perhaps")),
                _ if schema.get("enum").is_some() => wrong.push(Some("NO_SUCH_WORD")),
                _ if schema["format"] == "date-time" => wrong.push(Some("yesterday")),
                _ => {}
            }
            if parameter["required"] == true && parameter["in"] == "query" {
                wrong.push(None);
            }
            for value in wrong {
                let mut request = request(&api, &contract, operation, &[(name, value)]);
                if let Some(body) = right_body(&contract, operation) {
                    request = request.json(&body);
                }
                let label = format!("{}: {name}={value:?}", operation.id.as_str());
                checks.push((request, name.to_owned(), label));
            }
        }
    }
    assert!(checks.len() > 40, "{}", checks.len());
    all(checks).await;
}

#[tokio::test]
async fn valid_requests_are_accepted() {
    let (_sandbox, api) = start().await;
    let contract = Contract::read();
    for operation in OPERATIONS {
        // Lists require one of several parameters, which the schema does not express.
        let named = match operation.id {
            Id::EventsListEvents => "contact_id",
            _ => "app_id",
        };
        let mut request = request(&api, &contract, operation, &[(named, Some(ID))]);
        let body = right_body(&contract, operation);
        if let Some(body) = &body {
            request = request.json(body);
        }
        let answer = send(request).await;
        let expected: &[u16] = match fidelity::is_in_the_table(operation.id) {
            true => &[200, 404],
            false => &[501],
        };
        assert!(
            expected.contains(&answer.status),
            "{} {body:?}: {} {}",
            operation.id,
            answer.status,
            answer.body
        );
    }
}

async fn post(
    api: &Arc<Api>,
    content_type: Option<&str>,
    body: impl Into<reqwest::Body>,
) -> Answer {
    let mut request = api.request(Method::POST, "contacts").body(body);
    if let Some(content_type) = content_type {
        request = request.header("content-type", content_type);
    }
    send(request).await
}

#[tokio::test]
async fn a_body_needs_a_content_type() {
    let (_sandbox, api) = start().await;
    let api = Arc::new(api);
    let right =
        r#"{"language": "EN", "channel_identities": [{"channel": "SMS", "identity": "1"}]}"#;
    for name in [
        "application/json",
        "Application/JSON; charset=utf-8",
        "application/vnd.x+json",
    ] {
        post(&api, Some(name), right).await.ok();
    }
    for name in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some(""),
    ] {
        post(&api, name, right).await.invalid(&["content-type"]);
    }
    post(&api, None, "{}")
        .await
        .invalid(&["content-type", "channel_identities", "language"]);
    let json = Some("application/json");
    post(&api, json, b"{\"a\": \"\xff\"}".to_vec())
        .await
        .invalid(&[""]);
    post(&api, json, format!("{}{}", "{\"a\":".repeat(200), "1"))
        .await
        .invalid(&[""]);
}

#[tokio::test]
async fn an_event_comes_with_or_without_its_wrapper() {
    let (_sandbox, api) = start().await;
    let event = async |event: Value| {
        let body = json!({"app_id": ID, "recipient": {"contact_id": ID}, "event": event});
        api.post("events:send", body).await
    };
    let agent = json!({"agent_joined_event": {"agent": {"display_name": "A"}}});
    let wrong = json!({"agent_joined_event": {"agent": {"display_name": 7}}});
    assert_ne!(event(agent.clone()).await.status, 400);
    assert_ne!(event(json!({"app_event": agent})).await.status, 400);
    event(wrong.clone())
        .await
        .invalid(&["event.agent_joined_event.agent.display_name"]);
    event(json!({"app_event": wrong}))
        .await
        .invalid(&["event.app_event.agent_joined_event.agent.display_name"]);
    event(json!({})).await.invalid(&["event"]);
}

#[tokio::test]
async fn an_update_names_what_changes() {
    let (_sandbox, api) = start().await;
    let app = api.app("CONVERSATION", &["SMS"]).await;
    let hook = api.webhook(&app, "https://example.com/x", &[]).await;
    api.send_text(&app, &[("SMS", "461")], "Hi").await;
    let contacts = api.get("contacts").await.ok();
    let contact = &contacts["contacts"][0];
    assert_eq!(contact["language"], "UNSPECIFIED");
    let paths = [
        (format!("apps/{app}"), json!({"display_name": "y"})),
        (format!("webhooks/{hook}"), json!({"triggers": ["OPT_IN"]})),
        (
            format!("contacts/{}", contact["id"].as_str().unwrap()),
            json!({"display_name": "y"}),
        ),
    ];
    for (path, part) in paths {
        let changed = api.patch(&path, part.clone()).await.ok();
        for (name, value) in part.as_object().unwrap() {
            assert_eq!(&changed[name], value, "{path}");
        }
        // A resource can be sent back as it was returned.
        let shown = api.get(&path).await.ok();
        assert_eq!(api.patch(&path, shown.clone()).await.ok(), shown, "{path}");
    }
}

#[tokio::test]
async fn a_secret_is_not_repeated() {
    let (_sandbox, api) = start().await;
    let body = json!({"display_name": "x", "channel_credentials": [{"channel": "SMS", "callback_secret": ["hush"],
        "static_bearer": {"claimed_identity": "x", "token": {"t": "hush"}}}]});
    let error = api
        .post("apps", body)
        .await
        .refused(400, "INVALID_ARGUMENT");
    assert!(!error.to_string().contains("hush"), "{error}");
}
