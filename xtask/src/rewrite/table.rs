//! A table of all operations, for use at run time.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use serde_json::{Value, json};

use super::{docs, limits::limit};
use crate::{document::walk, names};

/// One operation of a document.
#[derive(Debug, Clone)]
pub struct Row {
    /// The `operationId`.
    pub id: String,
    /// The name of the generated function.
    pub function: String,
    /// The name of the document.
    pub document: String,
    /// The HTTP method in upper case.
    pub method: String,
    /// The path with its parameters in braces.
    pub path: String,
    /// The first tag.
    pub tag: String,
    /// Whether repeating it is harmless: by its method, or as an overlay says.
    pub idempotent: bool,
    /// The attribute of a deprecated operation.
    pub deprecation: Option<TokenStream>,
    /// For a list, the most items of a page.
    pub max_page_size: Option<i64>,
}

/// Returns the operations in the order of the documents.
pub fn each(normalised: &Value) -> impl Iterator<Item = Row> {
    let documents = normalised.get("paths").and_then(Value::as_object);
    documents
        .into_iter()
        .flatten()
        .flat_map(move |(document, paths)| {
            paths
                .as_object()
                .into_iter()
                .flatten()
                .flat_map(move |(path, item)| {
                    let methods = item.as_object().into_iter().flatten();
                    methods.filter(|(method, _)| walk::is_method(method)).map(
                        move |(method, operation)| {
                            let id = operation
                                .get("operationId")
                                .and_then(Value::as_str)
                                .unwrap_or_default();
                            Row {
                                id: id.to_owned(),
                                function: names::function(id),
                                document: document.clone(),
                                method: method.to_uppercase(),
                                path: path.clone(),
                                tag: operation
                                    .pointer("/tags/0")
                                    .and_then(Value::as_str)
                                    .unwrap_or("other")
                                    .to_owned(),
                                idempotent: method != "post"
                                    || operation.get("x-idempotent") == Some(&json!(true)),
                                deprecation: docs::deprecation(&[Some(operation)]),
                                max_page_size: max_page_size(normalised, item, operation),
                            }
                        },
                    )
                })
        })
}

/// Returns the maximum of `page_size`, which is a parameter or a field of the body.
fn max_page_size(normalised: &Value, item: &Value, operation: &Value) -> Option<i64> {
    let shared = [item, operation].into_iter();
    let parameters = shared.filter_map(|node| node.get("parameters")?.as_array());
    let parameter = parameters
        .flatten()
        .find(|parameter| parameter.get("name") == Some(&json!("page_size")))
        .and_then(|parameter| parameter.get("schema"));
    let in_body = || {
        let body = operation.pointer("/requestBody/content/application~1json/schema")?;
        let schemas = normalised.pointer("/components/schemas")?;
        schemas
            .get(walk::referenced(body)?)?
            .pointer("/properties/page_size")
    };
    limit(parameter.or_else(in_body)?, "maximum")?.as_i64()
}

/// Generates the table from which a macro makes the type of operations.
pub fn table(normalised: &Value) -> TokenStream {
    let rows = each(normalised).map(|row| {
        let Row {
            id,
            function,
            document,
            method,
            path,
            tag,
            idempotent,
            max_page_size,
            deprecation: _,
        } = row;
        let max_page_size = match max_page_size.map(Literal::i64_unsuffixed) {
            Some(most) => quote! { #most },
            None => quote! { _ },
        };
        let name = format_ident!("{}", names::variant(&id, "Operation"));
        let function = format_ident!("{function}");
        let document = format_ident!("{}", names::variant(&document, "Document"));
        quote! { #name #id #function #document #method #path #tag #idempotent #max_page_size, }
    });
    quote! { crate::operation::operations! { #(#rows)* } }
}
