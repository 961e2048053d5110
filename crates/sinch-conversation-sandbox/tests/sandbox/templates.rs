//! The Template API.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use sinch_conversation_sandbox::Sandbox;

use crate::support::{Answer, Api, send};

/// Calls the Template API of a sandbox.
pub(crate) struct Templates(pub(crate) Api);

impl Templates {
    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let Self(api) = self;
        let url = format!("{}/v2/projects/{}/templates{path}", api.base, api.project);
        api.http.request(method, url).bearer_auth(&api.token)
    }

    pub(crate) async fn create(&self, body: Value) -> Answer {
        send(self.request(Method::POST, "").json(&body)).await
    }

    pub(crate) async fn update(&self, id: &str, body: Value) -> Answer {
        send(self.request(Method::PUT, &format!("/{id}")).json(&body)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn delete(&self, id: &str) -> Answer {
        send(self.request(Method::DELETE, &format!("/{id}"))).await
    }
}

async fn start() -> (Sandbox, Templates) {
    let sandbox = Sandbox::start().await.unwrap();
    let api = Api::of(&sandbox).await;
    (sandbox, Templates(api))
}

/// Builds a template with one text for each language and version.
pub(crate) fn texts(id: &str, default: &str, translations: &[(&str, &str, &str)]) -> Value {
    let translations: Vec<Value> = translations
        .iter()
        .map(|(language, version, text)| {
            json!({"language_code": language, "version": version, "text_message": {"text": text}})
        })
        .collect();
    json!({"id": id, "default_translation": default, "translations": translations})
}

/// Language, version and text of a translation.
type Line = (&'static str, &'static str, &'static str);

/// Returns language, version and text of each translation.
fn told(list: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let line = |it: &Value| {
        (
            text(&it["language_code"]),
            text(&it["version"]),
            text(&it["text_message"]["text"]),
        )
    };
    list.as_array().unwrap().iter().map(line).collect()
}

fn lines(lines: &[Line]) -> Vec<(String, String, String)> {
    lines
        .iter()
        .map(|(a, b, c)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned()))
        .collect()
}

#[tokio::test]
async fn a_template_is_created_as_it_was_given() {
    let (_sandbox, templates) = start().await;
    let given = json!({
        "id": "welcome",
        "description": "For newcomers",
        "default_translation": "en-US",
        "translations": [{
            "language_code": "en-US",
            "version": "3",
            "text_message": {"text": "Hello ${name}"},
            "variables": [{"key": "name", "preview_value": "Ada"}],
            "channel_template_overrides": {"WHATSAPP": {
                "template_reference": {"template_id": "hello", "language_code": "en_US"},
                "parameter_mappings": {"body[1]text": "name"},
            }},
        }],
    });
    let created = templates.create(given.clone()).await.ok();
    assert_eq!(created["id"], "welcome");
    assert_eq!(created["version"], 1);
    assert_eq!(created["description"], "For newcomers");
    assert_eq!(created["default_translation"], "en-US");
    assert_eq!(created["create_time"], created["update_time"]);
    let translation = &created["translations"][0];
    assert_eq!(created["translations"].as_array().unwrap().len(), 1);
    for (name, value) in given["translations"][0].as_object().unwrap() {
        assert_eq!(translation[name], *value, "{name}");
    }
    assert_eq!(translation["create_time"], created["create_time"]);
    assert_eq!(translation["update_time"], created["create_time"]);

    // A translation is shown with its number, and once more as the latest.
    let read = templates.get("/welcome").await.ok();
    let shown = read["translations"].as_array().unwrap();
    assert_eq!(shown[0], *translation);
    let mut latest = translation.clone();
    latest["version"] = json!("latest");
    assert_eq!(shown[1..], [latest]);
    let list = templates.get("").await.ok();
    assert_eq!(list, json!({"templates": [read]}));
}

#[tokio::test]
async fn missing_values_are_filled_in() {
    let (_sandbox, templates) = start().await;
    let body = json!({
        "default_translation": "en-US",
        "translations": [{"language_code": "en-US", "text_message": {"text": "Hi"}}],
    });
    let created = templates.create(body.clone()).await.ok();
    assert_eq!(created["id"].as_str().unwrap().len(), 26);
    assert_eq!(created["description"], "");
    assert_eq!(created["version"], 1);
    let translation = &created["translations"][0];
    assert_eq!(translation["version"], "1");
    assert_eq!(translation["variables"], json!([]));
    assert_eq!(translation["channel_template_overrides"], json!({}));

    let other = templates.create(body).await.ok();
    assert_ne!(other["id"], created["id"]);
    let list = templates.get("").await.ok();
    let ids: Vec<&Value> = list["templates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["id"])
        .collect();
    assert_eq!(ids, [&created["id"], &other["id"]]);
}

#[tokio::test]
async fn an_id_can_be_used_once() {
    let (_sandbox, templates) = start().await;
    let body = texts("same", "en-US", &[("en-US", "1", "Hi")]);
    templates.create(body.clone()).await.ok();
    templates
        .create(body.clone())
        .await
        .refused(409, "ALREADY_EXISTS");
    assert_eq!(templates.delete("same").await.ok(), json!({}));
    templates.create(body).await.ok();
}

#[tokio::test]
async fn an_update_replaces_the_template_it_knows() {
    let (sandbox, templates) = start().await;
    let created = templates
        .create(texts("t", "en-US", &[("en-US", "3", "old")]))
        .await
        .ok();
    sandbox.advance_clock(Duration::from_secs(60));
    let mut body = texts("t", "sv", &[("sv", "1", "ny"), ("en-US", "1", "new")]);
    body["version"] = json!(1);
    let updated = templates.update("t", body.clone()).await.ok();
    assert_eq!(updated["version"], 2);
    assert_eq!(updated["default_translation"], "sv");
    assert_eq!(updated["create_time"], created["create_time"]);
    assert_ne!(updated["update_time"], created["update_time"]);
    assert_eq!(
        told(&updated["translations"]),
        lines(&[("sv", "1", "ny"), ("en-US", "1", "new")])
    );

    // The same request again is based on an outdated version.
    templates
        .update("t", body.clone())
        .await
        .refused(409, "ABORTED");
    body["version"] = json!(2);
    body["translations"][0]["text_message"]["text"] = json!("nyare");
    let updated = templates.update("t", body).await.ok();
    assert_eq!(updated["version"], 3);
    let read = templates.get("/t").await.ok();
    assert_eq!(
        told(&read["translations"]),
        lines(&[
            ("sv", "1", "nyare"),
            ("en-US", "1", "new"),
            ("sv", "latest", "nyare"),
            ("en-US", "latest", "new"),
        ])
    );
}

#[tokio::test]
async fn an_update_needs_the_template_its_version_and_its_id() {
    let (_sandbox, templates) = start().await;
    let mut body = texts("t", "en-US", &[("en-US", "1", "Hi")]);
    templates.create(body.clone()).await.ok();
    templates
        .update("t", body.clone())
        .await
        .invalid(&["version"]);
    body["version"] = json!(1);
    let mut other = body.clone();
    other["id"] = json!("none");
    let missing = templates.update("none", other).await;
    missing.refused(404, "NOT_FOUND");
    body["id"] = json!("u");
    templates.update("t", body.clone()).await.invalid(&["id"]);
    let nothing = json!({"id": "t", "version": 1});
    templates
        .update("t", nothing)
        .await
        .invalid(&["default_translation"]);
    assert_eq!(templates.get("/t").await.ok()["version"], 1);
}

#[tokio::test]
async fn translations_have_versions_of_their_own() {
    let (_sandbox, templates) = start().await;
    templates
        .create(texts(
            "t",
            "en-US",
            &[("en-US", "9", "nine"), ("sv", "1", "ett")],
        ))
        .await
        .ok();
    // A missing version becomes the next one of the language.
    let body = json!({"id": "t", "version": 1, "default_translation": "en_us", "translations":
        [{"language_code": "en-US", "text_message": {"text": "ten"}}]});
    let updated = templates.update("t", body).await.ok();
    assert_eq!(
        told(&updated["translations"]),
        lines(&[("en-US", "10", "ten")])
    );

    let all = [
        ("en-US", "9", "nine"),
        ("sv", "1", "ett"),
        ("en-US", "10", "ten"),
    ];
    let cases: &[(&str, &[Line])] = &[
        ("", &all),
        ("?language_code=en-US", &[all[0], all[2]]),
        ("?language_code=en_us&translation_version=9", &[all[0]]),
        ("?translation_version=1", &[all[1]]),
        ("?translation_version=latest", &[("en-US", "latest", "ten")]),
        ("?language_code=sv&translation_version=latest", &[]),
        ("?language_code=de", &[]),
    ];
    for (query, expected) in cases {
        let list = templates.get(&format!("/t/translations{query}")).await.ok();
        assert_eq!(told(&list["translations"]), lines(expected), "{query}");
    }
}

#[tokio::test]
async fn the_latest_is_the_highest_number() {
    let (_sandbox, templates) = start().await;
    templates
        .create(texts(
            "t",
            "en",
            &[("en", "10", "ten"), ("en", "9", "nine")],
        ))
        .await
        .ok();
    let list = templates
        .get("/t/translations?translation_version=latest")
        .await
        .ok();
    assert_eq!(
        told(&list["translations"]),
        lines(&[("en", "latest", "ten")])
    );
}

#[tokio::test]
async fn an_unknown_template_is_not_found() {
    let (_sandbox, templates) = start().await;
    templates.get("/none").await.refused(404, "NOT_FOUND");
    templates.delete("none").await.refused(404, "NOT_FOUND");
    let translations = templates.get("/none/translations").await;
    translations.refused(404, "NOT_FOUND");

    templates
        .create(texts("some", "en", &[("en", "1", "Hi")]))
        .await
        .ok();
    templates.delete("some").await.ok();
    templates.get("/some").await.refused(404, "NOT_FOUND");
    let translations = templates.get("/some/translations").await;
    translations.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn templates_that_cannot_work_are_refused() {
    let (_sandbox, templates) = start().await;
    let base = || texts("t", "en", &[("en", "1", "Hi"), ("sv", "1", "Hej")]);
    let cases: &[(&str, Value, &str)] = &[
        ("/default_translation", json!("de"), "default_translation"),
        (
            "/translations/0/version",
            json!("latest"),
            "translations[0].version",
        ),
        (
            "/translations/1/language_code",
            json!("EN"),
            "translations[1]",
        ),
        (
            "/translations/1/language_code",
            json!(""),
            "translations[1].language_code",
        ),
        (
            "/translations/0",
            json!({"language_code": "en", "version": "1"}),
            "translations[0]",
        ),
        (
            "/translations/0/channel_template_overrides",
            json!({"SMS": {"template_reference": {"template_id": "x"}}}),
            "translations[0].channel_template_overrides.SMS",
        ),
        (
            "/translations/0/channel_template_overrides",
            json!({"WHATSAPP": {}}),
            "translations[0].channel_template_overrides.WHATSAPP.template_reference",
        ),
    ];
    for (place, value, field) in cases {
        let mut body = base();
        let (parent, name) = place.rsplit_once('/').unwrap();
        let parent = body.pointer_mut(parent).unwrap();
        match parent {
            Value::Array(items) => items[name.parse::<usize>().unwrap()] = value.clone(),
            other => other[name] = value.clone(),
        }
        templates.create(body).await.invalid(&[field]);
    }
    let mut two_kinds = base();
    two_kinds["translations"][0]["media_message"] = json!({"url": "https://example.com/a.png"});
    templates
        .create(two_kinds)
        .await
        .invalid(&["translations[0]"]);
    assert_eq!(templates.get("").await.ok(), json!({"templates": []}));
}

#[tokio::test]
async fn templates_survive_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sandbox.db");
    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    let templates = Templates(Api::of(&sandbox).await);
    templates
        .create(texts("t", "en", &[("en", "1", "one")]))
        .await
        .ok();
    let mut body = texts("t", "en", &[("en", "2", "two")]);
    body["version"] = json!(1);
    templates.update("t", body).await.ok();
    let before = templates.get("/t").await.ok();
    sandbox.shutdown().await;

    let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
    let templates = Templates(Api::of(&sandbox).await);
    assert_eq!(templates.get("/t").await.ok(), before);
    let list = templates
        .get("/t/translations?translation_version=1")
        .await
        .ok();
    assert_eq!(told(&list["translations"]), lines(&[("en", "1", "one")]));
}
