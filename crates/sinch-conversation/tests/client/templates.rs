//! Message templates, on their own host.

use serde_json::{Value, json};
use sinch_conversation::message::{Card, Carousel, TemplateRef, Text};
use sinch_conversation::resources::{Templates, Translation};
use sinch_conversation::types::V2Template;
use sinch_conversation::{Channel, Client, Service, TemplateId};
use sinch_conversation_raw::OperationId as Id;

use crate::requests::{body, line};
use crate::server::{Act, Server};
use crate::{always, builder, client, first, violations};

fn id() -> TemplateId {
    TemplateId::new("01TEMPLATE").unwrap()
}

fn hello(language: &str) -> Translation {
    Translation::new(language, Text::new("Hi ${name}"))
}

fn translation(language: &str, version: &str, text: &str) -> Value {
    json!({
        "language_code": language,
        "version": version,
        "text_message": {"text": text},
        "channel_template_overrides": {},
        "update_time": format!("2025-01-02T03:04:0{}Z", version.len()),
    })
}

fn stored() -> Value {
    json!({
        "id": "01TEMPLATE",
        "version": 3,
        "default_translation": "en-US",
        "of_tomorrow": {"kept": true},
        "translations": [
            translation("en-US", "2", "Hi"),
            translation("en-US", "latest", "Hi"),
            translation("sv-SE", "1", "Hej"),
            translation("sv-SE", "latest", "Hej"),
        ],
    })
}

async fn keeper() -> (Server, Templates) {
    let server = always(Act::reply(200, stored())).await;
    let templates = client(&server).templates();
    (server, templates)
}

#[tokio::test]
async fn a_template_is_created() {
    let (server, templates) = keeper().await;
    let mapping = [("body[1]text", "name")];
    let english = hello("en-US").version("1").variable("name", "Ada").on(
        Channel::WhatsApp,
        TemplateRef::new("hello").language("en_US"),
        mapping,
    );
    let created = templates
        .create("en-US")
        .id(id())
        .description("says hello")
        .translation(english)
        .translation(hello("sv-SE"))
        .await
        .unwrap();
    assert_eq!(
        (created.id().clone(), created.data().version),
        (id(), Some(3))
    );
    assert_eq!(line(&server), "POST /v2/projects/the-project/templates");
    assert_eq!(
        body(&server),
        json!({
            "id": "01TEMPLATE",
            "description": "says hello",
            "default_translation": "en-US",
            "translations": [
                {
                    "language_code": "en-US",
                    "version": "1",
                    "text_message": {"text": "Hi ${name}"},
                    "variables": [{"key": "name", "preview_value": "Ada"}],
                    "channel_template_overrides": {"WHATSAPP": {
                        "template_reference": {"template_id": "hello", "language_code": "en_US"},
                        "parameter_mappings": {"body[1]text": "name"},
                    }},
                },
                {"language_code": "sv-SE", "text_message": {"text": "Hi ${name}"}},
            ],
        })
    );
}

#[tokio::test]
async fn what_a_template_lacks_is_named() {
    let (server, templates) = keeper().await;
    let error = templates.create("en-US").await.unwrap_err();
    assert_eq!(
        violations(&error),
        [
            "translations: missing; give at least one translation",
            "default_translation: has to be the language code of one of the translations",
        ]
    );
    let cards = Translation::new("sv-SE", Carousel::new(vec![Card::new("card"); 11]));
    let error = templates
        .create("en-US")
        .translation(cards)
        .validate()
        .unwrap_err();
    assert_eq!(
        violations(&error),
        [
            "default_translation: has to be the language code of one of the translations",
            "translations[0].carousel_message.cards: 11 items, at most 10 are allowed",
        ]
    );
    let error = templates.replace(V2Template::default()).await.unwrap_err();
    let fields: Vec<_> = error
        .violations()
        .iter()
        .map(|one| one.field.as_str())
        .collect();
    assert_eq!(
        fields,
        [
            "template_id",
            "version",
            "translations",
            "default_translation"
        ]
    );
    assert_eq!(
        error.operation(),
        Some(Id::TemplatesV2UpdateTemplate.as_str())
    );
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_template_is_read_changed_and_put_back_with_all_it_had() {
    let (server, templates) = keeper().await;
    let mut template = templates.get(id()).await.unwrap().into_inner();
    assert_eq!(
        line(&server),
        "GET /v2/projects/the-project/templates/01TEMPLATE"
    );
    assert_eq!(serde_json::to_value(&template).unwrap(), stored());

    template.description = Some("says hello".to_owned());
    templates.replace(template).await.unwrap();
    assert_eq!(
        line(&server),
        "PUT /v2/projects/the-project/templates/01TEMPLATE"
    );
    let mut wanted = stored();
    wanted["description"] = json!("says hello");
    // What the API only shows a second time is not sent.
    wanted["translations"] = json!([
        translation("en-US", "2", "Hi"),
        translation("sv-SE", "1", "Hej")
    ]);
    assert_eq!(body(&server), wanted);
}

#[tokio::test]
async fn a_change_of_the_latest_translation_is_not_lost() {
    let (server, templates) = keeper().await;
    let mut template = templates.get(id()).await.unwrap().into_inner();
    let changed = hello("en-US").version("latest");
    template.translations.as_mut().unwrap()[1] = changed.into();
    templates.replace(template).await.unwrap();
    let sent = body(&server);
    let sent: Vec<_> = sent["translations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["version"].as_str().unwrap(),
                one["text_message"]["text"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(sent, [("2", "Hi"), ("latest", "Hi ${name}"), ("1", "Hej")]);
}

#[tokio::test]
async fn templates_and_translations_are_listed() {
    let server = always(Act::reply(
        200,
        json!({"templates": [stored(), {"id": "01OTHER"}]}),
    ))
    .await;
    let templates = client(&server).templates().list().page().await.unwrap();
    let ids: Vec<_> = templates
        .items
        .iter()
        .map(|template| template.id().as_str())
        .collect();
    assert_eq!(ids, ["01TEMPLATE", "01OTHER"]);
    assert_eq!(line(&server), "GET /v2/projects/the-project/templates");

    let answer = json!({"translations": [translation("sv-SE", "1", "Hej")]});
    let server = always(Act::reply(200, answer)).await;
    let list = client(&server).templates().translations(id());
    let translations = list
        .clone()
        .language("sv-SE")
        .version("1")
        .page()
        .await
        .unwrap();
    assert_eq!(translations.items[0].language_code, "sv-SE");
    let path = "GET /v2/projects/the-project/templates/01TEMPLATE/translations";
    assert_eq!(
        line(&server),
        format!("{path}?language_code=sv-SE&translation_version=1")
    );
    list.page().await.unwrap();
    assert_eq!(line(&server), path);
}

#[tokio::test]
async fn a_template_is_deleted_whatever_the_answer_holds() {
    for answer in ["{}", "", "null", "<html>"] {
        let server = always(Act::reply(200, answer)).await;
        client(&server).templates().delete(id()).await.unwrap();
        assert_eq!(
            line(&server),
            "DELETE /v2/projects/the-project/templates/01TEMPLATE"
        );
    }
    let server = always(Act::reply(404, json!({"error": {"status": "NOT_FOUND"}}))).await;
    let error = client(&server).templates().delete(id()).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(404));
}

#[tokio::test]
async fn templates_are_asked_of_their_own_host() {
    let server = always(Act::reply(200, stored())).await;
    let other = always(Act::reply(500, "")).await;
    let builder = builder(&other.url).endpoint(Service::Template, &server.url);
    let client: Client = builder.build().unwrap();
    client.templates().get(id()).await.unwrap();
    assert_eq!((server.calls().len(), server.tokens()), (1, 0));
    assert_eq!((other.calls().len(), other.tokens()), (0, 1));
}

#[tokio::test]
async fn a_template_is_put_again_but_not_created_again() {
    let mut template = V2Template::default();
    template.id = Some("01TEMPLATE".to_owned());
    template.version = Some(1);
    template.default_translation = Some("en-US".to_owned());
    template.translations = Some(vec![hello("en-US").into()]);

    let server = first(Act::Close).await;
    client(&server).templates().replace(template).await.unwrap();
    assert_eq!(server.calls().len(), 2);
    let server = first(Act::Close).await;
    let create = client(&server)
        .templates()
        .create("en-US")
        .translation(hello("en-US"));
    assert!(create.await.unwrap_err().may_have_been_processed());
    assert_eq!(server.calls().len(), 1);
}
