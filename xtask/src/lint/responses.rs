//! What operations answer.

use serde_json::Value;

use super::document::{Document, OperationAt};
use super::{Note, Rule};
use crate::diff::prose::strip;
use crate::diff::role::Role;
use crate::document;
use crate::markdown::code;

pub(super) const ERROR_SHAPES: Rule = Rule {
    name: "error-shapes",
    why: "Error responses of several shapes on one operation: the generator knows one error type an operation, and stops.",
    check: error_shapes,
};

pub(super) const SUCCESS_WITHOUT_CONTENT: Rule = Rule {
    name: "success-without-content",
    why: "A success other than 204 that describes no body: the function returns nothing, whatever the server sends.",
    check: success_without_content,
};

/// The statuses that have errors of one shape.
struct Shape<'a> {
    schema: Option<Value>,
    words: String,
    statuses: Vec<&'a str>,
}

fn error_shapes(document: &Document<'_>) -> Vec<Note> {
    document
        .operations
        .iter()
        .filter_map(|operation| {
            let shapes = shapes_of_errors(document, operation);
            (shapes.len() > 1).then(|| {
                let words: Vec<String> = shapes
                    .iter()
                    .map(|shape| format!("{} ({})", shape.words, shape.statuses.join(", ")))
                    .collect();
                Note::new(&operation.pointer, words.join("; "))
            })
        })
        .collect()
}

fn shapes_of_errors<'a>(document: &Document<'a>, operation: &OperationAt<'a>) -> Vec<Shape<'a>> {
    let mut shapes: Vec<Shape<'_>> = Vec::new();
    let errors = document
        .responses(operation)
        .filter(|(status, _)| !status.starts_with('2'));
    for (status, response) in errors {
        let schema = body(response).map(|schema| strip(schema, Role::Schema));
        match shapes.iter_mut().find(|shape| shape.schema == schema) {
            Some(shape) => shape.statuses.push(status),
            None => shapes.push(Shape {
                words: in_words(schema.as_ref()),
                schema,
                statuses: vec![status],
            }),
        }
    }
    shapes
}

fn success_without_content(document: &Document<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    for operation in &document.operations {
        for (status, response) in document.responses(operation) {
            let has_no_body = matches!(status, "204" | "205");
            if status.starts_with('2') && !has_no_body && body(response).is_none() {
                let pointer = format!("{}/responses", operation.pointer);
                let message = format!("{} without `content`", code(status));
                notes.push(Note::new(document::pointer(&pointer, status), message));
            }
        }
    }
    notes
}

/// The schema of the first media type.
fn body(response: &Value) -> Option<&Value> {
    let (_, media_type) = response.get("content")?.as_object()?.iter().next()?;
    Some(media_type.get("schema").unwrap_or(&Value::Null))
}

fn in_words(schema: Option<&Value>) -> String {
    let Some(schema) = schema else {
        return "no body".to_owned();
    };
    let text = |key: &str| schema.get(key).and_then(Value::as_str);
    match (text("$ref"), text("type")) {
        (Some(reference), _) => code(reference.rsplit('/').next().unwrap_or(reference)),
        (None, Some(kind)) => format!("inline {}", code(kind)),
        (None, None) => "inline schema".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lint::found;

    fn json_body(schema: Value) -> Value {
        json!({"content": {"application/json": {"schema": schema}}})
    }

    #[test]
    fn errors_with_and_without_body_differ() {
        let error = json_body(json!({"$ref": "#/components/schemas/Error"}));
        let document = json!({
            "paths": {"/a": {
                "get": {"responses": {"200": {}, "400": {"$ref": "#/components/responses/E"}, "401": {},
                    "500": error}},
                "put": {"responses": {"200": {}, "400": {"$ref": "#/components/responses/E"}, "500": error}}}},
            "components": {"responses": {"E": error}}});
        assert_eq!(
            found(ERROR_SHAPES, &document),
            [(
                "/paths/~1a/get".to_owned(),
                "`Error` (400, 500); no body (401)".to_owned()
            )]
        );
    }

    #[test]
    fn wording_is_not_a_shape() {
        let document = json!({"paths": {"/a": {"get": {"responses": {
            "400": json_body(json!({"type": "object", "description": "one"})),
            "500": json_body(json!({"type": "object", "description": "other"}))}}}}});
        assert_eq!(found(ERROR_SHAPES, &document), []);
    }

    #[test]
    fn only_204_and_205_have_no_content() {
        let document = json!({"paths": {"/a": {"get": {"responses": {
            "200": {"description": "done"}, "201": json_body(json!({})), "204": {}, "400": {}}}}}});
        assert_eq!(
            found(SUCCESS_WITHOUT_CONTENT, &document),
            [(
                "/paths/~1a/get/responses/200".to_owned(),
                "`200` without `content`".to_owned()
            )]
        );
    }
}
