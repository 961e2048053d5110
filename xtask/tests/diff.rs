//! One edit of a small document at a time, and what the report says of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::fs;

use serde_json::{Value, json};
use xtask::diff::{Bump, compare};
use xtask::document;

fn published(name: &str) -> Value {
    let path = format!("{}/tests/small/spec/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(&path).expect(&path);
    document::parse(&text, name).expect(name)
}

/// The report on one edit, and the version step it asks for.
fn report_on(edit: impl FnOnce(&mut Value)) -> (Bump, String) {
    let old = published("conversation.yaml");
    let mut new = old.clone();
    edit(&mut new);
    assert_ne!(old, new, "the edit has to change something");
    let report = compare(&old, &new).expect("two sound documents");
    (report.bump(), report.to_markdown())
}

fn schema<'a>(document: &'a mut Value, name: &str) -> &'a mut Value {
    &mut document["components"]["schemas"][name]
}

fn push(list: &mut Value, item: Value) {
    list.as_array_mut().expect("a list").push(item);
}

fn rename(document: &mut Value, old: &str, new: &str) {
    let text = document.to_string();
    let text = text.replace(&format!("schemas/{old}\""), &format!("schemas/{new}\""));
    *document = serde_json::from_str(&text).expect("JSON");
    let schemas = document["components"]["schemas"].as_object_mut().unwrap();
    let schema = schemas.remove(old).expect(old);
    schemas.insert(new.to_owned(), schema);
}

#[test]
fn enum_value_added() {
    let (bump, page) = report_on(|new| {
        push(
            &mut schema(new, "ConversationChannel")["enum"],
            json!("SIGNAL"),
        )
    });
    assert_eq!(bump, Bump::Minor);
    insta::assert_snapshot!(page, @r"
    # Compatible: minor bump

    0 breaking, 1 compatible. From 0.y.z the next version is 0.y.(z+1).

    ## Enums

    - compatible `ConversationChannel` (5 operations) enum values added: `SIGNAL`
    ");
}

#[test]
fn enum_value_removed() {
    let (bump, page) = report_on(|new| {
        schema(new, "ConversationChannel")["enum"]
            .as_array_mut()
            .unwrap()
            .retain(|value| value != "WECHAT");
    });
    assert_eq!(bump, Bump::Major);
    insta::assert_snapshot!(page, @r"
    # Breaking: major bump

    1 breaking, 0 compatible. From 0.y.z the next version is 0.(y+1).0.

    ## Enums

    - **breaking** `ConversationChannel` (5 operations) enum values removed: `WECHAT`
    ");
}

#[test]
fn optional_field_added() {
    let (bump, page) = report_on(|new| {
        schema(new, "AppResponse")["properties"]["message_search"] = json!({"type": "object", "properties": {
            "enabled": {"type": "boolean"}}});
    });
    assert_eq!(bump, Bump::Minor);
    insta::assert_snapshot!(page, @r"
    # Compatible: minor bump

    0 breaking, 1 compatible. From 0.y.z the next version is 0.y.(z+1).

    ## Schemas

    - compatible `AppResponse.message_search` (1 operation) optional field added: `object`
    ");
}

#[test]
fn required_field_added() {
    let (bump, page) = report_on(|new| {
        let schema = schema(new, "SendMessageRequest");
        schema["properties"]["sender"] = json!({"type": "string"});
        push(&mut schema["required"], json!("sender"));
    });
    assert_eq!(bump, Bump::Major);
    insta::assert_snapshot!(page, @r"
    # Breaking: major bump

    1 breaking, 0 compatible. From 0.y.z the next version is 0.(y+1).0.

    ## Schemas

    - **breaking** `SendMessageRequest.sender` (1 operation) required field added: `string`
    ");
}

#[test]
fn field_added_to_a_shared_part() {
    let (_, page) = report_on(|new| {
        schema(new, "CallbackEventCommon")["properties"]["region"] = json!({"type": "string"});
    });
    insta::assert_snapshot!(page, @r"
    # Compatible: minor bump

    0 breaking, 1 compatible. From 0.y.z the next version is 0.y.(z+1).

    ## Schemas

    - compatible `CallbackEventCommon.region` (no operation) optional field added: `string`
    ");
}

#[test]
fn union_member_added() {
    let (bump, page) = report_on(|new| {
        let member = json!({"type": "object", "properties": {"poll_message": {"type": "object", "properties": {
            "question": {"type": "string"}}}}});
        new["components"]["schemas"]["PollMessageField"] = member;
        push(
            &mut schema(new, "AppMessageTypes")["oneOf"],
            json!({"$ref": "#/components/schemas/PollMessageField"}),
        );
    });
    assert_eq!(bump, Bump::Minor);
    insta::assert_snapshot!(page, @r"
    # Compatible: minor bump

    0 breaking, 2 compatible. From 0.y.z the next version is 0.y.(z+1).

    ## Schemas

    - compatible `AppMessageTypes` (3 operations) union members added: `PollMessageField`
    - compatible `PollMessageField` (3 operations) schema added
    ");
}

#[test]
fn operation_added() {
    let (bump, page) = report_on(|new| {
        new["paths"]["/v1/projects/{project_id}/polls"] = json!({"get": {
            "operationId": "Polls_List",
            "parameters": [{"$ref": "#/components/parameters/project_id"}],
            "responses": {"200": {"description": "The polls."}}}});
    });
    assert_eq!(bump, Bump::Minor);
    insta::assert_snapshot!(page, @r"
    # Compatible: minor bump

    0 breaking, 1 compatible. From 0.y.z the next version is 0.y.(z+1).

    ## Operations

    - compatible `Polls_List` operation added: `GET /v1/projects/{project_id}/polls`

    ## New prose

    - `/paths/~1v1~1projects~1{project_id}~1polls/get/responses/200/description`: `The polls.`
    ");
}

#[test]
fn parameters_in_another_order_of_the_document() {
    let (bump, page) = report_on(|new| {
        let list = &mut new["paths"]["/v1/projects/{project_id}/messages"]["parameters"];
        list.as_array_mut().unwrap().reverse();
    });
    assert_eq!(bump, Bump::None);
    insta::assert_snapshot!(page, @r"
    # Same: no bump

    No change of meaning.
    ");
}

#[test]
fn parameters_in_another_order_of_the_path() {
    let (bump, page) = report_on(|new| {
        let paths = new["paths"].as_object_mut().unwrap();
        let item = paths
            .remove("/v1/projects/{project_id}/messages/{message_id}")
            .unwrap();
        paths.insert(
            "/v1/messages/{message_id}/projects/{project_id}".to_owned(),
            item,
        );
    });
    assert_eq!(bump, Bump::Major);
    insta::assert_snapshot!(page, @r"
    # Breaking: major bump

    2 breaking, 2 compatible. From 0.y.z the next version is 0.(y+1).0.

    ## Operations

    - compatible `Messages_GetMessage` method or path changed: `GET /v1/projects/{project_id}/messages/{message_id} -> GET /v1/messages/{message_id}/projects/{project_id}`
    - **breaking** `Messages_GetMessage` path parameters reordered: `project_id, message_id -> message_id, project_id`
    - compatible `Messages_DeleteMessage` method or path changed: `DELETE /v1/projects/{project_id}/messages/{message_id} -> DELETE /v1/messages/{message_id}/projects/{project_id}`
    - **breaking** `Messages_DeleteMessage` path parameters reordered: `project_id, message_id -> message_id, project_id`

    ## New prose

    - `/paths/~1v1~1messages~1{message_id}~1projects~1{project_id}/get/responses/200/description`: `The message.`
    - `/paths/~1v1~1messages~1{message_id}~1projects~1{project_id}/delete/responses/200/description`: `It is gone.`
    ");
}

#[test]
fn parameter_added() {
    let (bump, page) = report_on(|new| {
        push(
            &mut new["paths"]["/v1/projects/{project_id}/contacts"]["parameters"],
            json!({"name": "tag", "in": "query", "schema": {"type": "string"}}),
        );
    });
    assert_eq!(bump, Bump::Major);
    insta::assert_snapshot!(page, @r"
    # Breaking: major bump

    2 breaking, 0 compatible. From 0.y.z the next version is 0.(y+1).0.

    ## Operations

    - **breaking** `Contact_ListContacts` parameter added: `query tag (optional)`
    - **breaking** `Contact_CreateContact` parameter added: `query tag (optional)`
    ");
}

#[test]
fn integer_widened() {
    let (bump, page) = report_on(|new| {
        schema(new, "MessageRetrySettings")["properties"]["retry_duration"]["format"] =
            json!("int64");
    });
    assert_eq!(bump, Bump::Major);
    insta::assert_snapshot!(page, @r"
    # Breaking: major bump

    1 breaking, 0 compatible. From 0.y.z the next version is 0.(y+1).0.

    ## Schemas

    - **breaking** `MessageRetrySettings.retry_duration` (1 operation) type changed: `integer (int32) -> integer (int64)`
    ");
}

#[test]
fn inline_schema_made_a_component() {
    let (bump, page) = report_on(|new| {
        let inline = schema(new, "LocationMessageField")["properties"]["location_message"].take();
        schema(new, "LocationMessageField")["properties"]["location_message"] =
            json!({"$ref": "#/components/schemas/LocationMessage"});
        new["components"]["schemas"]["LocationMessage"] = inline;
        // Parts written out: the same meaning again.
        *schema(new, "Recipient") = json!({"$ref": "#/components/schemas/RecipientBase"});
    });
    assert_eq!(bump, Bump::Patch);
    insta::assert_snapshot!(page, @r"
    # Compatible: patch bump

    No change of meaning. From 0.y.z the next version is 0.y.(z+1).

    Moved between a component and the place of use: `LocationMessage`.

    ## New prose

    - `/components/schemas/LocationMessage/title`: `A place`
    ");
}

#[test]
fn prose_only() {
    let (bump, page) = report_on(|new| {
        new["info"]["version"] = json!("1.1");
        new["paths"]["/v1/projects/{project_id}/apps"]["get"]["summary"] = json!("All apps");
        schema(new, "Contact")["title"] = json!("A person");
        schema(new, "Contact")["properties"]["id"]["example"] = json!("01ABC");
    });
    assert_eq!(bump, Bump::Patch);
    insta::assert_snapshot!(page, @r"
    # Compatible: patch bump

    No change of meaning. From 0.y.z the next version is 0.y.(z+1).

    Documentation changed in 4 places.

    ## New prose

    - `/paths/~1v1~1projects~1{project_id}~1apps/get/summary`: `All apps`
    - `/components/schemas/Contact/title`: `A person`
    ");
}

#[test]
fn many_changes_at_once() {
    let (bump, page) = report_on(|new| {
        rename(new, "ContactSettings", "ContactPreferences");
        let schemas = new["components"]["schemas"].as_object_mut().unwrap();
        schemas["Button"]["properties"]["name"]["maxLength"] = json!(14);
        schemas["ProcessingMode"]["default"] = json!("CONVERSATION");
        schemas["Contact"]["properties"]
            .as_object_mut()
            .unwrap()
            .remove("email");
        schemas["Settings"]["deprecated"] = json!(true);
        let paths = new["paths"].as_object_mut().unwrap();
        paths.remove("/v1/projects/{project_id}/messages:send");
        let get = &mut paths["/v1/projects/{project_id}/settings"]["get"];
        get["responses"].as_object_mut().unwrap().remove("501");
        get["description"] = json!("Other words.");
    });
    assert_eq!(bump, Bump::Major);
    insta::assert_snapshot!(page, @r"
    # Breaking: major bump

    3 breaking, 4 compatible. From 0.y.z the next version is 0.(y+1).0.

    ## Operations

    - **breaking** `Messages_SendMessage` operation removed: `POST /v1/projects/{project_id}/messages:send`
    - compatible `ProjectSettings_GetSettings` error response changed: `501 removed`

    ## Schemas

    - compatible `Button.name` (2 operations) limit changed: `maxLength 8 -> 14`
    - **breaking** `Contact.email` (2 operations) field removed
    - compatible `ProcessingMode` (1 operation) default changed: `DISPATCH -> CONVERSATION`
    - compatible `Settings` (1 operation) deprecation changed: `deprecated`
    - **breaking** `ContactSettings` (1 operation) schema renamed: `ContactSettings -> ContactPreferences`

    Documentation changed in 1 place.

    ## New prose

    - `/paths/~1v1~1projects~1{project_id}~1settings/get/description`: `Other words.`
    ");
}

#[test]
fn a_document_equals_itself() {
    for name in ["conversation.yaml", "template.yaml"] {
        let document = published(name);
        assert_eq!(
            compare(&document, &document).expect(name).bump(),
            Bump::None
        );
    }
}

#[test]
fn a_hostile_name_stays_in_its_code_span() {
    let (_, page) = report_on(|new| {
        schema(new, "Contact")["properties"]["` **x** <img src=y>\n# z"] =
            json!({"type": "string"});
    });
    insta::assert_snapshot!(page, @r"
    # Compatible: minor bump

    0 breaking, 1 compatible. From 0.y.z the next version is 0.y.(z+1).

    ## Schemas

    - compatible ``Contact.` **x** <img src=y>\u{a}# z`` (2 operations) optional field added: `string`
    ");
}

#[test]
fn reports_are_the_same_each_time() {
    let (conversation, template) = (published("conversation.yaml"), published("template.yaml"));
    let page = || {
        compare(&conversation, &template)
            .expect("two sound documents")
            .to_markdown()
    };
    assert_eq!(page(), page());
}

/// The pointers to all values of a document.
fn pointers(value: &Value, base: &str, all: &mut Vec<String>) {
    all.push(base.to_owned());
    match value {
        Value::Object(object) => object
            .iter()
            .for_each(|(key, value)| pointers(value, &document::pointer(base, key), all)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, item)| pointers(item, &format!("{base}/{index}"), all)),
        _ => {}
    }
}

#[test]
fn a_wrong_value_anywhere_is_a_change_or_a_fault() {
    let sound = published("template.yaml");
    let mut all = Vec::new();
    pointers(&sound, "", &mut all);
    let wrong = [
        json!(null),
        json!("x"),
        json!(["x"]),
        json!({"$ref": "#/x"}),
    ];
    // A sample: every thirteenth value, with each of the four replacements in turn.
    for (position, pointer) in all.iter().enumerate().step_by(13) {
        let mut broken = sound.clone();
        *broken.pointer_mut(pointer).expect(pointer) = wrong[position % wrong.len()].clone();
        if let Err(fault) = compare(&sound, &broken) {
            assert!(broken.pointer(&fault.pointer).is_some(), "{fault}");
            assert!(!fault.remedy.is_empty(), "{fault}");
        }
    }
}
