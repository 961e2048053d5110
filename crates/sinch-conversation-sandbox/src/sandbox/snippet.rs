//! A request as code to copy: a shell command, and Rust for the crate `sinch-conversation`. Secrets are replaced by
//! variables.

use std::borrow::Cow;

use axum::http::Method;
use serde_json::Value;
use sinch_conversation_raw::{Document, Operation};
use url::form_urlencoded;

use crate::api::call::Params;
use crate::api::contract;
use crate::model::redact;
use crate::server::access::Scheme;
use crate::server::hosts::{self, Operations, Target};
use crate::server::request_log::BODY_KEPT;
use crate::server::router::Found;

/// The method, path and body of a request.
pub(super) struct Snippet {
    method: Method,
    /// With the query.
    path: String,
    body: Body,
}

/// A body without secrets.
struct Body {
    text: String,
    is_json: bool,
    is_cut: bool,
    /// The variables that replace secrets, in quotes: `"$TOKEN"`.
    variables: Vec<String>,
}

impl Body {
    fn of(text: &str) -> Self {
        let shown = redact::body(text);
        let mut variables = Vec::new();
        let json: Option<Value> = serde_json::from_str(&shown).ok();
        let pretty = json.and_then(|mut json| {
            name_secrets(&mut json, &mut variables);
            serde_json::to_string_pretty(&json).ok()
        });
        Self {
            is_json: pretty.is_some(),
            is_cut: text.len() >= BODY_KEPT,
            text: pretty.unwrap_or(shown),
            variables,
        }
    }
}

/// Replaces hidden values by variables named after their fields.
fn name_secrets(value: &mut Value, variables: &mut Vec<String>) {
    match value {
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| name_secrets(item, variables)),
        Value::Object(members) => {
            for (name, value) in members {
                if redact::is_secret(name) && value == redact::HIDDEN {
                    let variable = name.to_ascii_uppercase();
                    *value = Value::from(format!("${variable}"));
                    if !variables.contains(&variable) {
                        variables.push(variable);
                    }
                } else {
                    name_secrets(value, variables);
                }
            }
        }
        _ => {}
    }
}

impl Snippet {
    pub(super) fn new(method: Method, path: &str, body: &str) -> Self {
        Self {
            method,
            path: redact::path(path),
            body: Body::of(body),
        }
    }

    /// Returns a curl command for the sandbox at this base URL.
    pub(super) fn curl(&self, base: &str) -> String {
        let mut command = String::new();
        let scheme = hosts::scheme(&self.path);
        if matches!(scheme, Scheme::BearerOnly) {
            command += "# SINCH_ACCESS_TOKEN is a token from /oauth2/token.\n";
        }
        if self.body.is_cut {
            command += "# The log keeps 16 KiB of a body; the rest of this one is missing.\n";
        }
        command += &format!("curl --globoff --request {} ", word(self.method.as_str()));
        command += &word(&format!("{base}{}", self.path));
        command += match scheme {
            Scheme::BearerOnly => " \\\n  --header \"authorization: Bearer $SINCH_ACCESS_TOKEN\"",
            Scheme::BasicOrBearer => " \\\n  --user \"$SINCH_KEY_ID:$SINCH_KEY_SECRET\"",
        };
        if self.body.text.is_empty() {
            return command;
        }
        if self.body.is_json {
            command += " \\\n  --header 'content-type: application/json'";
        }
        let mut data = quoted(&self.body.text);
        for variable in &self.body.variables {
            let (inside, outside) = (format!("\"${variable}\""), format!("\"'\"${variable}\"'\""));
            data = data.replace(&inside, &outside);
        }
        command + " \\\n  --data-raw " + &data
    }

    /// Returns Rust code for the client, in a function that returns any error. `None` if there is no such operation.
    pub(super) fn rust(&self, operations: &Operations) -> Option<String> {
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let Target::Operation(Found::Operation(operation, params)) =
            Target::find(operations, &self.method, path)
        else {
            return None;
        };
        let arguments = self.arguments(operation, &params, query);
        let module = match operation.document {
            Document::Template => "template",
            Document::Batch => "batch",
            _ => "conversation",
        };
        Some(format!(
            "{}let request = sinch_conversation::raw::{module}::{}(\n    {},\n);\nprintln!(\"{{:?}}\", client.execute(request).await?);",
            self.rust_body(operation),
            operation.function,
            arguments.join(",\n    "),
        ))
    }

    /// Returns the arguments in the order of the function: path, query by name, body.
    fn arguments(&self, operation: &Operation, params: &Params, query: &str) -> Vec<String> {
        let given: Vec<(Cow<'_, str>, Cow<'_, str>)> =
            form_urlencoded::parse(query.as_bytes()).collect();
        let published = contract::parameters(operation.id);
        let mut arguments: Vec<String> = params
            .iter()
            .map(|(name, value)| match *name {
                "project_id" => "client.project().as_str()".to_owned(),
                name => {
                    let one = published.iter().find(|one| one.name == name);
                    one.map_or_else(|| format!("{value:?}"), |one| one.literal(value))
                }
            })
            .collect();
        let mut in_query: Vec<_> = published.iter().filter(|one| !one.in_path).collect();
        in_query.sort_by_key(|one| one.name);
        arguments.extend(in_query.into_iter().map(|one| {
            let value = given.iter().find(|(name, _)| name == one.name);
            match value {
                Some((_, value)) if one.required => one.literal(value),
                Some((_, value)) => format!("Some({})", one.literal(value)),
                None if one.required => "\"\"".to_owned(),
                None => "None".to_owned(),
            }
        }));
        if contract::has_body(operation.id) {
            let borrow = if self.body.variables.is_empty() {
                ""
            } else {
                "&"
            };
            arguments.push(format!("&serde_json::from_str({borrow}body)?"));
        }
        arguments
    }

    fn rust_body(&self, operation: &Operation) -> String {
        if !contract::has_body(operation.id) {
            return String::new();
        }
        let mut code = String::new();
        if self.body.is_cut {
            code += "// The log keeps 16 KiB of a body; the rest of this one is missing.\n";
        }
        code += &format!("let body = {};\n", self.body.literal());
        for variable in &self.body.variables {
            code += &format!(
                "let body = body.replace(\"\\\"${variable}\\\"\", &serde_json::to_string(&std::env::var(\"{variable}\")?)?);\n"
            );
        }
        code
    }
}

impl Body {
    fn literal(&self) -> String {
        // The compiler refuses raw strings with characters that change the text direction.
        let is_plain = |c: char| c == '\n' || "'\"\\".contains(c) || c.escape_debug().len() == 1;
        if !self.is_json || !self.text.chars().all(is_plain) {
            return format!("{:?}", self.text);
        }
        let mut fence = String::new();
        while self.text.contains(&format!("\"{fence}")) {
            fence.push('#');
        }
        format!("r{fence}\"{}\"{fence}", self.text)
    }
}

/// Quotes a word for a shell, if it needs quotes.
fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_./:@%=-".contains(c);
    if text.chars().all(is_plain) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use serde_json::json;
    use sinch_conversation_raw::OPERATIONS;

    use super::*;

    fn snippet(method: &str, path: &str, body: &str) -> Snippet {
        Snippet::new(method.parse().unwrap(), path, body)
    }

    /// Returns a request with all documented parameters of an operation.
    fn sample(operation: &Operation) -> Snippet {
        let mut path = operation.path.replace("{project_id}", "sandbox-project");
        let mut query = Vec::new();
        for parameter in contract::parameters(operation.id) {
            let value = match parameter.name {
                "page_size" | "page_number" => "5",
                name if name.starts_with("only_") => "true",
                name if name.ends_with("_time") => "2026-01-31T10:00:00Z",
                name => name,
            };
            if parameter.in_path {
                path = path.replace(&format!("{{{}}}", parameter.name), value);
            } else {
                query.push(format!("{}={value}", parameter.name));
            }
        }
        let prefix = match operation.document {
            Document::Batch => "/batch",
            _ => "",
        };
        let text = json!({"text_message": {"text": "It's \"#1\" \u{202e}"}});
        let token = json!({"static_bearer": {"claimed_identity": "4670", "token": "secret"}});
        let body = match operation.id.as_str() {
            "Messages_SendMessage" => {
                json!({"app_id": "A", "recipient": {"contact_id": "C"}, "message": text})
            }
            "App_CreateApp" => json!({"display_name": "\"#", "channel_credentials": [token]}),
            _ => json!({}),
        };
        let path = format!("{prefix}{path}?{}", query.join("&"));
        snippet(operation.method, &path, &body.to_string())
    }

    /// The tests of `sinch-conversation` compile and run this file. To update it: `UPDATE_SNIPPETS=1 cargo test -p
    /// sinch-conversation-sandbox --lib snippet`.
    #[test]
    fn every_operation_has_code() {
        let (mut code, mut calls) = (String::new(), String::new());
        let operations = hosts::operations();
        for operation in OPERATIONS {
            let (id, name) = (operation.id, operation.function);
            let rust = sample(operation).rust(&operations).unwrap();
            code +=
                &format!("async fn {name}(client: &Client) -> Called {{\n{rust}\nOk(())\n}}\n\n");
            calls += &format!("    (\"{id}\", {name}(client).await),\n");
        }
        code += &format!(
            "async fn call_all(client: &Client) -> Vec<(&'static str, Called)> {{\n    vec![\n{calls}    ]\n}}\n"
        );
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let file = crates.join("sinch-conversation/tests/sandbox/snippets.in");
        if std::env::var_os("UPDATE_SNIPPETS").is_some() {
            fs::write(&file, &code).unwrap();
        }
        let kept = fs::read_to_string(&file).unwrap();
        assert!(kept == code, "{file:?} is not as the sandbox writes it");
    }

    #[test]
    fn secrets_are_variables() {
        let body = r#"{"channel_credentials": [{"static_bearer": {"token": "it's hidden"}}]}"#;
        let snippet = snippet("POST", "/v1/projects/p/apps?access_token=abc", body);
        let curl = snippet.curl("http://127.0.0.1:1");
        assert!(curl.contains(r#""token": "'"$TOKEN"'""#), "{curl}");
        assert!(
            curl.contains("\"$SINCH_KEY_ID:$SINCH_KEY_SECRET\""),
            "{curl}"
        );
        let rust = snippet.rust(&hosts::operations()).unwrap();
        assert!(rust.contains(r#"std::env::var("TOKEN")"#), "{rust}");
        for shown in [curl, rust] {
            let tells = shown.contains("hidden") || shown.contains("abc");
            assert!(!tells, "{shown}");
        }
    }

    #[test]
    fn nothing_of_a_request_becomes_a_command() {
        let curl = snippet("GET", "/v1/$(id)'`id`", "'; id; '").curl("http://h");
        assert!(curl.contains(r"'http://h/v1/$(id)'\''`id`'"), "{curl}");
        assert!(curl.ends_with(r"--data-raw ''\''; id; '\'''"), "{curl}");
    }

    #[test]
    fn only_operations_have_code() {
        let operations = hosts::operations();
        assert_eq!(snippet("GET", "/v1/nothing", "").rust(&operations), None);
        assert_eq!(snippet("POST", "/oauth2/token", "").rust(&operations), None);
    }
}
