//! An operation as it is written, without its prose.

use std::collections::BTreeSet;

use serde_json::Value;

use super::node::Node;
use super::schema::{Inline, Schema};
use crate::diff::prose;
use crate::diff::role::Role;
use crate::document::DocumentError;

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// One method of one path.
#[derive(Debug)]
pub(in crate::diff) struct Operation {
    /// The operation id, or method and path where there is none.
    pub(in crate::diff) id: String,
    /// Method and path, as in a request line.
    pub(in crate::diff) route: String,
    pub(in crate::diff) deprecated: bool,
    pub(in crate::diff) parameters: Vec<Parameter>,
    /// The parameters in the path, in its order, which is the order of the generated arguments.
    pub(in crate::diff) path_order: Vec<String>,
    pub(in crate::diff) body: Option<Body>,
    pub(in crate::diff) success: Vec<Response>,
    pub(in crate::diff) errors: Vec<Response>,
    pub(in crate::diff) security: Option<Value>,
    pub(in crate::diff) callbacks: Option<Value>,
}

/// A parameter of an operation, its own or that of its path.
#[derive(Debug)]
pub(in crate::diff) struct Parameter {
    pub(in crate::diff) name: String,
    /// `path`, `query`, `header` or `cookie`.
    pub(in crate::diff) place: String,
    pub(in crate::diff) required: bool,
    pub(in crate::diff) deprecated: bool,
    /// How a list or map is written, defaults filled in.
    pub(in crate::diff) style: String,
    pub(in crate::diff) schema: Schema,
}

/// What a request carries.
#[derive(Debug)]
pub(in crate::diff) struct Body {
    pub(in crate::diff) required: bool,
    pub(in crate::diff) content: Content,
}

/// What a status answers with.
#[derive(Debug)]
pub(in crate::diff) struct Response {
    /// `200`, `4XX` or `default`.
    pub(in crate::diff) status: String,
    pub(in crate::diff) content: Content,
}

/// Schemas by media type.
pub(in crate::diff) type Content = Vec<(String, Schema)>;

impl Operation {
    /// Every schema that the operation names or holds.
    pub(super) fn schemas(&self) -> impl Iterator<Item = &Schema> {
        let responses = self.success.iter().chain(&self.errors);
        let contents = self
            .body
            .iter()
            .map(|body| &body.content)
            .chain(responses.map(|response| &response.content));
        self.parameters
            .iter()
            .map(|parameter| &parameter.schema)
            .chain(contents.flatten().map(|(_, schema)| schema))
    }
}

pub(super) fn read_all(root: &Node<'_>) -> Result<Vec<Operation>, DocumentError> {
    let mut operations = Vec::new();
    let mut ids = BTreeSet::new();
    for (path, item) in root.entries("paths")? {
        if path.starts_with("x-") {
            continue;
        }
        let item = item.follow()?;
        let shared = read_parameters(&item)?;
        for method in item.object()?.keys() {
            if !METHODS.contains(&method.as_str()) {
                continue;
            }
            let Some(node) = item.get(method)? else {
                continue;
            };
            let operation = read(&node, path, method, &shared)?;
            if !ids.insert(operation.id.clone()) {
                return Err(node.fault(
                    format!(
                        "expected an operation id of its own, found `{}` again",
                        operation.id
                    ),
                    "add an overlay that gives one of the two operations another `operationId`",
                ));
            }
            operations.push(operation);
        }
    }
    Ok(operations)
}

fn read(
    node: &Node<'_>,
    path: &str,
    method: &str,
    shared: &[Node<'_>],
) -> Result<Operation, DocumentError> {
    let route = format!("{} {path}", method.to_uppercase());
    let (success, errors) = read_responses(node)?;
    let bare = |key: &str| {
        let value = node.value().get(key)?;
        Some(prose::strip(value, Role::Node.child(key, value)))
    };
    Ok(Operation {
        id: node.text("operationId")?.unwrap_or(&route).to_owned(),
        deprecated: node.flag("deprecated")?,
        parameters: merge_parameters(shared, &read_parameters(node)?)?,
        path_order: names_in_path(path),
        body: node
            .get("requestBody")?
            .map(|body| read_body(body.follow()?))
            .transpose()?,
        success,
        errors,
        security: bare("security"),
        callbacks: bare("callbacks"),
        route,
    })
}

fn names_in_path(path: &str) -> Vec<String> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name.to_owned())
        .collect()
}

fn read_parameters<'a>(node: &Node<'a>) -> Result<Vec<Node<'a>>, DocumentError> {
    node.items("parameters")?
        .into_iter()
        .map(Node::follow)
        .collect()
}

/// The parameters of the path, replaced or joined by those of the operation.
fn merge_parameters(
    shared: &[Node<'_>],
    own: &[Node<'_>],
) -> Result<Vec<Parameter>, DocumentError> {
    let mut parameters: Vec<Parameter> = Vec::new();
    for node in shared.iter().chain(own) {
        let parameter = read_parameter(node)?;
        let same = parameters
            .iter_mut()
            .find(|known| known.name == parameter.name && known.place == parameter.place);
        match same {
            Some(known) => *known = parameter,
            None => parameters.push(parameter),
        }
    }
    Ok(parameters)
}

fn read_parameter(node: &Node<'_>) -> Result<Parameter, DocumentError> {
    let needed = |key: &str| {
        node.text(key)?.map(str::to_owned).ok_or_else(|| {
            node.fault(
                format!("expected a parameter with `{key}`, found one without"),
                "correct the document, or add an overlay that does",
            )
        })
    };
    let place = needed("in")?;
    let schema = match node.get("schema")? {
        Some(schema) => Schema::read(&schema)?,
        None => read_content(node)?
            .into_iter()
            .next()
            .map_or_else(anything, |(_, schema)| schema),
    };
    Ok(Parameter {
        name: needed("name")?,
        required: node.flag("required")?,
        deprecated: node.flag("deprecated")?,
        style: read_style(node, &place)?,
        schema,
        place,
    })
}

fn read_style(node: &Node<'_>, place: &str) -> Result<String, DocumentError> {
    let style = node.text("style")?.unwrap_or(match place {
        "query" | "cookie" => "form",
        _ => "simple",
    });
    let explode = match node.get("explode")? {
        Some(_) => node.flag("explode")?,
        None => style == "form",
    };
    let reserved = if node.flag("allowReserved")? {
        ", reserved characters"
    } else {
        ""
    };
    Ok(format!("{style}, explode {explode}{reserved}"))
}

fn read_body(node: Node<'_>) -> Result<Body, DocumentError> {
    Ok(Body {
        required: node.flag("required")?,
        content: read_content(&node)?,
    })
}

/// Success and other responses; without a success of its own, `default` is one.
fn read_responses(node: &Node<'_>) -> Result<(Vec<Response>, Vec<Response>), DocumentError> {
    let mut responses = Vec::new();
    for (status, response) in node.entries("responses")? {
        if !status.starts_with("x-") {
            responses.push(Response {
                status: status.to_owned(),
                content: read_content(&response.follow()?)?,
            });
        }
    }
    let has_success = responses.iter().any(|it| it.status.starts_with('2'));
    Ok(responses.into_iter().partition(|response| {
        response.status.starts_with('2') || (!has_success && response.status == "default")
    }))
}

fn read_content(node: &Node<'_>) -> Result<Content, DocumentError> {
    node.entries("content")?
        .into_iter()
        .map(|(media_type, node)| {
            let schema = match node.get("schema")? {
                Some(schema) => Schema::read(&schema)?,
                None => anything(),
            };
            Ok((media_type.to_owned(), schema))
        })
        .collect()
}

fn anything() -> Schema {
    Schema::inline(Inline::default())
}
