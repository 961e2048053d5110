//! From a method and a path to the operation that they are.

use sinch_conversation::Client;
use sinch_conversation::raw::{Document, OPERATIONS, Operation};

use crate::calls::{Target, checked_id};
use crate::context::Context;
use crate::error::Failure;

/// Finds the operation of a path, in this document or the first that has it. A path that no document has is sent to
/// this document's service, or that of conversations.
pub(super) fn find(
    method: &str,
    path: &str,
    document: Option<Document>,
    client: &Client,
    context: &Context,
) -> Result<Target, Failure> {
    let path = full(path, client, context)?;
    let segments: Vec<&str> = path.split('/').collect();
    let mut candidates = OPERATIONS.iter().copied().filter(|operation| {
        operation.method == method && document.is_none_or(|it| it == operation.document)
    });
    let found =
        candidates.find_map(|operation| Some((operation, parameters(operation, &segments)?)));
    if let Some((operation, parameters)) = found {
        let checked = parameters.iter().map(|id| checked_id("path", id));
        return Ok(Target::Operation(
            operation,
            checked.collect::<Result<_, _>>()?,
        ));
    }
    for segment in &segments {
        if matches!(*segment, "." | "..") {
            return Err(Failure::usage(format!("path: unexpected {segment:?}")));
        }
    }
    let document = document.unwrap_or(Document::Conversation);
    let mut others = OPERATIONS
        .iter()
        .copied()
        .filter(|operation| operation.method == method && operation.document == document);
    // One that creates or sends, so that nothing undocumented is retried that may not be.
    let like = others
        .clone()
        .find(|operation| !operation.idempotent)
        .or_else(|| others.next());
    let like = like.ok_or_else(|| {
        Failure::usage(format!(
            "{method}: no operation of the {document} document has this method"
        ))
    })?;
    Ok(Target::Path(like, path))
}

/// Returns the query that a path has.
pub(super) fn query(path: &str) -> Result<Vec<(String, String)>, Failure> {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let pairs = form_urlencoded::parse(query.as_bytes());
    Ok(pairs.into_owned().collect())
}

/// Returns the whole path without its query, with the project and the app of the settings.
fn full(path: &str, client: &Client, context: &Context) -> Result<String, Failure> {
    let path = path.split('?').next().unwrap_or(path);
    let project = client.project().as_str();
    let path = match path.strip_prefix("/v") {
        Some(_) => path.to_owned(),
        None => format!("/v1/projects/{project}/{}", path.trim_start_matches('/')),
    };
    let path = path.replace("{project_id}", project);
    if !path.contains("{app_id}") {
        return Ok(path);
    }
    let missing = || Failure::usage("no app").hint("set the variable SINCH_APP_ID");
    let app = context
        .settings()?
        .get("SINCH_APP_ID")
        .ok_or_else(missing)?;
    Ok(path.replace("{app_id}", &app))
}

/// Returns the values of the parameters, if the path is one of the operation.
fn parameters(operation: &Operation, segments: &[&str]) -> Option<Vec<String>> {
    let template: Vec<&str> = operation.path.split('/').collect();
    if template.len() != segments.len() {
        return None;
    }
    let mut values = Vec::new();
    for (template, segment) in template.into_iter().zip(segments) {
        match template.split_once('}') {
            Some((_, verb)) if template.starts_with('{') => {
                let value = segment.strip_suffix(verb)?;
                // Of `{id}` and `{id}:stop` the second is meant.
                if verb.is_empty() && value.contains(':') {
                    return None;
                }
                values.push(value.to_owned());
            }
            _ if template == *segment => {}
            _ => return None,
        }
    }
    Some(values)
}
