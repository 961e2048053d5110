//! Documents of a form that the generator does not support.

use serde_json::{Value, json};

use crate::checkout::Checkout;

const CONTACTS: &str = "/v1/projects/{project_id}/contacts";
const MESSAGE: &str = "/v1/projects/{project_id}/messages/{message_id}";

#[test]
fn operations_have_their_usual_form() {
    let checkout = Checkout::new();
    let at = "spec/conversation.yaml#/paths/~1v1~1projects~1{project_id}~1";
    let refuses = |edit: &dyn Fn(&mut Value), place: &str, expected: &str| {
        checkout.refuses_edit(
            |document| edit(&mut document["paths"]),
            &[&format!("{at}{place}: expected "), expected],
        );
    };
    let query =
        |name: &str, place: &str| json!({"name": name, "in": place, "schema": {"type": "string"}});
    refuses(
        &|paths| drop(paths[MESSAGE]["parameters"].as_array_mut().unwrap().pop()),
        "messages~1{message_id}/get/parameters",
        "each name in braces",
    );
    refuses(
        &|paths| paths[MESSAGE]["parameters"][1]["required"] = json!(false),
        "messages~1{message_id}/get/parameters/1",
        "a required parameter",
    );
    for place in ["header", "cookie"] {
        refuses(
            &|paths| paths[CONTACTS]["parameters"][1] = query("x", place),
            "contacts/get/parameters/1",
            "a required parameter of the path or one of the query",
        );
    }
    refuses(
        &|paths| {
            paths[CONTACTS]["post"]["requestBody"]["content"]["text/plain"] =
                json!({"schema": {"type": "string"}})
        },
        "contacts/post/requestBody/content/text~1plain",
        "application/json",
    );
    refuses(
        &|paths| paths[CONTACTS]["get"]["responses"]["200"]["content"] = json!({"text/html": {}}),
        "contacts/get/responses/2XX/content/text~1html",
        "application/json",
    );
    refuses(
        &|paths| paths[CONTACTS]["parameters"][1] = query("project_id", "query"),
        "contacts/get/parameters/1",
        "parameters/0 is also called project_id",
    );
    checkout.refuses_edit(
        |document| document["paths"][MESSAGE]["parameters"][1]["name"] = json!("projectId"),
        &[
            "parameters/1: expected a unique Rust name",
            "parameters/0 is also called project_id",
        ],
    );
    checkout.refuses_edit(
        |document| {
            let item = document["paths"]
                .as_object_mut()
                .unwrap()
                .remove(MESSAGE)
                .unwrap();
            document["paths"]
                .as_object_mut()
                .unwrap()
                .insert("v1/{project_id}/{message_id}".to_owned(), item);
        },
        &["#/paths/v1~1{project_id}~1{message_id}: expected a path that starts with /"],
    );
}

#[test]
fn schemas_have_a_known_form() {
    let checkout = Checkout::new();
    let text = json!({"type": "string"});
    for (schema, place, expected) in [
        (json!({"not": text}), "", "a schema without not"),
        (json!({"type": "text"}), "/type", "found \"text\""),
        (
            json!({"anyOf": [text, {"type": "integer"}]}),
            "",
            "a schema without anyOf",
        ),
        (
            json!({"type": "string", "properties": {"x": text}}),
            "",
            "a schema of one kind",
        ),
        (json!([]), "", "expected"),
        (json!("x"), "", "expected"),
    ] {
        checkout.refuses_edit(
            |document| document["components"]["schemas"]["Contact"]["properties"]["odd"] = schema,
            &[
                "spec/conversation.yaml#/components/schemas/Contact",
                expected,
                place,
            ],
        );
    }
}

#[test]
fn references_lead_to_schemas() {
    let checkout = Checkout::new();
    for reference in [
        "#",
        "#/paths",
        "#/info/title",
        "#/components/schemas",
        "#/components/schemas/",
        "#/components/schemas/Contact/properties/id",
        "#/components/parameters/project_id",
        "other.yaml#/components/schemas/Gone",
        "https://a.example/x.yaml#/components/schemas/Contact",
    ] {
        checkout.refuses_edit(
            |document| {
                document["components"]["schemas"]["Contact"]["properties"]["odd"] =
                    json!({"$ref": reference});
            },
            &["/components/schemas/Contact/properties/odd: expected a reference"],
        );
    }
    for reference in [
        "#/components/responses/Loop",
        "#/components/responses/Gone",
        "#/components/responses",
    ] {
        checkout.refuses_edit(
            |document| {
                document["components"]["responses"]["Loop"] =
                    json!({"$ref": "#/components/responses/Again"});
                document["components"]["responses"]["Again"] =
                    json!({"$ref": "#/components/responses/Loop"});
                document["paths"][CONTACTS]["get"]["responses"]["200"] = json!({"$ref": reference});
            },
            &["/get/responses/200: expected a reference"],
        );
    }
}
