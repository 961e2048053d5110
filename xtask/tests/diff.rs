//! The report on small documents with one edit each.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use xtask::{
    diff::{Bump, Version, compare},
    document::{self, DocumentError},
    overlay::Overlay,
    pipeline::Input,
};

fn small() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/small/spec")
}

fn published(name: &str) -> Value {
    let path = small().join(format!("{name}.yaml"));
    let text = fs::read_to_string(&path).expect(name);
    document::parse(&text, name).expect(name)
}

/// Replaces the conversation document among the small ones.
fn with(conversation: &Value) -> Result<Version, DocumentError> {
    let inputs = ["conversation", "template", "batch"].map(|name| Input {
        name: name.to_owned(),
        origin: format!("spec/{name}.yaml"),
        tree: match name {
            "conversation" => conversation.clone(),
            name => published(name),
        },
        overlays: Overlay::read_all(&small(), name).expect("overlays"),
    });
    Version::of(&inputs)
}

/// Returns the report on one edit, and the version bump it requires.
fn report_on(edit: impl FnOnce(&mut Value)) -> (Bump, String) {
    let old = published("conversation");
    let mut new = old.clone();
    edit(&mut new);
    assert_ne!(old, new, "the edit has to change something");
    let [old, new] = [old, new].map(|it| with(&it).unwrap_or_else(|fault| panic!("{fault}")));
    let report = compare(&old, &new);
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

    Surface of the crate: 0 breaking, 1 compatible. From 0.y.z the next version is 0.y.(z+1).

    ## conversation

    ### Enums

    - compatible `ConversationChannel` (5 operations) enum values added: `SIGNAL`

    ## Surface of the crate

    - compatible `ConversationChannel::Signal` was added
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

    Surface of the crate: 1 breaking, 0 compatible. From 0.y.z the next version is 0.(y+1).0.

    ## conversation

    ### Enums

    - **breaking** `ConversationChannel` (5 operations) enum values removed: `WECHAT`

    ## Surface of the crate

    - **breaking** `ConversationChannel::WeChat` was removed
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

    Surface of the crate: 0 breaking, 2 compatible. From 0.y.z the next version is 0.y.(z+1).

    ## conversation

    ### Schemas

    - compatible `AppResponse.message_search` (1 operation) optional field added: `AppResponseMessageSearch`
    - compatible `AppResponseMessageSearch` (1 operation) schema added

    ## Surface of the crate

    - compatible `AppResponse.message_search` was added: `Option<AppResponseMessageSearch>`
    - compatible `AppResponseMessageSearch` was added: `struct`
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

    Surface of the crate: 1 breaking, 1 compatible. From 0.y.z the next version is 0.(y+1).0.

    ## conversation

    ### Schemas

    - **breaking** `SendMessageRequest.sender` (1 operation) required field added: `string`

    ## Surface of the crate

    - **breaking** `SendMessageRequest::new` changed: `(app_id: impl Into<String>, message: impl Into<AppMessage>) -> Self => (app_id: impl Into<String>, message: impl Into<AppMessage>, sender: impl Into<String>) -> Self`
    - compatible `SendMessageRequest.sender` was added: `String`
    ");
}

#[test]
fn field_added_to_a_shared_part() {
    let (_, page) = report_on(|new| {
        schema(new, "CallbackEventCommon")["properties"]["region"] = json!({"type": "string"});
    });
    insta::assert_snapshot!(page, @r"
    # Compatible: minor bump

    Surface of the crate: 0 breaking, 2 compatible. From 0.y.z the next version is 0.y.(z+1).

    ## conversation

    ### Schemas

    - compatible `CallbackEventCommon.region` (no operation) optional field added: `string`
    - compatible `ChannelEvent.region` (no operation) optional field added: `string`
    - compatible `ContactEvent.region` (no operation) optional field added: `string`

    ## Surface of the crate

    - compatible `ChannelEvent.region` was added: `Option<String>`
    - compatible `ContactEvent.region` was added: `Option<String>`
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

    Surface of the crate: 0 breaking, 3 compatible. From 0.y.z the next version is 0.y.(z+1).

    ## conversation

    ### Schemas

    - compatible `AppMessageTypes` (3 operations) union members added: `poll_message`
    - compatible `PollMessage` (3 operations) schema added
    - compatible `PollMessageField` (no operation) schema added

    ## Surface of the crate

    - compatible `AppMessageTypes: From<PollMessage>` was added
    - compatible `AppMessageTypes::PollMessage` was added: `PollMessage`
    - compatible `PollMessage` was added: `struct`
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

    Surface of the crate: 0 breaking, 2 compatible. From 0.y.z the next version is 0.y.(z+1).

    ## conversation

    ### Operations

    - compatible `Polls_List` operation added: `GET /v1/projects/{project_id}/polls`

    ## Surface of the crate

    - compatible `OperationId::PollsList` was added
    - compatible `conversation::polls_list` was added: `function`

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

    ## conversation

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

    Surface of the crate: 2 breaking, 0 compatible. From 0.y.z the next version is 0.(y+1).0.

    ## conversation

    ### Operations

    - compatible `Messages_GetMessage` method or path changed: `GET /v1/projects/{project_id}/messages/{message_id} -> GET /v1/messages/{message_id}/projects/{project_id}`
    - **breaking** `Messages_GetMessage` path parameters reordered: `project_id, message_id -> message_id, project_id`
    - compatible `Messages_DeleteMessage` method or path changed: `DELETE /v1/projects/{project_id}/messages/{message_id} -> DELETE /v1/messages/{message_id}/projects/{project_id}`
    - **breaking** `Messages_DeleteMessage` path parameters reordered: `project_id, message_id -> message_id, project_id`

    ## Surface of the crate

    - **breaking** `conversation::messages_delete_message` changed: `(project_id: &str, message_id: &str) -> () => (message_id: &str, project_id: &str) -> ()`
    - **breaking** `conversation::messages_get_message` changed: `(project_id: &str, message_id: &str) -> AppMessage => (message_id: &str, project_id: &str) -> AppMessage`

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

    Surface of the crate: 2 breaking, 0 compatible. From 0.y.z the next version is 0.(y+1).0.

    ## conversation

    ### Operations

    - **breaking** `Contact_ListContacts` parameter added: `query tag (optional)`
    - **breaking** `Contact_CreateContact` parameter added: `query tag (optional)`

    ## Surface of the crate

    - **breaking** `conversation::contact_create_contact` changed: `(project_id: &str, page_size: Option<i32>, body: &Contact) -> Contact => (project_id: &str, page_size: Option<i32>, tag: Option<&str>, body: &Contact) -> Contact`
    - **breaking** `conversation::contact_list_contacts` changed: `(project_id: &str, page_size: Option<i32>) -> ContactListContactsResponse => (project_id: &str, page_size: Option<i32>, tag: Option<&str>) -> ContactListContactsResponse`
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

    Surface of the crate: 1 breaking, 0 compatible. From 0.y.z the next version is 0.(y+1).0.

    ## conversation

    ### Schemas

    - **breaking** `MessageRetrySettings.retry_duration` (1 operation) format changed: `int32 -> int64`

    ## Surface of the crate

    - **breaking** `MessageRetrySettings.retry_duration` changed: `Option<i32> => Option<i64>`
    ");
}

#[test]
fn inline_schema_made_a_component() {
    let (bump, page) = report_on(|new| {
        let inline = schema(new, "LocationMessageField")["properties"]["location_message"].take();
        schema(new, "LocationMessageField")["properties"]["location_message"] =
            json!({"$ref": "#/components/schemas/LocationMessage"});
        new["components"]["schemas"]["LocationMessage"] = inline;
    });
    assert_eq!(bump, Bump::Patch);
    insta::assert_snapshot!(page, @r"
    # Compatible: patch bump

    No change of meaning. From 0.y.z the next version is 0.y.(z+1).

    ## conversation

    No change of meaning.

    ## New prose

    - `/components/schemas/LocationMessage/title`: `A place`
    ");
}

#[test]
fn an_object_of_one_part_made_a_reference_to_it() {
    let (bump, page) = report_on(|new| {
        *schema(new, "Recipient") = json!({"$ref": "#/components/schemas/RecipientBase"});
    });
    assert_eq!(bump, Bump::Minor);
    insta::assert_snapshot!(page, @r"
    # Compatible: minor bump

    Surface of the crate: 0 breaking, 1 compatible. From 0.y.z the next version is 0.y.(z+1).

    ## conversation

    No change of meaning.

    ## Surface of the crate

    - compatible `RecipientBase` was added: `struct`
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

    ## conversation

    No change of meaning.

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

    Surface of the crate: 8 breaking, 1 compatible. The API behaves differently in 1 place. From 0.y.z the next version is 0.(y+1).0.

    ## conversation

    ### Operations

    - **breaking** `Messages_SendMessage` operation removed: `POST /v1/projects/{project_id}/messages:send`
    - compatible `ProjectSettings_GetSettings` response changed: `501 removed`

    ### Schemas

    - compatible `Button.name` (2 operations) limit loosened: `maxLength 8 -> 14`
    - **breaking** `Contact.email` (2 operations) field removed
    - **breaking** `ContactSettings` (1 operation) schema renamed: `ContactSettings -> ContactPreferences`
    - **breaking** `MessagesSendMessageResponse` (1 operation) schema removed
    - *behaviour* `ProcessingMode` (1 operation) default changed: `DISPATCH -> CONVERSATION`
    - compatible `Settings` (1 operation) deprecation changed: `deprecated`

    Documentation changed in 1 place.

    ## Surface of the crate

    - **breaking** `Contact.email` was removed: `Option<String>`
    - **breaking** `ContactSettings` was removed: `struct`
    - **breaking** `MessagesSendMessageResponse` was removed: `struct`
    - **breaking** `OperationId::MessagesSendMessage` was removed
    - **breaking** `Recipient` was removed: `struct`
    - **breaking** `SendMessageRequest` was removed: `struct`
    - **breaking** `Settings.contacts` changed: `Option<ContactSettings> => Option<ContactPreferences>`
    - **breaking** `conversation::messages_send_message` was removed: `function`
    - compatible `ContactPreferences` was added: `struct`

    ## New prose

    - `/paths/~1v1~1projects~1{project_id}~1settings/get/description`: `Other words.`
    ");
}

#[test]
fn documents_equal_themselves() {
    let version = with(&published("conversation")).expect("sound documents");
    let report = compare(&version, &version);
    assert_eq!((report.bump(), report.documents.len()), (Bump::None, 0));
    assert_eq!(
        report.to_markdown(),
        "# Same: no bump\n\nNo change of meaning.\n"
    );
}

#[test]
fn a_hostile_name_stays_in_its_code_span() {
    let (_, page) = report_on(|new| {
        schema(new, "Contact")["properties"]["` **x** <img src=y>\n# z"] =
            json!({"type": "string"});
    });
    insta::assert_snapshot!(page, @r"
    # Compatible: minor bump

    Surface of the crate: 0 breaking, 1 compatible. From 0.y.z the next version is 0.y.(z+1).

    ## conversation

    ### Schemas

    - compatible ``Contact.` **x** <img src=y>\u{a}# z`` (2 operations) optional field added: `string`

    ## Surface of the crate

    - compatible `Contact.x_img_src_y_z` was added: `Option<String>`
    ");
}

#[test]
fn reports_are_the_same_each_time() {
    let page = || {
        report_on(|new| {
            rename(new, "ContactSettings", "ContactPreferences");
            schema(new, "Contact")["properties"] = json!({});
        })
    };
    assert_eq!(page(), page());
}

/// Returns the pointers to all values of a document.
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
    let sound = published("conversation");
    let version = with(&sound).expect("sound documents");
    let mut all = Vec::new();
    pointers(&sound, "", &mut all);
    let wrong = [
        json!(null),
        json!("x"),
        json!(["x"]),
        json!({"$ref": "#/x"}),
    ];
    // A sample: every 37th value, replaced by each of four values in turn.
    let mut faults = 0;
    for (position, pointer) in all.iter().enumerate().step_by(37) {
        let mut broken = sound.clone();
        *broken.pointer_mut(pointer).expect(pointer) = wrong[position % wrong.len()].clone();
        match with(&broken) {
            Err(fault) => {
                faults += 1;
                assert!(fault.message.starts_with("expected "), "{fault}");
                assert!(!fault.remedy.is_empty(), "{fault}");
            }
            Ok(broken) => assert_ne!(compare(&version, &broken).documents, [], "{pointer}"),
        }
    }
    assert!(faults > 0);
}
