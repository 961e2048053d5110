//! Reduces responses to one success and one error type per operation, whatever the status within 2XX, 4XX and 5XX.

use serde_json::{Map, Value, json};

use super::{PassError, walk};

/// The published name of the error body.
pub(crate) const ERROR: &str = "runtimeError";

pub(super) fn apply(document: &mut Value) -> Result<Vec<String>, PassError> {
    let mut touched = false;
    walk::each_operation(document, &mut |_, operation| {
        let Some(Value::Object(responses)) = operation.get_mut("responses") else {
            return;
        };
        let success = responses.iter().find(|(status, _)| status.starts_with('2'));
        let success = success.map(|(_, response)| response.clone());
        let statuses: Map<String, Value> = responses
            .iter()
            .map(|(status, response)| (status.clone(), json!({"body": body(response)})))
            .collect();
        responses.clear();
        responses.extend(success.map(|response| ("2XX".to_owned(), response)));
        for range in ["4XX", "5XX"] {
            responses.insert(
                range.to_owned(),
                json!({
                    "description": "An error.",
                    "content": {"application/json": {"schema": walk::reference_to(ERROR)}}
                }),
            );
        }
        operation.insert("x-statuses".to_owned(), Value::Object(statuses));
        touched = true;
    });
    // A number would change the report with every new operation.
    Ok(touched
        .then(|| "all operations".to_owned())
        .into_iter()
        .collect())
}

/// Returns the name of a body for a report, since all errors are decoded as one type.
fn body(response: &Value) -> &str {
    let content = response.get("content").and_then(Value::as_object);
    match content.and_then(|content| content.values().next()) {
        None => "no body",
        Some(content) => content
            .get("schema")
            .and_then(walk::referenced)
            .unwrap_or("a body without a name"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_one_success_and_one_error() {
        let mut seen = json!({"paths": {"/a": {"get": {"responses": {
            "200": {"description": "fine"}, "400": {"description": "bad"}, "default": {"description": "else"}
        }}}}});
        apply(&mut seen).expect("no faults");
        let responses = seen.pointer("/paths/~1a/get/responses").expect("responses");
        let statuses: Vec<_> = responses.as_object().expect("a map").keys().collect();
        assert_eq!(statuses, ["2XX", "4XX", "5XX"]);
        assert_eq!(
            responses.pointer("/4XX/content/application~1json/schema/$ref"),
            Some(&json!("#/components/schemas/runtimeError"))
        );
    }
}
