//! What operations are sent.

use serde_json::Value;

use super::document::Document;
use super::{Note, Rule};
use crate::markdown::code;

pub(super) const DELETE_WITH_BODY: Rule = Rule {
    name: "delete-with-body",
    why: "A DELETE with a body: proxies and servers may drop the body, and HTTP gives it no meaning.",
    check: delete_with_body,
};

pub(super) const QUERY_ARRAY: Rule = Rule {
    name: "query-array-not-exploded",
    why: "A list in the query as one value: the generator repeats the parameter instead (`a=1&a=2` for `a=1,2`).",
    check: query_array,
};

fn delete_with_body(document: &Document<'_>) -> Vec<Note> {
    document
        .operations
        .iter()
        .filter(|operation| {
            operation.method == "delete" && operation.value.contains_key("requestBody")
        })
        .map(|operation| Note::new(&operation.pointer, "DELETE with `requestBody`"))
        .collect()
}

fn query_array(document: &Document<'_>) -> Vec<Note> {
    document
        .parameters
        .iter()
        .filter(|parameter| parameter.value.get("in").and_then(Value::as_str) == Some("query"))
        .filter(|parameter| {
            let style = parameter.value.get("style").and_then(Value::as_str);
            let exploded = match parameter.value.get("explode").and_then(Value::as_bool) {
                Some(explode) => explode,
                None => style.is_none_or(|style| style == "form"),
            };
            let schema = parameter.value.get("schema");
            let kind = schema.and_then(|schema| document.follow(schema).get("type"));
            !exploded && kind.and_then(Value::as_str) == Some("array")
        })
        .map(|parameter| {
            let name = parameter.value.get("name").and_then(Value::as_str);
            let message = format!("{} is one value", code(name.unwrap_or_default()));
            Note::new(&parameter.pointer, message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lint::found;

    #[test]
    fn a_delete_has_no_body() {
        let document =
            json!({"paths": {"/a": {"delete": {"requestBody": {}}, "post": {"requestBody": {}}}}});
        assert_eq!(
            found(DELETE_WITH_BODY, &document),
            [(
                "/paths/~1a/delete".to_owned(),
                "DELETE with `requestBody`".to_owned()
            )]
        );
    }

    #[test]
    fn lists_in_the_query_are_exploded() {
        let list = json!({"type": "array"});
        let document = json!({
            "paths": {"/a": {"parameters": [
                {"name": "a", "in": "query", "schema": list},
                {"name": "b", "in": "query", "explode": false, "schema": {"$ref": "#/components/schemas/List"}},
                {"name": "c", "in": "query", "style": "pipeDelimited", "schema": list},
                {"name": "d", "in": "query", "explode": false, "schema": {"type": "string"}},
                {"name": "e", "in": "header", "explode": false, "schema": list}]}},
            "components": {"schemas": {"List": list}}});
        let names: Vec<_> = found(QUERY_ARRAY, &document)
            .into_iter()
            .map(|(pointer, _)| pointer)
            .collect();
        assert_eq!(
            names,
            ["/paths/~1a/parameters/1", "/paths/~1a/parameters/2"]
        );
    }
}
